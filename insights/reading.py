"""An answer with all that is said around it: the same words for page, spreadsheet and paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from insights import presenting
from insights.filters import Filters
from insights.insight import Answer, Insight
from insights.relation import Months, months_of

Line = tuple[str, str, str]  # section, name, text


@dataclass(frozen=True)
class Reading:
    insight: Insight
    answer: Answer
    months: Months
    as_at: datetime

    @classmethod
    def of(cls, insight: Insight, answer: Answer, filters: Filters) -> Reading:
        # To whom small counts are hidden, first and last month of a narrow group are none to know: only days narrow then.
        seen = filters if answer.exact else filters.only("date_after", "date_before")
        return cls(insight, answer, months_of(seen), timezone.localtime())

    @property
    def scope(self) -> str:
        return presenting.scope(self.answer, self.months)

    @property
    def says(self) -> str:
        """The computed sentence; nothing about vehicles that the reader may not see."""
        return "" if self.insight.vehicles and not self.answer.rows else self.insight.finding(self.answer)

    @property
    def remarks(self) -> list[str]:
        return [*self.answer.notes, *self.insight.remarks(self.answer, self.months)]

    @property
    def base(self) -> str:
        """On how many the figures rest: “20,000 persons stopped”."""
        stops = presenting.headline_words(self.insight, self.answer, "stops")
        return f"{stops[1]} {stops[0].lower()}" if stops else f"{len(self.answer.rows)} rows"

    def notes(self) -> Iterator[Line]:
        """What must go with the figures wherever they are taken: filters, base, definitions, marks, limits."""
        yield "About", "Question", self.insight.question
        yield "About", "Figures of", self.scope
        yield "About", "Based on", self.base
        yield "About", "Data as at", f"{self.as_at:%-d %B %Y, %H:%M}"
        for name, value in presenting.filters_in_words(self.answer):
            yield "Filters", name, value
        if not self.answer.filters:
            yield "Filters", "None", "All stops."
        if self.says:
            yield "Finding", "By rule", self.says
        for remark in self.remarks:
            yield "Please note", "", remark
        for name, meaning in presenting.definitions(self.insight):
            yield "How it is counted", name, meaning
        for mark, meaning in presenting.marks(self.insight, self.answer):
            yield "Marks", mark, meaning
        for limit in self.insight.limits:
            yield "What it cannot show", "", limit
