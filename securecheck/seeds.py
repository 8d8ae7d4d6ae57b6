"""Code lists of a new ledger. Seeded after every migrate, and only what is missing: a force's own edits stay."""

from __future__ import annotations

import json
from typing import Any

from django.apps import apps
from django.conf import settings

FIXTURES = (
    *("countries.json", "violations.json", "races.json", "search_bases.json", "contraband.json"),
    "offences.json",
)


def seed_code_lists(**_: Any) -> None:
    """Put in the records of the fixtures whose keys are not there yet.

    `loaddata` reads the same files; it would overwrite labels and end dates that the force has changed.
    """
    for name in FIXTURES:
        records = json.loads((settings.BASE_DIR / "fixtures" / name).read_text())
        model = apps.get_model(records[0]["model"])
        known = set(model._default_manager.values_list("pk", flat=True))
        new = [model(pk=record["pk"], **record["fields"]) for record in records if record["pk"] not in known]
        model._default_manager.bulk_create(new, ignore_conflicts=True)
        if new and model._meta.auto_field:  # keys that are words need no sequence
            _move_sequence_past(model._meta.db_table)


def _move_sequence_past(table: str) -> None:
    """Given keys leave the sequence behind; the next code made in the admin must not collide."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {connection.ops.quote_name(table)}",
            [table],
        )
