"""Light, dark, or as the system: chosen by form, kept with the account, in the session for the pages between."""

from __future__ import annotations

from django.http import HttpRequest

from securecheck.models import Appearance, Preference

SESSION_KEY = "appearance"


def appearance_of(request: HttpRequest) -> Appearance:
    """The choice of whoever is signed in; looked up once a session."""
    if SESSION_KEY not in request.session:
        kept = Preference.objects.filter(user=request.user.pk).values_list("appearance", flat=True).first()
        request.session[SESSION_KEY] = kept or Appearance.SYSTEM.value
    chosen: str = request.session[SESSION_KEY]
    return Appearance(chosen) if chosen in Appearance.values else Appearance.SYSTEM


def choose_appearance(request: HttpRequest, chosen: Appearance) -> None:
    Preference.objects.update_or_create(pk=request.user.pk, defaults={"appearance": chosen})
    request.session[SESSION_KEY] = chosen.value
