"""Where an officer is on duty: the post, remembered in the session until hand-over or sign-out.

On a shared computer the next officer must not log under the wrong name: the officer always follows from the account.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from ledger.access import officer_of
from ledger.models import Officer, Post

SESSION_KEY = "duty_post"


@dataclass(frozen=True)
class Duty:
    officer: Officer
    post: Post | None


def duty_of(request: HttpRequest) -> Duty | None:
    """Officer and remembered post; None for those who log no stops. Looked up once a request."""
    if not hasattr(request, "_duty"):
        request._duty = _find(request)  # type: ignore[attr-defined]
    found: Duty | None = request._duty  # type: ignore[attr-defined]
    return found


def _find(request: HttpRequest) -> Duty | None:
    officer = officer_of(request.user)
    if officer is None or not request.user.has_perm("ledger.add_stop"):
        return None
    post_id = request.session.get(SESSION_KEY)
    post = Post.objects.filter(pk=post_id, agency=officer.agency_id).first() if post_id else None
    return Duty(officer, post)


def remember_post(request: HttpRequest, post: Post | None) -> None:
    request.session[SESSION_KEY] = post.pk if post else None
    request.__dict__.pop("_duty", None)


def hand_over(request: HttpRequest) -> None:
    """Forget the post; whoever comes next chooses anew."""
    request.session.pop(SESSION_KEY, None)
    request.__dict__.pop("_duty", None)
