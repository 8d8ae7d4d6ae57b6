"""Front page, sign-in, health, and the pages that say what went wrong."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ledger.audit import record
from ledger.choices import AuditVerb
from securecheck.access_map import opens
from securecheck.appearance import choose_appearance
from securecheck.demo import demo_accounts
from securecheck.home import home_context
from securecheck.models import Appearance
from securecheck.sign_in import SignInForm
from securecheck.tokens import tokens_of


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    """What each role does first."""
    return render(request, "home.html", home_context(request))


@login_not_required
@never_cache
@require_safe
def report_health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and every migration is applied; 503 with a sentence otherwise."""
    try:
        ready = is_migrated()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "why": "The database does not answer."}, status=503)
    if not ready:
        return JsonResponse({"status": "unavailable", "why": "The database is not set up yet."}, status=503)
    return JsonResponse({"status": "ok", "version": settings.VERSION})


_migrated = False


def is_migrated() -> bool:
    """Whether no migration is waiting. Once that is so it stays so for this process, and is not looked up again."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


class SignIn(LoginView):
    template_name = "registration/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"demo_accounts": demo_accounts()}

    @transaction.atomic
    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Session and line of the audit trail are written together or not at all."""
        return super().form_valid(form)


class ChangePassword(PasswordChangeView):
    """The own password. Every other session of the account ends with it, and every token of the API."""

    template_name = "registration/password.html"
    success_url = reverse_lazy("home")

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        record(self.request, AuditVerb.ADMINISTRATION, "password", self.request.user.pk)
        told = "Your password was changed. Other computers are signed out."
        if tokens_of(self.request.user):
            told += " Your tokens of the API have ended: ask your administrator for new ones."
        messages.success(self.request, told)
        return super().form_valid(form)


@require_POST
def set_appearance(request: HttpRequest) -> HttpResponse:
    """Keeps how pages look for this account, and goes back to where it was chosen."""
    chosen, back = request.POST.get("appearance", ""), request.POST.get("next", "")
    if chosen in Appearance.values:
        choose_appearance(request, Appearance(chosen))
    else:
        messages.error(request, "That look is not offered. Choose one of those at the foot of the page.")
    own = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if own and opens(back) else "home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session, with the post it remembered."""
    with transaction.atomic():
        record(request, AuditVerb.SIGN_OUT, "account", request.user.pk)
        logout(request)
    response = redirect("sign-in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def explain_bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _explained("400.html", 400)


def explain_refusal(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _explained("403.html", 403, why=str(exception) if exception else "")


def explain_missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _explained("404.html", 404)


def explain_error(request: HttpRequest) -> HttpResponse:
    return _explained("500.html", 500)


@login_not_required
def explain_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _explained("403_csrf.html", 403)


def _explained(template: str, status: int, **context: str) -> HttpResponse:
    """Without the request, so that the frame is not asked: it needs database and session, and either may be what failed."""
    return HttpResponse(render_to_string(template, context), status=status)
