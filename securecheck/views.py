"""Front page, sign-in, health, and the pages that say what went wrong."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ledger.audit import record
from ledger.choices import AuditVerb
from securecheck.home import home_context


@require_GET
def show_home(request: HttpRequest) -> HttpResponse:
    """What each role does first."""
    return render(request, "home.html", home_context(request))


@login_not_required
@never_cache
@require_GET
def report_health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and every migration is applied; 503 with a sentence otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations WHERE app = 'ledger'")
            ready = cursor.fetchone()[0] > 0
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "why": "The database does not answer."}, status=503)
    if not ready:
        return JsonResponse({"status": "unavailable", "why": "The database is not set up yet."}, status=503)
    return JsonResponse({"status": "ok", "version": settings.VERSION})


class SignIn(LoginView):
    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        from securecheck.demo import demo_accounts

        return super().get_context_data(**kwargs) | {"demo_accounts": demo_accounts()}


class ChangePassword(PasswordChangeView):
    template_name = "registration/password.html"
    success_url = reverse_lazy("home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session, with the post it remembered."""
    record(request, AuditVerb.SIGN_OUT, "account", request.user.pk)
    logout(request)
    response = redirect("sign-in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@login_not_required
def go_to_sign_in(request: HttpRequest) -> HttpResponse:
    """The admin has no door of its own."""
    return redirect(f"{reverse('sign-in')}?next={reverse('admin:index')}")


def explain_bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def explain_refusal(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"why": str(exception) if exception else ""}, status=403)


def explain_missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def explain_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session: either may be what failed."""
    from django.template.loader import render_to_string

    return HttpResponse(render_to_string("500.html"), status=500)


@login_not_required
def explain_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)

