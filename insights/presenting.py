"""What an insight's page shows besides its table: headline figures, scope, definitions, chips. Figures come from the answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.text import slugify

from insights.changes import change_in_words, month_and_figure
from insights.columns import HIDDEN, Change, Label, Low, Mean, Rank, Ratio, ends_of
from insights.drill import Drill
from insights.events import Marked
from insights.filters import PAGE_KEYS, FilterError, StopFilter
from insights.insight import Answer, Insight
from insights.relation import Months
from insights.spark import Spark
from insights.trend import Trend
from insights.viewer import Viewer
from insights.wording import interval, month_name, written

MARKS = {
    HIDDEN: "Confidential: a count from 1 to 9, or a figure from which such a count could be worked out. Rates, shares and "
    "intervals go with their counts. Groups of nobody beside hidden groups are hidden too.",
    "–": "There is nothing to divide by, or no figure before this one.",
    "Unknown": "Not recorded, or recorded as unknown.",
}
INTERVAL = (
    "The range of rates that these counts could well come from: of a hundred ranges found in this way, 95 hold the rate "
    "behind the counts (Wilson score interval)."
)


@dataclass(frozen=True)
class Headline:
    name: str
    value: str
    more: str = ""
    spark: Spark | None = None
    url: str = ""  # of the rows behind the figure


def headlines(
    insight: Insight,
    answer: Answer,
    trend: Trend | None = None,
    drill: Drill | None = None,
    events: Sequence[Marked] = (),
) -> list[Headline]:
    """The figures of the summary, rates first, each with its interval; behind the first, how it moved."""
    ends = {end for key in insight.headline for end in _ends(insight, key)}
    keys = [key for key in insight.headline if key in answer.summary and key not in ends]
    cards = [_headline(insight, key, answer.summary, drill) for key in keys]
    cards = sorted(cards, key=lambda card: not card.more)
    return [*cards[:1], *([of_trend(trend, events)] if trend and trend.points else []), *cards[1:]]


def of_trend(trend: Trend, events: Sequence[Marked] = ()) -> Headline:
    """The last whole month with its change and the months before it."""
    month, figure = month_and_figure(trend) or ("By month", "")
    name = f"{trend.column.label}, {month}" if figure else f"{trend.column.label} by month"
    return Headline(name, figure, change_in_words(trend), Spark.of(trend, [one.month for one in events]))


def _ends(insight: Insight, key: str) -> tuple[str, ...]:
    """The keys of the interval of a headline's figure."""
    if isinstance(insight.headline[key], Ratio):
        return ("low", "high") if key not in ("low", "high") else ()
    return ends_of(insight.headline, key)


def _headline(insight: Insight, key: str, summary: Mapping[str, Any], drill: Drill | None) -> Headline:
    column = insight.headline[key]
    value = written(summary[key], column.format)
    url = drill.behind_headline(key, summary[key]) if drill else ""
    if column.format not in ("percent", "ratio"):
        return Headline(column.label, value, url=url)
    low, high = [summary.get(end) for end in _ends(insight, key)] or (None, None)
    between = interval(low, high, column.format)
    more = f"95% interval {between}" if between else "no interval can be given"
    return Headline(column.label, value, more, url=url)


def scope(answer: Answer, months: Months) -> str:
    """Whom and when the figures are about: “Persons stopped, Jan 2020 to Feb 2020, all agencies”."""
    parts = ["Persons stopped"]
    if months:
        first, last = (month_name(*month) for month in months)
        parts.append(first if first == last else f"{first} to {last}")
    where = answer.filters.get("agency") or answer.filters.get("country")
    return ", ".join([*parts, str(where) if where else "all agencies"])


def definitions(insight: Insight) -> list[tuple[str, str]]:
    """What each column means, then what the insight says of its own."""
    found: dict[str, str] = {}
    for column in [*insight.columns.values(), *insight.headline.values()]:
        if not isinstance(column, (Label, Ratio)) and column.meaning():
            found.setdefault(column.label, column.meaning())
    if any(isinstance(column, Low) for column in insight.columns.values()):
        found["95% interval"] = INTERVAL
    return list((found | insight.definitions).items())


