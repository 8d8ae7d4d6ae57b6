"""/metrics: for a monitoring system that has the token. No session, no account; closed while no token is set."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from securecheck.metrics.collector import page

CLOSED = "Metrics are closed. Set SECURECHECK_METRICS_TOKEN to open them to whoever has that token.\n"
NEEDED = (
    "Metrics need a bearer token: send the header “Authorization: Bearer …” with the token that was set.\n"
)
PLAIN = "text/plain; charset=utf-8"


@login_not_required
@require_safe
def report_metrics(request: HttpRequest) -> HttpResponse:
    """The metrics; 403 while they are closed, 401 without the right token."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(CLOSED, status=403, content_type=PLAIN)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not constant_time_compare(given.strip(), settings.METRICS_TOKEN):
        return HttpResponse(NEEDED, status=401, content_type=PLAIN, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(page(), content_type=CONTENT_TYPE_LATEST)
