"""`manage.py erase REFERENCE --vehicle|--text --reason …`: erase what the law orders erased from a stop."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.erasure import erase_private
from ledger.models import Stop
from ledger.recording import SHORTEST_REASON, NotRecorded
from ledger.reference import number_of


class Command(BaseCommand):
    help = "Erase the vehicle number or every free text from all versions of a stop. The stop itself stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", help="the stop, as SC-00002M4-7")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--vehicle", action="store_true", help="erase the vehicle number")
        what.add_argument("--text", action="store_true", help="erase every free text")
        parser.add_argument(
            "--reason", required=True, help="why, such as the number of a court order; kept for ever"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        number = number_of(options["reference"])
        if number is None or not Stop.objects.filter(number=number).exists():
            raise CommandError(f"There is no stop {options['reference']}. Check the reference.")
        if len(options["reason"].strip()) < SHORTEST_REASON:
            raise CommandError(f"Say why, in at least {SHORTEST_REASON} characters.")
        try:
            count = erase_private(
                number, "vehicle" if options["vehicle"] else "text", reason=options["reason"].strip()
            )
        except NotRecorded as why:
            raise CommandError(str(why)) from why
        self.stdout.write(
            f"Erased from {count} {'version' if count == 1 else 'versions'} of {options['reference']}."
        )
