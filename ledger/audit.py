"""Writing the audit trail: in the same transaction as the act, so that there is no act without its line."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from ledger.access import agency_of
from ledger.choices import AuditVerb
from ledger.models import AuditEvent


def client_address(request: HttpRequest) -> str | None:
    """Where a request comes from. Forwarded addresses count only as far as trusted proxies are declared."""
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    chain.append(request.META.get("REMOTE_ADDR", ""))
    return _plain_address(chain[max(0, len(chain) - 1 - settings.TRUSTED_PROXIES)])


def _plain_address(text: str) -> str | None:
    """An address as the database keeps one: some proxies write its port too. What is none is not kept; the line is."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return None


def record(
    request: HttpRequest | None,
    verb: AuditVerb,
    object_kind: str = "",
    object_id: object = "",
    *,
    done: bool = True,
    user: Any = None,
    **detail: Any,
) -> AuditEvent:
    """One line of the trail. `detail` never holds a plate or free text: the erasable must stay erasable."""
    event = AuditEvent(
        verb=verb, done=done, object_kind=object_kind, object_id=str(object_id)[:80], detail=detail
    )
    who = user if user is not None else getattr(request, "user", None)
    if who is not None and who.is_authenticated:
        agency = agency_of(who)
        event.user_id, event.username = who.pk, who.get_username()
        event.role = ", ".join(role_names(who))[:40]
        event.agency_id = agency.pk if agency else None
    if request is not None:
        event.address, event.method = client_address(request), request.method or ""
        event.path = request.path.replace("\0", "\ufffd")[:300]  # PostgreSQL keeps no NUL
    event.save(force_insert=True)
    return event


def role_names(user: Any) -> list[str]:
    """The roles of a user, looked up once a request."""
    if not hasattr(user, "_role_names"):
        user._role_names = sorted(user.groups.values_list("name", flat=True))
    names: list[str] = user._role_names
    return names
