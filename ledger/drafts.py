"""Drafts: what an officer has typed and not yet saved, kept on the server so that a time-out or crash loses nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils import timezone

from ledger.models import Draft, Stop, Violation

SHIFT = timedelta(hours=12)
MOST_DRAFTS = 30
LONGEST = 60_000  # characters of a draft; the longest honest one has about 20,000
FILLED_IN_BY_ITSELF = ("client_key", "further", "post", "stop_type", "stopped_on", "stopped_at")
NOT_TYPED = ("csrfmiddlewaretoken", "act", "remove_person")


class NotKept(Exception):
    """Why a draft was not kept, in a sentence."""


@dataclass(frozen=True)
class Sketch:
    """A draft in a few words, for the list of unfinished ones."""

    key: UUID
    at: datetime
    about: str


def shift_start() -> datetime:
    """Nobody tells the ledger when a shift begins: it is taken as the last twelve hours."""
    return timezone.now() - SHIFT


def keep(user: Any, key: UUID, sent: QueryDict) -> Draft | None:
    """Keep what was typed under the form's key. None when there is nothing to keep: the form was saved as a stop in the
    meantime, or nothing was typed that the page does not fill in by itself."""
    fields = {
        name: [text.replace("\0", "") for text in values]
        for name, values in sent.lists()
        if name not in NOT_TYPED
    }
    if len(json.dumps(fields)) > LONGEST:
        raise NotKept("This is too long for a draft. Shorten the texts.")
    if Stop.objects.filter(client_key=key).exists():
        return None
    if not any(any(values) for name, values in fields.items() if name not in FILLED_IN_BY_ITSELF):
        Draft.objects.filter(pk=key, user=user).delete()
        return None
    try:
        with transaction.atomic():
            return _store(user, key, fields)
    except IntegrityError as error:
        raise NotKept("This draft belongs to somebody else. Open the page anew.") from error


def _store(user: Any, key: UUID, fields: dict[str, list[str]]) -> Draft:
    mine = Draft.objects.filter(user=user)
    if not mine.filter(pk=key).exists() and mine.count() >= MOST_DRAFTS:
        raise NotKept(f"You have {MOST_DRAFTS} unfinished drafts. Finish or discard some first.")
    draft, _made = Draft.objects.update_or_create(pk=key, user=user, defaults={"data": {"fields": fields}})
    return draft


def unfinished(user: Any) -> QuerySet[Draft]:
    """Drafts of a user, the newest first. One whose stop is saved does not count, however late its last keystroke came."""
    saved = Stop.objects.filter(client_key=OuterRef("pk"))
    return Draft.objects.filter(~Exists(saved), user=user)


def typed_in(draft: Draft) -> QueryDict:
    """What was typed, as the form sent it."""
    sent = QueryDict(mutable=True)
    for name, values in draft.data.get("fields", {}).items():
        sent.setlist(name, values)
    sent["client_key"] = str(draft.pk)
    return sent


def sketches(drafts: list[Draft]) -> list[Sketch]:
    """Drafts in a few words: vehicle, violation, time as typed."""
    if not drafts:
        return []
    violations = {str(pk): label for pk, label in Violation.objects.values_list("pk", "label")}
    return [Sketch(draft.pk, draft.updated_at, _about(typed_in(draft), violations)) for draft in drafts]


def _about(sent: QueryDict, violations: dict[str, str]) -> str:
    parts = [
        sent.get("vehicle", "").upper()[:20],
        violations.get(sent.get("violation", ""), ""),
        f"stopped at {sent['stopped_at'][:8]}" if sent.get("stopped_at") else "",
    ]
    return ", ".join(part for part in parts if part) or "nothing legible yet"
