"""Events that an administrator marks: a new law, a new form, an agency that joined. They are drawn on every trend."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from ledger.models import Agency, Country


class Event(models.Model):
    """A day and what happened on it, everywhere, in one country or in one agency."""

    day = models.DateField("date")
    text = models.CharField(
        "what happened", max_length=160, help_text="One plain sentence. It stands below every trend."
    )
    country = models.ForeignKey(
        Country,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="Leave empty where it concerns all.",
    )
    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="Leave empty where it concerns more than one.",
    )
    withdrawn = models.BooleanField(default=False, help_text="No longer shown. Nothing is deleted.")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["day", "id"]
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(country=None) | Q(agency=None),
                name="event_of_a_country_or_an_agency",
                violation_error_message="Choose a country or an agency, not both: an agency has its country.",
            ),
            models.CheckConstraint(
                condition=Q(day__range=("1900-01-01", "2999-12-31")),
                name="event_in_living_memory",
                violation_error_message="The day is outside the years 1900 to 2999.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%-d %b %Y}: {self.text}"

    @property
    def where(self) -> str:
        """The agency or country it concerns; empty where it concerns all."""
        return str(self.agency or self.country or "")
