"""Code lists that a force may extend. A code is ended by date, never deleted or given another meaning."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class CodeQuerySet(models.QuerySet["CodeList"]):
    def vocabulary(self) -> dict[str, int]:
        """Every lower-case word, label or source's, with its code."""
        found: dict[str, int] = {}
        for code in self.order_by("pk"):
            for word in [*code.words, code.label]:
                found[word.strip().lower()] = code.pk
        return found

    def labels(self) -> dict[int, str]:
        """Label of each code, and "Unknown" for zero, which stands for no code in facts."""
        return {0: "Unknown"} | dict(self.values_list("pk", "label"))


class CodeList(models.Model):
    id = models.SmallAutoField(primary_key=True)
    label = models.CharField(max_length=60, unique=True)
    words = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        help_text="Other words of sources that mean this code, separated by commas.",
    )
    position = models.PositiveSmallIntegerField(default=100, help_text="Order in forms.")
    on_form = models.BooleanField(default=True, help_text="Offered when a stop is logged.")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True, help_text="Last day; empty while in use.")

    objects = CodeQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "label"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_from__lte=F("valid_until")),
                name="%(class)s_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(id__gt=0), name="%(class)s_zero_is_unknown"),
        ]

    def __str__(self) -> str:
        return self.label


class Violation(CodeList):
    """What the person was stopped for."""


class Race(CodeList):
    """Race or ethnicity as perceived by the officer, or as the source records it."""

    class Meta(CodeList.Meta):
        verbose_name_plural = "races"


class SearchBasis(CodeList):
    """Kind or legal ground of a search, as recorded."""

    discretionary = models.BooleanField(
        default=True,
        help_text="The officer could have chosen not to search: such searches serve the outcome test.",
    )

    class Meta(CodeList.Meta):
        verbose_name = "search basis"
        verbose_name_plural = "search bases"


class Contraband(CodeList):
    """What a search found."""

    is_drug = models.BooleanField(default=False)

    class Meta(CodeList.Meta):
        verbose_name_plural = "contraband"
