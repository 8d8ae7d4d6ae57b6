"""Makes the demonstration: an account of each role, and a ledger of made-up stops."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ledger.synthesis.load import NotLoaded, refresh_statistics
from securecheck.demo import DEMO_STOPS, ask_for_models, load_demo_ledger, make_demo_accounts


class Command(BaseCommand):
    help = (
        f"Make an account of each role (its password is its name) and load {DEMO_STOPS:,} made-up stops, once. "
        "Running it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--users-only", action="store_true", help="Make the accounts only.")
        parser.add_argument(
            "--force",
            action="store_true",
            help="Also where others reach the installation; passwords are then random.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL_ONLY and not options["force"]:
            raise CommandError(
                f"This installation serves {', '.join(settings.ALLOWED_HOSTS)}: demonstration accounts and made-up stops "
                "do not belong here. --force makes them all the same, with random passwords."
            )
        self.tell_accounts(make_demo_accounts(), options["verbosity"])
        if not options["users_only"]:
            self.load(options["verbosity"])

    def tell_accounts(self, passwords: dict[str, str], verbosity: int) -> None:
        if not passwords and verbosity:
            self.stdout.write("The demonstration accounts are there already.")
        for name, password in passwords.items():
            if verbosity or not settings.LOCAL_ONLY:
                self.stdout.write(f"Account {name}, password {password}")

    def load(self, verbosity: int) -> None:
        try:
            report = load_demo_ledger()
        except NotLoaded as sentence:
            raise CommandError(f"The demonstration ledger was not loaded. {sentence}") from sentence
        if report is not None:
            refresh_statistics()
            ask_for_models()
        said = (
            f"{report.rows_new:,} made-up stops are in the ledger ({report.seconds:.1f} s)." if report else ""
        )
        if verbosity:
            self.stdout.write(said or "The demonstration ledger is there already.")
