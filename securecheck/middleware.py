"""What every reply of a records system needs beyond Django's own headers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

DEFAULTS = {
    "Cache-Control": "no-store, private",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Django's own middleware sets these, but not on its own refusals, such as of a wrong host.
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class PrivateResponses:
    """Pages are for the one who asked: no copy in shared or disk caches, no device features, no foreign openers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in DEFAULTS.items():
            response.setdefault(name, value)
        return response


class ExplainedAddresses:
    """A button that is pressed when the session has ended leads, after the sign-in, to an address that takes forms only.

    Django answers that with an empty page; here it says what became of the button.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.streaming or response.content:
            return response
        explained = HttpResponse(render_to_string("405.html"), status=405)
        explained["Allow"] = response["Allow"]
        return explained
