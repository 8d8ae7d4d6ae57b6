"""Patrols: what kind is suggested, and a plan of visits by hour and area that says why."""

from prediction.patrol.types import DECLARED, NO_PATROL, PATROL_TYPES, suggested_patrol

__all__ = ["DECLARED", "NO_PATROL", "PATROL_TYPES", "suggested_patrol"]
