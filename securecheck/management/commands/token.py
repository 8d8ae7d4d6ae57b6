"""Makes tokens of the API and takes them back."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from knox.models import AuthToken

from ledger.audit import record
from ledger.choices import AuditVerb
from securecheck.tokens import end_tokens


class Command(BaseCommand):
    help = (
        "Make a token of the API for an account; it is the last word printed, and only its digest is kept. "
        "It opens what the account may see, for a year unless --days says otherwise."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--days", type=int, default=365, help="How long it is valid (365).")
        parser.add_argument(
            "--revoke", action="store_true", help="Take back all tokens of the account instead."
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no account “{options['username']}”.")
        if options["revoke"]:
            gone = end_tokens(user, "tokens revoked")
            self.stdout.write(f"{gone} tokens of {user.get_username()} are no longer valid.")
            return
        if not user.is_active:
            raise CommandError(f"The account “{user.get_username()}” is not active.")
        if not 1 <= options["days"] <= 3650:
            raise CommandError("Give a number of days from 1 to 3650.")
        _kept, token = AuthToken.objects.create(user, expiry=timedelta(days=options["days"]))
        record(None, AuditVerb.ADMINISTRATION, "user", user.pk, act="token made", days=options["days"])
        self.stdout.write(f"Token of {user.get_username()}, valid for {options['days']} days: {token}")
