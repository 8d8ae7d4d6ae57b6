"""Views that readers keep: a page with its question, filters and order, under a name."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """An address under a name. It holds no figures: whoever opens it sees what they may see."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    page = models.CharField(max_length=80, help_text="An insight's slug, `explore` or `data`.")
    query = models.CharField(max_length=2000, blank=True)
    role = models.CharField(max_length=40, blank=True, help_text="The role it is shared with; empty: nobody.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="one_view_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view that a page opens with for one account."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=80)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="one_default_of_a_page")]

    def __str__(self) -> str:
        return f"default of {self.page}"
