"""The table of an insight on its page: the same rows as every download, written for people."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from insights.columns import HIDDEN, Column, Low, ends_of
from insights.drill import Drill
from insights.insight import Answer, Insight
from insights.viewer import NO_VEHICLES
from insights.wording import in_calendar, interval, written

PLACE = " place"  # ending of the keys by which cells are sorted
EMPTY = "There are no stops within these filters. Take one of the filters away."
HIDDEN_ALL = "Every figure within these filters is hidden, because it rests on few persons. Take one of the filters away."


class FigureColumn(tables.Column):
    """One column of an insight; a rate shows the ends of its interval below it."""

    def __init__(self, key: str, column: Column, ends: tuple[str, ...], drill: Drill | None) -> None:
        words = column.format in ("text", "number")
        attrs = {} if words else {"th": {"class": "num"}, "td": {"class": "num"}}
        super().__init__(
            accessor=key, verbose_name=column.label, attrs=attrs, empty_values=(), order_by=(f"{key}{PLACE}",)
        )
        self.key, self.style, self.ends, self.drill = key, column.format, ends, drill

    def render(self, record: dict[str, Any]) -> str | SafeString:
        text: str | SafeString = written(record[self.key], self.style)
        if self.drill and (url := self.drill.behind(self.key, record)):
            text = format_html('<a class="drill" href="{}">{}</a>', url, text)
        between = interval(*(record[end] for end in self.ends)) if self.ends else ""
        return format_html('{}<span class="interval">{}</span>', text, between) if between else text


def table_of(insight: Insight, answer: Answer, drill: Drill | None = None) -> tables.Table:
    """The table; its columns are those declared, less the ends of intervals, which stand with their rate.

    With `drill`, figures lead to the rows behind them.
    """
    columns = {
        key: FigureColumn(key, column, ends_of(insight.columns, key), drill)
        for key, column in insight.columns.items()
        if not isinstance(column, Low)
    }
    empty = HIDDEN_ALL if answer.hidden else "Not shown." if NO_VEHICLES in answer.notes else EMPTY
    fields = {"caption": insight.title, "Meta": type("Meta", (), {"empty_text": empty})}
    made = type("InsightTable", (tables.Table,), {**columns, **fields})
    return made([row | _places(row) for row in answer.rows])


def _places(row: dict[str, Any]) -> dict[str, Any]:
    """What each cell sorts by: hidden and missing figures keep together, below all others."""
    lacking = {key: value is None or value == HIDDEN for key, value in row.items()}
    return {
        f"{key}{PLACE}": (not lacking[key], 0 if lacking[key] else in_calendar(value))
        for key, value in row.items()
    }
