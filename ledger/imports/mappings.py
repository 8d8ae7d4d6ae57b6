"""How files of a header were read: remembered, and offered for the next file with the same header."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone

from ledger.access import agency_of
from ledger.models import ColumnMapping


def digest_of(header: list[str]) -> str:
    """The same for the same names in the same order, however they are padded or capitalised."""
    names = [" ".join(name.split()).casefold() for name in header]
    return hashlib.sha256("\x1f".join(names).encode(errors="replace")).hexdigest()


def remembered(user: Any, header: list[str]) -> ColumnMapping | None:
    """How a file of this header was read before: in the user's agency, or by the user where there is none."""
    return (
        ColumnMapping.objects.filter(**_owner(user), header_digest=digest_of(header))
        .select_related("user")
        .first()
    )


def remember(user: Any, header: list[str], source: str, options: dict[str, Any]) -> None:
    """Keep how a file is read; the newest way counts. Two at once end with one of the two."""
    ColumnMapping.objects.update_or_create(
        **_owner(user),
        header_digest=digest_of(header),
        defaults={
            "header": header,
            "source": source,
            "options": options,
            "user": user,
            "used_at": timezone.now(),
        },
    )


def _owner(user: Any) -> dict[str, Any]:
    agency = agency_of(user)
    return {"agency": agency} if agency else {"agency": None, "user": user}
