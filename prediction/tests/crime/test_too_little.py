"""Where there is too little to learn from, a sentence says what is needed."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from prediction.tests.crime import made_up

pytestmark = pytest.mark.django_db


def test_too_few_months_are_refused() -> None:
    made_up.make_city(first=date(2025, 1, 1), last=date(2025, 6, 30))
    with pytest.raises(CommandError, match="too few whole months"):
        call_command("train", "crime")


def test_no_incidents_at_all_is_said() -> None:
    with pytest.raises(CommandError, match="There are no incidents in the ledger"):
        call_command("train", "crime")
