"""What an account prefers. Records of the work are in `ledger`, what they add up to in `insights`."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Appearance(models.TextChoices):
    SYSTEM = "system", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Preference(models.Model):
    """An account's own; without one the defaults hold. It follows the account to every computer."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="preference"
    )
    appearance = models.CharField(max_length=6, choices=Appearance, default=Appearance.SYSTEM)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"preferences of {self.user_id}"
