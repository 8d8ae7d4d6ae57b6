"""What the frame of every page shows: where one is on duty, as what, and in which colours."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from ledger.audit import role_names
from ledger.duty import duty_of
from securecheck.appearance import appearance_of
from securecheck.models import Appearance


def frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "version": settings.VERSION,
        "role": ", ".join(role_names(user)) if signed_in else "",
        "duty": duty_of(request) if signed_in else None,
        "appearance": appearance_of(request) if signed_in else Appearance.SYSTEM,
        "appearances": Appearance.choices,
    }
