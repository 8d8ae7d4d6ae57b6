"""The computed sentence of an insight: built from the figures shown, by rule, so that it never says more than they do.

Groups of fewer than `ENOUGH` persons, unknown groups and hidden figures are named by no sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from insights.codes import UNKNOWN
from insights.columns import HIDDEN
from insights.wording import change, count, group_name, interval, listed, minutes, month_name, percent, ratio

if TYPE_CHECKING:
    from insights.insight import Answer

ENOUGH = 30
NOTHING = "There are no stops within these filters."
ALL_HIDDEN = "Every figure within these filters is hidden, because it rests on few persons."
TOO_FEW = f"No group is shown with the {ENOUGH} persons that a comparison needs."
Row = dict[str, Any]


def shown(row: Row, *keys: str) -> bool:
    """Whether all of these figures are there to be read."""
    return all(row[key] is not None and row[key] != HIDDEN for key in keys)


def _known_groups(rows: Iterable[Row], keys: tuple[str, ...]) -> list[Row]:
    return [row for row in rows if all(row[key] not in (None, UNKNOWN) for key in keys)]


class Finding:
    """One rule. Calling it with an answer gives the sentence."""

    def __call__(self, answer: Answer) -> str:
        if not answer.rows:
            return ALL_HIDDEN if answer.hidden else NOTHING
        return self.say(answer)

    def say(self, answer: Answer) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Extreme(Finding):
    """The group with the highest (or lowest) rate, the next one, and whether their intervals overlap.

    `text` begins the sentence and holds `{name}`; `base` is the column of the persons of whom the rate is.
    """

    names: tuple[str, ...]
    text: str
    rate: str = "rate"
    lowest: bool = False
    base: str = "stops"

    def say(self, answer: Answer) -> str:
        prefix = "" if self.rate == "rate" else self.rate.removesuffix("rate")
        low, high = f"{prefix}low", f"{prefix}high"
        known = [
            row
            for row in _known_groups(answer.rows, self.names)
            if shown(row, self.base, self.rate, low, high)
        ]
        groups = sorted((row for row in known if row[self.base] >= ENOUGH), key=self._place)
        if not groups:
            return TOO_FEW
        first = groups[0]
        figure = f"{percent(first[self.rate])} (95% interval {interval(first[low], first[high])}) of {count(first[self.base])}"
        if len(groups) == 1:
            return f"Only {group_name(first, self.names)} is shown with the {ENOUGH} persons that a comparison needs: {figure}."
        begin = self.text.format(name=group_name(first, self.names))
        return f"{begin}: {figure}. {self._next(first, groups[1], low, high)}"

    def _place(self, row: Row) -> tuple[float, str]:
        return (row[self.rate] if self.lowest else -row[self.rate], group_name(row, self.names))

    def _next(self, first: Row, second: Row, low: str, high: str) -> str:
        apart = first[low] > second[high] or first[high] < second[low]
        verdict = (
            "the two intervals do not overlap"
            if apart
            else "the two intervals overlap, so the order may be chance"
        )
        return f"Next comes {group_name(second, self.names)} with {percent(second[self.rate])}; {verdict}."


@dataclass(frozen=True)
class Commonest(Finding):
    """The group with the most persons and its share. `text` holds `{name}`; `whole` says what the share is of."""

    names: tuple[str, ...]
    text: str
    whole: str = "persons stopped"

    def say(self, answer: Answer) -> str:
        groups = [row for row in _known_groups(answer.rows, self.names) if shown(row, "stops")]
        if not groups:
            return TOO_FEW
        most = max(row["stops"] for row in groups)
        top = [group_name(row, self.names) for row in groups if row["stops"] == most]
        if len(top) > 1:
            return f"{listed(top[:5])} share the first place: {count(most)} each."
        row = next(row for row in groups if row["stops"] == most)
        share = (
            f", {percent(row['share'])} of the {self.whole}" if "share" in row and shown(row, "share") else ""
        )
        return f"{self.text.format(name=top[0])}: {count(most)}{share}."


@dataclass(frozen=True)
class CommonestInEach(Finding):
    """In each place, which value of a group is the commonest, with its share of the place."""

    place: str
    name: str
    most_places: int = 5

    def say(self, answer: Answer) -> str:
        top: dict[str, Row] = {}
        for row in _known_groups(answer.rows, (self.place, self.name)):
            if (
                shown(row, "stops", "share")
                and row["stops"] > top.get(row[self.place], {"stops": 0})["stops"]
            ):
                top[row[self.place]] = row
        if not top:
            return TOO_FEW
        ordered = sorted(top.values(), key=lambda row: (-row["share"], row[self.place]))
        parts = [
            f"{row[self.place]} {row[self.name]} ({percent(row['share'])})"
            for row in ordered[: self.most_places]
        ]
        more = f", and {len(ordered) - len(parts)} more in the table" if len(ordered) > len(parts) else ""
        return f"The largest group in each {self.place}: {'; '.join(parts)}{more}."


@dataclass(frozen=True)
class LongestStops(Finding):
    """The violation with the longest mean and the one with the shortest."""

    def say(self, answer: Answer) -> str:
        known = [
            row
            for row in _known_groups(answer.rows, ("violation",))
            if shown(row, "mean_minutes", "durations")
        ]
        groups = [row for row in known if row["durations"] >= ENOUGH]
        if len(groups) < 2:
            return TOO_FEW
        longest = max(groups, key=lambda row: row["mean_minutes"])
        shortest = min(groups, key=lambda row: row["mean_minutes"])
        return (
            f"Stops for {longest['violation']} last longest, {minutes(longest['mean_minutes'])} minutes on average; "
            f"those for {shortest['violation']} are the shortest with {minutes(shortest['mean_minutes'])} minutes."
        )


@dataclass(frozen=True)
class NightAgainstDay(Finding):
    """The ratio of the two rates; no difference is claimed while its interval holds 1."""

    def say(self, answer: Answer) -> str:
        figures = answer.summary
        if not all(isinstance(figures.get(name), float) for name in ("ratio", "low", "high")):
            return "There are too few arrests by night or by day to compare."
        held = interval(figures["low"], figures["high"], "ratio")
        start = f"Night stops end in arrest {ratio(figures['ratio'])} times as often as day stops (95% interval {held})"
        if figures["low"] <= 1 <= figures["high"]:
            return f"{start}: no difference is shown, since the interval holds 1."
        return f"{start}."


@dataclass(frozen=True)
class BothHigh(Finding):
    """Whether one violation leads in searches and in arrests alike."""

    def say(self, answer: Answer) -> str:
        known = [row for row in _known_groups(answer.rows, ("violation",)) if shown(row, "stops")]
        groups = [row for row in known if row["stops"] >= ENOUGH]
        searched = [row for row in groups if shown(row, "search_rate")]
        arrested = [row for row in groups if shown(row, "arrest_rate")]
        if len(searched) < 2 or len(arrested) < 2:
            return TOO_FEW
        most = max(searched, key=lambda row: row["search_rate"])
        taken = max(arrested, key=lambda row: row["arrest_rate"])
        rates = f"{percent(most['search_rate'])}", f"{percent(taken['arrest_rate'])}"
        if most is taken:
            return f"{most['violation']} has both the highest search rate ({rates[0]}) and the highest arrest rate ({rates[1]})."
        return f"{most['violation']} has the highest search rate ({rates[0]}), {taken['violation']} the highest arrest rate ({rates[1]})."


@dataclass(frozen=True)
class Growth(Finding):
    """Change of stops between the last two years that lie wholly inside the data; the first and the last year may not."""

    def say(self, answer: Answer) -> str:
        years = sorted({row["year"] for row in answer.rows})
        whole = years[1:-1]
        if len(whole) < 2:
            return self._plainly(answer, years)
        rows = [row for row in answer.rows if row["year"] == whole[-1] and shown(row, "change", "stops")]
        groups = sorted(
            (row for row in rows if row["stops"] >= ENOUGH), key=lambda row: (-row["stops"], row["country"])
        )
        if not groups:
            return TOO_FEW
        parts = [f"{row['country']} {change(row['change'])}" for row in groups[:5]]
        return (
            f"Change of stops from {whole[-2]} to {whole[-1]}, the last two whole years: {'; '.join(parts)}."
        )

    def _plainly(self, answer: Answer, years: list[int]) -> str:
        rows = answer.rows
        when = f"in {years[0]}" if len(years) == 1 else f"from {years[0]} to {years[-1]}"
        if not all(shown(row, "stops", "arrests") for row in rows):
            return f"The data hold stops {when}, too few whole years for a trend."
        stops, arrests = sum(row["stops"] for row in rows), sum(row["arrests"] for row in rows)
        return (
            f"{count(stops)} persons were stopped {when}, and {count(arrests)} of them arrested ({percent(arrests / stops)}); "
            "a trend needs four years of data."
        )


@dataclass(frozen=True)
class LargestGroups(Finding):
    """In the largest group of a long table, the commonest value of another column."""

    group: tuple[str, ...]
    name: str

    def say(self, answer: Answer) -> str:
        sums: dict[tuple[Any, ...], int] = defaultdict(int)
        best: dict[tuple[Any, ...], Row] = {}
        for row in _known_groups(answer.rows, (*self.group, self.name)):
            key = tuple(row[name] for name in self.group)
            if shown(row, "stops", "share"):
                sums[key] += row["stops"]
                best[key] = max(best.get(key, row), row, key=lambda one: one["stops"])
        if not sums or max(sums.values()) < ENOUGH:
            return TOO_FEW
        key = max(sums, key=lambda one: (sums[one], str(one)))
        row = best[key]
        group = ", ".join(str(part) for part in key)
        return f"In the largest group ({group}) {row[self.name]} is the commonest: {count(row['stops'])}, {percent(row['share'])} of the group."


@dataclass(frozen=True)
class BusiestMonth(Finding):
    """The month with the most stops, of those whose hours are all shown."""

    def say(self, answer: Answer) -> str:
        sums: dict[tuple[int, int], int] = defaultdict(int)
        hidden = {(row["year"], row["month"]) for row in answer.rows if not shown(row, "stops")}
        for row in answer.rows:
            if (month := (row["year"], row["month"])) not in hidden:
                sums[month] += row["stops"]
        if not sums:
            return "In every month some hours are hidden, so that no month can be named."
        busiest = max(sums, key=lambda month: (sums[month], month))
        among = " of those shown in full" if hidden else ""
        return f"{month_name(*busiest)} has the most stops{among}: {count(sums[busiest])}."


@dataclass(frozen=True)
class TopVehicle(Finding):
    """How often the first vehicle occurs, and how many share its place. Names no vehicle."""

    figure: str
    what: str

    def say(self, answer: Answer) -> str:
        most = answer.rows[0][self.figure]
        sharing = sum(row[self.figure] == most for row in answer.rows)
        same = (
            f"{sharing} of the vehicles listed share that place" if sharing > 1 else "no other comes up to it"
        )
        return f"The vehicle at the top was {self.what} {count(most)} time{'s' if most != 1 else ''}; {same}."
