"""The rivals that learn from the same cells. All are judged on the same later period; see `prediction.stops.training`."""

from __future__ import annotations

from prediction.stops.rivals.back_off import BackOff
from prediction.stops.rivals.base import BaseRate, Rival
from prediction.stops.rivals.boosting import Boosting
from prediction.stops.rivals.logistic import Logistic
from prediction.stops.rivals.mode_rule import ModeRule

RIVALS: tuple[type[Rival], ...] = (BaseRate, ModeRule, BackOff, Logistic, Boosting)

__all__ = ["RIVALS", "BackOff", "BaseRate", "Boosting", "Logistic", "ModeRule", "Rival"]
