"""`manage.py rebuild`: facts and cubes anew from the ledger."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from insights import checking, facts
from ledger.errors import first_line
from ledger.models import Agency


class Command(BaseCommand):
    help = (
        "Writes what the insights read anew from the ledger: all of it, or one agency's, or one month. With --check it "
        "only compares, and the exit code is 1 when something differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agency", metavar="NAME", help="Only this agency.")
        parser.add_argument("--month", metavar="YYYY-MM", help="Only this month.")
        parser.add_argument("--check", action="store_true", help="Compare with the ledger; change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            agency = agency_named(options["agency"]) if options["agency"] else None
            month = month_of(options["month"]) if options["month"] else None
            parts = [f"of {agency}" if agency else "", f"of {options['month']}" if month else ""]
            whose = " ".join(part for part in parts if part) or "of all agencies"
            if options["check"]:
                self.check_only(agency.pk if agency else None, month, whose)
                return
            written = facts.rebuild(agency.pk if agency else None, month)
            checking.compare_again()
        except DatabaseError as error:
            raise CommandError(f"Nothing was changed. The database said: {first_line(error)}") from error
        self.stdout.write(f"Rebuilt the facts {whose}: {written:,} persons stopped.")

    def check_only(self, agency_id: int | None, month: tuple[int, int] | None, whose: str) -> None:
        found = checking.disagreements(agency_id, month)
        if found:
            listed = ", ".join(f"{name} {count:,}" for name, count in found.items())
            raise CommandError(
                f"The figures {whose} differ from the ledger. Rows that differ: {listed}. Run rebuild without --check."
            )
        self.stdout.write(f"The figures {whose} agree with the ledger.")


def agency_named(name: str) -> Agency:
    found = Agency.objects.filter(name__iexact=name.strip()).first()
    if found is None:
        names = ", ".join(Agency.objects.values_list("name", flat=True)[:20]) or "none yet"
        raise CommandError(f"There is no agency “{name}”. There are: {names}.")
    return found


def month_of(text: str) -> tuple[int, int]:
    """Year and month of “2026-11”."""
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text):
        raise CommandError(f"“{text}” is not a month. Write it as 2026-11.")
    return int(text[:4]), int(text[5:])
