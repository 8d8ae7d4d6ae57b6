"""Demonstration accounts, one of each role, and the demonstration ledger. Only for the machine itself."""

from __future__ import annotations

import secrets
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, get_hasher, make_password
from django.contrib.auth.models import User
from django.db import connection, transaction
from procrastinate.exceptions import AlreadyEnqueued

from ledger.choices import ImportState
from ledger.models import Agency, ImportRun
from ledger.synthesis.load import last_full_month, load, was_loaded
from ledger.synthesis.places import ensure_places
from prediction.tasks import first_models
from securecheck.accounts import give_role, holder_of
from securecheck.roles import ROLES

if TYPE_CHECKING:
    from ledger.imports.report import Report

DEMO_ROLES = {role.lower(): role for role in ROLES}  # username → role
DEMO_AGENCY = "India"
DEMO_NUMBERS = {"officer": "IN101", "supervisor": "IN901"}
# The password is public, so slow hashing would protect nothing and only delay the first page. Django hashes it anew,
# in full strength, at the first sign-in.
QUICK_ITERATIONS = 1_000
DEMO_STOPS, DEMO_SEED, DEMO_FILE = 20_000, 2026, "demo-ledger.csv"
ONE_AT_A_TIME = 7303  # key of the advisory lock


def demo_accounts() -> list[dict[str, str]]:
    """What the sign-in page may offer: active demonstration accounts whose password is still their name."""
    if not (settings.DEMO and settings.LOCAL_ONLY):
        return []
    found = {user.username: user for user in User.objects.filter(username__in=DEMO_ROLES, is_active=True)}
    return [
        {"role": role, "username": name}
        for name, role in DEMO_ROLES.items()
        if name in found and _opens(name, found[name].password)
    ]


@lru_cache(maxsize=64)
def _opens(name: str, kept: str) -> bool:
    """Whether the name is the password. Kept in mind: after the first sign-in the check takes a third of a second."""
    return check_password(name, kept)


@transaction.atomic
def make_demo_accounts() -> dict[str, str]:
    """Make the accounts that are missing. Returns the passwords of the new ones by username; others stay as they are."""
    _wait_for_others()
    ensure_places()
    there = set(User.objects.filter(username__in=DEMO_ROLES).values_list("username", flat=True))
    passwords = {name: _password(name) for name in DEMO_ROLES if name not in there}
    for name, password in passwords.items():
        user = User.objects.create(username=name, password=_hashed(password))
        give_role(user, DEMO_ROLES[name], *_place_of(name))
    return passwords


def _wait_for_others() -> None:
    """Two demonstrations begun at once: the second waits, and then finds all done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])


def _place_of(name: str) -> tuple[Any, str]:
    """Agency and officer's number of an account, one that no other account has; nothing for those without."""
    if name not in DEMO_NUMBERS:
        return None, ""
    agency, number = Agency.objects.get(name=DEMO_AGENCY), DEMO_NUMBERS[name]
    return agency, number if holder_of(agency, number) is None else f"{number}-demo"


def demo_ledger_is_missing() -> bool:
    """Whether the demonstration ledger was never loaded. One that was undone is not loaded again."""
    return not was_loaded(DEMO_FILE)


def is_new_ledger() -> bool:
    """Whether nothing was ever imported: only then may a start of the server load the demonstration unasked."""
    return not ImportRun.objects.filter(state=ImportState.LOADED).exists()


@transaction.atomic
def load_demo_ledger(total: int = DEMO_STOPS) -> Report | None:
    """Load the demonstration ledger once, whole or not at all; None when it is there."""
    _wait_for_others()
    if not demo_ledger_is_missing():
        return None
    return load(total, DEMO_SEED, last_full_month(), name=DEMO_FILE)


def ask_for_models() -> None:
    """Have the worker learn from the demonstration, so that the pages of prediction have something to say."""
    with suppress(AlreadyEnqueued):
        first_models.defer()


def _password(name: str) -> str:
    """The name itself on the machine itself; where others can reach the installation, one that nobody guesses."""
    return name if settings.LOCAL_ONLY else secrets.token_urlsafe(12)


def _hashed(password: str) -> str:
    hasher = get_hasher()
    if settings.LOCAL_ONLY and isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(password, hasher.salt(), QUICK_ITERATIONS)
    return make_password(password)
