"""`manage.py distribute`: facts and agency cubes over a Citus cluster."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from insights import scaling
from ledger.errors import first_line


class Command(BaseCommand):
    help = (
        "Spreads facts and agency cubes over a Citus cluster by agency, where the server has that extension; else says "
        "that there is nothing to do. Safe to run again: what is spread already stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Print the SQL; change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = scaling.plan()
            if options["dry_run"]:
                self.show(found.statements)
                return
            scaling.spread(found)
        except scaling.NotSpread as why:
            self.stdout.write(str(why))
            if options["dry_run"]:
                self.stdout.write("With Citus this would be run:")
                self.show(scaling.all_statements())
            return
        except DatabaseError as error:
            raise CommandError(f"Nothing was changed. The database said: {first_line(error)}") from error
        self.report(found)

    def show(self, statements: tuple[str, ...]) -> None:
        for statement in statements:
            self.stdout.write(f"{statement};")
        if not statements:
            self.stdout.write("-- everything is spread already")

    def report(self, found: scaling.Plan) -> None:
        if not found.statements:
            self.stdout.write("Facts and agency cubes are spread already. Nothing was changed.")
            return
        where = f"{found.workers} workers" if found.workers else "this one machine, which has no workers yet"
        self.stdout.write(
            f"{len(found.statements)} tables were spread by {scaling.SHARD_KEY} over {where}. "
            "Cubes of countries and all other tables stay on the coordinator."
        )
