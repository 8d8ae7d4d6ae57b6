"""Groups of respondents: their shares by area, the gap to a reference group, and how sure it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from insights.disparity.reports import Col, Headline, Report, Row, Section, Table, estimate_columns
from insights.fairness.intervals import Estimate
from insights.trust import bands
from insights.trust.compared import quoted
from insights.trust.figures import Figure, current
from insights.trust.overview import between_points
from insights.wording import listed, percent, points
from ledger.models import Area

REFERENCE = "White British"
LEAST_ASKED = 100  # of each group, below which a gap in one area has no interval
NOTHING = "There are no survey figures by group of respondents in the ledger."
GAP = "The group's share less that of the reference group, in the same area."
MEAN = "Mean of the gaps over areas, each area counting once; its interval takes the areas as a sample (t). It needs no number of people asked."

Cells = dict[tuple[int, str], Figure]  # by area and group


@dataclass(frozen=True)
class Asked:
    """A measure that was asked of groups, in one period."""

    survey: str
    measure: str
    meaning: str
    start: date | None
    end: date

    @property
    def period(self) -> str:
        return f"{self.start:%-d %b %Y} to {self.end:%-d %b %Y}" if self.start else f"to {self.end:%-d %b %Y}"

    @property
    def slug(self) -> str:
        return f"{self.measure} ({self.period})"


@dataclass(frozen=True)
class ByGroup:
    asked: Asked
    cells: Cells
    areas: Mapping[int, Area]

    @property
    def groups(self) -> list[str]:
        return sorted({group for _, group in self.cells})

    def gaps(self, group: str, reference: str) -> dict[int, float]:
        """By area, where both groups have a figure."""
        return {
            area: self.cells[area, group].share - self.cells[area, reference].share
            for area in self.areas
            if (area, group) in self.cells and (area, reference) in self.cells
        }


def by_groups() -> list[ByGroup]:
    """Every measure that was asked of groups, the newest period first; a newer import of a figure before an older one."""
    found: dict[Asked, Cells] = defaultdict(dict)
    rows = (
        current()
        .exclude(group="")
        .filter(area__isnull=False)
        .order_by("import_run_id")
        .values_list(
            "survey", "measure", "meaning", "period_start", "period_end", "area", "group", "share", "base"
        )
    )
    for survey, measure, meaning, start, end, area, group, share, base in rows:
        found[Asked(survey, measure, meaning, start, end)][area, group] = Figure(share, base)
    wanted = {area for cells in found.values() for area, _ in cells}
    places = {one.pk: one for one in Area.objects.filter(pk__in=wanted).defer("boundary").order_by("name")}
    made = [
        ByGroup(asked, cells, {pk: one for pk, one in places.items() if any(pk == area for area, _ in cells)})
        for asked, cells in found.items()
    ]
    return sorted(made, key=lambda one: (-one.asked.end.toordinal(), one.asked.measure))


def reference_of(found: ByGroup) -> str:
    return REFERENCE if REFERENCE in found.groups else found.groups[0]


def means(found: ByGroup, reference: str) -> dict[str, Estimate]:
    """Mean gap over areas of each other group."""
    return {
        group: bands.mean_of_areas([*found.gaps(group, reference).values()])
        for group in found.groups
        if group != reference
    }


def report(found: ByGroup, others: Sequence[ByGroup], reference: str, asked: int | None) -> Report:
    """`others`: all measures, for the table of mean gaps; `asked`: people assumed of each group in an area, if any."""
    average = means(found, reference)
    sections = (
        Section("Mean gap over areas, every measure", means_table(others, reference)),
        Section(
            "By borough",
            boroughs_table(found, reference),
            text=("A borough is the mean of its neighbourhoods; three at least for an interval.",),
        ),
        Section("Every area", areas_table(found, reference, asked)),
    )
    return Report(
        headlines=tuple(
            Headline(f"{group} less {reference}", signed(one), between_points(one.low, one.high))
            for group, one in average.items()
            if one.value is not None
        ),
        findings=tuple(
            _says(found, group, one, reference) for group, one in average.items() if one.value is not None
        ),
        notes=tuple(_notes(found, asked)),
        sections=tuple(one for one in sections if one.table and one.table.rows),
        summary={
            "measure": found.asked.measure,
            "period": found.asked.period,
            "reference": reference,
            "asked": asked,
        },
    )


def signed(one: Estimate) -> str:
    return f"{100 * (one.value or 0):+.1f} points".replace("-", "−")


def _says(found: ByGroup, group: str, one: Estimate, reference: str) -> str:
    """How far apart two groups are on average, and in how many areas which way."""
    gaps = found.gaps(group, reference).values()
    below, above = sum(gap < 0 for gap in gaps), sum(gap > 0 for gap in gaps)
    told = bands.verdict(one)
    how = {bands.ABOVE: "more often", bands.BELOW: "less often"}.get(told)
    head = (
        f"{group} respondents said so {how} than {reference} respondents"
        if how
        else f"Whether {group} and {reference} respondents differ on average cannot be told"
    )
    return (
        f"{head}: {points(one.value or 0)} {'higher' if (one.value or 0) > 0 else 'lower'} over {len(gaps)} areas ({between_points(one.low, one.high)}); lower in {below} of them, "
        f"higher in {above}."
    )


def _notes(found: ByGroup, asked: int | None) -> list[str]:
    told = [
        f"{quoted(found.asked.measure)}: {found.asked.meaning or 'share who agree'}, {found.asked.period}."
    ]
    told.append(
        f"Gaps in one area are given with an interval for {asked:,} people of each group in each area, as asked for on this page."
        if asked
        else "The figures come without the number of people asked, and nothing is known of how many of a group were asked in one area: a gap in one "
        f"area has no interval. You can assume a number above, {LEAST_ASKED} at least."
    )
    told.append("Percentages in the file are whole, so a gap in one area is known to a point at best.")
    return told


def means_table(others: Sequence[ByGroup], reference: str) -> Table:
    rows = []
    for one in others:
        if reference not in one.groups:
            continue
        for group, mean in means(one, reference).items():
            rows.append(
                {
                    "measure": one.asked.measure,
                    "period": one.asked.period,
                    "group": group,
                    "areas": len(one.gaps(group, reference)),
                }
                | {
                    "gap": mean.value,
                    "gap_low": mean.low,
                    "gap_high": mean.high,
                    "told": bands.verdict(mean) or None,
                }
            )
    columns = {
        "measure": Col("Measure", "text"),
        "period": Col("Period", "text", shown=len({row["period"] for row in rows}) > 1),
        "group": Col("Group", "text"),
        **estimate_columns(f"Less {reference}", "gap", "points", meaning=MEAN),
        "told": Col("On average", "text"),
        "areas": Col("Areas", "count"),
    }
    return Table("means", f"Mean gap to {reference} over areas", columns, rows)


def boroughs_table(found: ByGroup, reference: str) -> Table:
    others = [group for group in found.groups if group != reference]
    rows: list[Row] = []
    names = sorted({_borough(one) for one in found.areas.values()})
    for name in names:
        own = {pk for pk, one in found.areas.items() if _borough(one) == name}
        row: Row = {"borough": name, "areas": len(own)}
        for group in others:
            mean = bands.mean_of_areas(
                [gap for area, gap in found.gaps(group, reference).items() if area in own]
            )
            row |= {f"{group}": mean.value, f"{group}_low": mean.low, f"{group}_high": mean.high}
        rows.append(row)
    columns: dict[str, Col] = {"borough": Col("Borough", "text"), "areas": Col("Neighbourhoods", "count")}
    for group in others:
        columns |= estimate_columns(f"{group} less {reference}", group, "points", meaning=MEAN)
    return Table(
        "boroughs",
        f"Gap to {reference} by borough",
        columns,
        rows if any(" - " in one.name for one in found.areas.values()) else [],
    )


def _borough(area: Area) -> str:
    return area.name.partition(" - ")[0]


def areas_table(found: ByGroup, reference: str, asked: int | None) -> Table:
    others = [group for group in found.groups if group != reference]
    columns: dict[str, Col] = {"area": Col("Area", "text"), reference: Col(reference, "percent")}
    for group in others:
        columns |= {group: Col(group, "percent")} | estimate_columns(
            f"{group} less {reference}", f"{group} gap", "points", meaning=GAP
        )
    return Table(
        "areas",
        f"{quoted(found.asked.measure)} by area and group",
        columns,
        [_row(found, area, reference, others, asked) for area in found.areas],
    )


def _row(found: ByGroup, area: int, reference: str, others: Sequence[str], asked: int | None) -> Row:
    first = found.cells.get((area, reference))
    row: Row = {"area": found.areas[area].name, reference: first.share if first else None}
    for group in others:
        own = found.cells.get((area, group))
        gap = _gap(own, first, asked) if own and first else Estimate()
        row |= {group: own.share if own else None}
        row |= {f"{group} gap": gap.value, f"{group} gap_low": gap.low, f"{group} gap_high": gap.high}
    return row


def _gap(own: Figure, first: Figure, asked: int | None) -> Estimate:
    """With an interval where at least a hundred of each are known or assumed to have been asked."""
    sizes = [one.base or asked for one in (own, first)]
    known = [float(size) for size in sizes if size and size >= LEAST_ASKED]
    if len(known) < 2:
        return Estimate(own.share - first.share)
    return bands.difference(own.share, known[0], first.share, known[1])


def dots(others: Sequence[ByGroup], reference: str) -> list[tuple[str, Mapping[str, float | None]]]:
    """Mean gaps for the drawing, numbered as in the legend: a question is too long for an axis."""
    return [
        (f"{number}. {group}", {"value": mean.value, "low": mean.low, "high": mean.high})
        for number, one in enumerate(others, 1)
        if reference in one.groups
        for group, mean in means(one, reference).items()
    ]


def shares_in_words(found: ByGroup) -> str:
    """The mean share of each group over areas, in a sentence."""
    told = []
    for group in found.groups:
        shares = [one.share for (_, name), one in found.cells.items() if name == group]
        told.append(f"{group} {percent(sum(shares) / len(shares))}")
    return f"Mean share over areas: {listed(told)}."


def legend(others: Sequence[ByGroup]) -> list[str]:
    return [one.asked.measure for one in others]


def as_choices(others: Sequence[ByGroup]) -> list[tuple[str, str]]:
    return [(one.asked.slug, one.asked.slug) for one in others]


def chosen(others: Sequence[ByGroup], slug: str) -> ByGroup:
    return next((one for one in others if one.asked.slug == slug), others[0])