def marks(insight: Insight, answer: Answer) -> list[tuple[str, str]]:
    """The marks that may stand in this table, with their meaning."""
    dashes = any(isinstance(column, (Change, Mean, Rank)) for column in insight.columns.values())
    wanted = {HIDDEN: not answer.exact, "–": dashes, "Unknown": True}
    return [(mark, MARKS[mark]) for mark, is_wanted in wanted.items() if is_wanted]


def headline_words(insight: Insight, answer: Answer, key: str) -> tuple[str, str] | None:
    """Name and figure of one part of the headline; nothing where there is none."""
    if key not in answer.summary:
        return None
    column = insight.headline[key]
    return column.label, written(answer.summary[key], column.format)


def filters_in_words(answer: Answer) -> list[tuple[str, str]]:
    """The filters in use: label and value as people write them."""
    labels = {name: str(one.label) for name, one in StopFilter.base_filters.items()}
    return [(labels[name], _in_words(name, value)) for name, value in answer.filters.items()]


def file_name(answer: Answer, ending: str) -> str:
    """Named after question and filters, in letters that every system takes; a vehicle number is in no file's name."""
    name = f"explore-{slugify(answer.title)}" if answer.slug == "explore" else answer.slug
    values = [slugify(f"{key} {value}") for key, value in answer.filters.items() if key != "vehicle"]
    return f"{'_'.join([name, *filter(None, values)])[:120]}.{ending}"


def chips(request: HttpRequest, answer: Answer) -> list[dict[str, str]]:
    """The filters in use, each with the address without it."""
    return chips_of(
        request, answer.filters, {name: str(one.label) for name, one in StopFilter.base_filters.items()}
    )


def chips_of(
    request: HttpRequest, used: Mapping[str, str | int], labels: Mapping[str, str]
) -> list[dict[str, str]]:
    return [
        {
            "label": labels[name],
            "value": _in_words(name, value),
            "remove_url": address(request, **{name: None, "after": None, "before": None}),
        }
        for name, value in used.items()
    ]


def put_errors(form: Any, error: FilterError) -> None:
    """Show at each field what is wrong with it, once."""
    for name, sentences in error.errors.items():
        for sentence in sentences:
            if sentence not in form.errors.get(name or "__all__", []):
                form.add_error(name if name in form.fields else None, sentence)


def _in_words(name: str, value: str | int) -> str:
    if name.startswith("date_"):
        day = date.fromisoformat(str(value))
        return f"{day.day} {day:%b %Y}"
    return str(value).capitalize() if value in ("yes", "no") else str(value)


def address(request: HttpRequest, **changes: str | None) -> str:
    """This page with some parameters set, or taken away (None); without empty ones, on the first page of the table."""
    params: QueryDict = request.GET.copy()
    for name in ["page", "all", *(name for name, value in request.GET.items() if not value)]:
        params.pop(name, None)
    for name, value in changes.items():
        params.pop(name, None)
        if value:
            params[name] = value
    if not params and getattr(request, "default_view", None):
        return f"{request.path}?all=yes"  # bare, the page would open with its default view
    return f"{request.path}?{params.urlencode()}" if params else request.path


def without_filters(request: HttpRequest, kept: Collection[str] = PAGE_KEYS) -> str:
    return address(request, **{name: None for name in request.GET if name not in kept})


def reach(request: HttpRequest, insight: Insight, viewer: Viewer, answer: Answer) -> dict[str, str] | None:
    """Of an officer's or supervisor's page: whose figures these are, and the address of the other reach."""
    if viewer.exact or viewer.agency is None or insight.vehicles:
        return None
    own = viewer.agency.name
    if answer.exact:
        return {
            "says": f"Your own agency, {own}: exact figures.",
            "other": "Show all agencies",
            "url": address(request, agency=None, post=None),
        }
    of = answer.filters.get("agency", "All agencies")
    return {
        "says": f"{of}: small counts are hidden.",
        "other": f"Show only {own}, exact",
        "url": address(request, agency=own, country=None, post=None),
    }
