"""The stock Django admin, behind our one door: no sign-in, sign-out or password page of its own."""

from __future__ import annotations

from functools import update_wrapper
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator


class HouseAdminSite(AdminSite):
    site_title = site_header = "SecureCheck admin"
    index_title = "Admin"
    enable_nav_sidebar = False
    site_url = "/"

    def get_urls(self) -> list[Any]:
        """Without the pages that nothing here uses and that look at any record: "view on site" and the word completer."""
        return [
            url
            for url in super().get_urls()
            if getattr(url, "name", "") not in ("view_on_site", "autocomplete")
        ]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Whoever is signed in without a right to the admin is told so, instead of being asked to sign in again."""
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return guarded(request, *args, **kwargs)

        return update_wrapper(inner, guarded)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Nobody signs in here: on to the one page where they do, and from there to what was asked for."""
        if request.user.is_authenticated:
            return redirect("admin:index")
        wanted = urlencode({"next": request.GET.get("next") or reverse("admin:index")})
        return redirect(f"{reverse('sign-in')}?{wanted}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        from securecheck.views import sign_out

        return sign_out(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("password")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("password")
