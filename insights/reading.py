"""An answer with all that is said around it: the same words for page, spreadsheet and paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from insights import presenting
from insights.drill import Drill
from insights.events import Marked, marked_events, on_axis
from insights.filters import Filters
from insights.insight import Answer, Insight
from insights.relation import Months, months_of
from insights.trend import Trend, trend_of
from insights.viewer import Viewer

Line = tuple[str, str, str]  # section, name, text


@dataclass(frozen=True)
class Reading:
    insight: Insight
    answer: Answer
    months: Months
    as_at: datetime
    trend: Trend | None = None
    drill: Drill | None = None
    events: tuple[Marked, ...] = ()

    @classmethod
    def of(cls, insight: Insight, answer: Answer, filters: Filters, viewer: Viewer) -> Reading:
        # To whom small counts are hidden, first and last month of a narrow group are none to know: only days narrow then.
        seen = filters if answer.exact else filters.only("date_after", "date_before")
        trend = trend_of(insight, filters, viewer) if answer.rows else None
        drill = Drill.of(insight, answer, viewer)
        months = months_of(seen)
        shown = trend is not None or insight.shows_time
        events = tuple(marked_events(filters, months)) if answer.rows and shown else ()
        return cls(insight, answer, months, timezone.localtime(), trend, drill, events)

    @property
    def headlines(self) -> list[presenting.Headline]:
        return presenting.headlines(self.insight, self.answer, self.trend, self.drill, self.events)

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

    def chart(self, address: str) -> dict[str, Any] | None:
        """The declaration of the chart, with what a picture of it must say: about whom, on how many, from where."""
        if not self.answer.rows:
            return None
        known = {str(self.answer.filters.get(name)) for name in ("agency", "country")}  # the scope says them
        words = [one for one in presenting.filters_in_words(self.answer) if one[1] not in known]
        filters = "; ".join(f"{name}: {value}" for name, value in words)
        hidden = " “[c]”: hidden, because few persons could be recognised." if self.answer.hidden else ""
        # A picture is handed around: a vehicle number stays on the page.
        source = f"Source: SecureCheck, stops on record, as at {self.as_at:%-d %B %Y}.{hidden}"
        about: dict[str, Any] = {
            "scope": f"{self.scope}. {filters}." if filters else f"{self.scope}.",
            "base": self.base,
            "listed": [one.words for one in self.events],
            "source": source if "vehicle" in self.answer.filters else f"{source} {address}",
        }
        drawn = self.insight.chart.draw(self.insight.title, self.insight.columns, self.answer.rows)
        marked = on_axis(list(self.events), self.insight.chart.x, drawn)
        about["listed"] = about["listed"] if marked else []
        return drawn | {"about": about, "events": marked}

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
        for one in self.events:
            yield "Events", f"{one.event.day:%-d %B %Y}", f"{one.event.text} {one.event.where}".strip()
        for name, meaning in presenting.definitions(self.insight):
            yield "How it is counted", name, meaning
        for mark, meaning in presenting.marks(self.insight, self.answer):
            yield "Marks", mark, meaning
        for limit in self.insight.limits:
            yield "What it cannot show", "", limit
