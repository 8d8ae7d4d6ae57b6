"""Who lives where the predictions fall: sentences, tables and charts of one body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from insights.audit import area_by_area
from insights.audit.counting import Counted
from insights.audit.figures import FEWEST_AREAS, Figures
from insights.audit.method import ALL, BUCKETS, LEAST, MEDIAN, MOST
from insights.audit.people import BY_KEY, HOUSEHOLDS
from insights.disparity.reports import Col, Headline, Section, Table
from insights.wording import count

STRONG = 0.1  # a rank correlation nearer to 0 is told as none
SHARE_MEANING = "People (or households) of the group by all there, in the areas of the bucket together. Below: 90% bounds from the census’s margins of error, where the figures have them."
RHO_MEANING = "Spearman’s rank correlation of an area’s place by predictions with its share of the group: 1 when the most targeted areas have the highest shares, −1 the other way round, near 0 when neither."
WORDS = {MOST: "most targeted", MEDIAN: "median", LEAST: "least targeted"}


def headlines(figures: Figures, counted: Counted) -> list[Headline]:
    most, every = figures["buckets"][MOST], figures["buckets"][ALL]
    outside = sum(spot.count for spot in counted.outside)
    if not figures["areas"]:
        return [Headline("Predictions", count(counted.total))]
    found = [
        Headline(
            "Predictions in the areas",
            count(figures["predictions"]),
            f"{count(outside)} outside them" if outside else "",
        ),
        Headline("Areas", count(figures["areas"]), f"{count(figures['without'])} without any prediction"),
    ]
    if figures["people"] and most["per_head"] is not None and figures["told"]:
        found.append(
            Headline(
                "Predictions for 100 people",
                f"{most['per_head'] * 100:,.0f}",
                f"in the most targeted areas; {every['per_head'] * 100:,.0f} in all",
            )
        )
    return found


def warnings(figures: Figures, counted: Counted) -> Iterator[str]:
    if not figures["areas"]:
        yield (
            "No areas are known for these predictions, so it cannot be told who lives there. Import areas with their people: "
            "census figures with a column “client”."
        )
        return
    if not figures["told"]:
        yield _why_not_compared(figures)
    if not figures["groups"]:
        yield (
            "No figures about the people of these areas are known, so it cannot be told whom the predictions fall on. Import census figures of the areas."
        )
    outside = sum(spot.count for spot in counted.outside)
    if outside > 0.2 * (outside + counted.inside):
        yield f"{outside / (outside + counted.inside):.0%} of the predictions lie outside the areas: what follows is of the others only."


def _why_not_compared(figures: Figures) -> str:
    if figures["areas"] < FEWEST_AREAS:
        return (
            f"There are only {figures['areas']} areas: the most, median and least targeted would be the same few, so they are "
            "not compared."
        )
    some = figures["areas"] - figures["without"]
    return (
        f"Only {some} of {figures['areas']:,} areas {'has' if some == 1 else 'have'} any prediction: too few to tell the most targeted from the others, so "
        "they are not compared."
    )


def findings(figures: Figures) -> list[str]:
    """Computed sentences: the groups whose share differs by the most points in the most targeted areas, and the correlations."""
    if not figures["told"]:
        return []
    groups = figures["groups"]
    told = [key for key, group in groups.items() if difference(group) is not None]
    ordered = sorted(told, key=lambda key: -abs(difference(groups[key]) or 0.0))
    return [sentence(key, groups[key], figures) for key in ordered[:4]]


def difference(group: Figures) -> float | None:
    """Share in the most targeted areas less the share in all. In points: a small group’s share may double by a few people."""
    most, whole = (group["shares"][name]["value"] for name in (MOST, ALL))
    return None if most is None or whole is None else most - whole


def sentence(key: str, group: Figures, figures: Figures) -> str:
    most, whole = group["shares"][MOST], group["shares"][ALL]
    who = f"{BY_KEY[key].label} {'households' if BY_KEY[key].whole == HOUSEHOLDS else 'residents'}"
    areas = figures["buckets"][MOST]["areas"]
    text = f"{who} are {most['value']:.1%} in the {areas} most targeted areas and {whole['value']:.1%} in the whole jurisdiction"
    return f"{text}{_certainty(most, whole)}. {_correlation(group['spearman'])}"


def _certainty(most: Figures, whole: Figures) -> str:
    if most["low"] is None or whole["low"] is None:
        return ""
    apart = most["low"] > whole["high"] or most["high"] < whole["low"]
    return (
        ", more than the census’s margins of error"
        if apart
        else ", a difference within the census’s margins of error"
    )


def signed(value: float) -> str:
    """With its sign, a true minus."""
    return f"{value:+.2f}".replace("-", "−")


def _correlation(rho: float | None) -> str:
    if rho is None:
        return "A correlation cannot be told."
    if abs(rho) < STRONG:
        return f"Over all areas there is next to no correlation ({signed(rho)})."
    return f"Over all areas, more predictions go with a {'higher' if rho > 0 else 'lower'} share (correlation {signed(rho)})."


# Tables and charts


def sections(figures: Figures, counted: Counted) -> Iterator[Section]:
    if not figures["areas"]:
        return
    if figures["groups"] and figures["told"]:
        yield _groups(figures)
    if figures["told"]:
        yield _buckets(figures)
    if figures["groups"] and figures["told"]:
        yield _tenths(figures)
    yield from area_by_area.sections(figures, counted)


def _groups(figures: Figures) -> Section:
    columns = {"group": Col("Group", "text")}
    for name, label in BUCKETS.items():
        columns |= {
            name: Col(
                label,
                "percent",
                (f"{name}_low", f"{name}_high"),
                meaning=SHARE_MEANING if name == MOST else "",
            ),
            f"{name}_low": Col(f"{label}, low", "percent", shown=False),
            f"{name}_high": Col(f"{label}, high", "percent", shown=False),
        }
    columns |= {
        "above": Col(
            "Lives above the median",
            "percent",
            meaning="Part of the group that lives in areas with more predictions than the median area.",
        ),
        "spearman": Col("Correlation", "plain", meaning=RHO_MEANING),
        "part": Col(
            "Number", "count", meaning="People or households of the group in the whole jurisdiction."
        ),
    }
    rows = [_group_row(key, group) for key, group in figures["groups"].items()]
    table = Table("groups", "Who lives where the predictions fall", columns, rows)
    return Section(table.caption, table, _group_chart(rows))


def _group_row(key: str, group: Figures) -> Figures:
    row: Figures = {
        "group": BY_KEY[key].label,
        "above": group["above_median"]["value"],
        "spearman": group["spearman"],
    }
    for name in BUCKETS:
        share = group["shares"][name]
        row |= {name: share["value"], f"{name}_low": share["low"], f"{name}_high": share["high"]}
    return row | {"part": group["shares"][ALL]["part"]}


def _group_chart(rows: Sequence[Figures]) -> Figures:
    series = [
        {"label": label, "values": [row[name] for row in rows]}
        for name, label in BUCKETS.items()
        if name != MEDIAN
    ]
    return {
        "type": "bar",
        "title": "Share of each group where most and fewest predictions fall",
        "x": [row["group"] for row in rows],
        "x_title": "",
        "y_title": "Share",
        "y_format": "percent",
        "series": series,
        "horizontal": False,
        "note": "",
    }


def _buckets(figures: Figures) -> Section:
    columns = {
        "bucket": Col("Areas", "text"),
        "areas": Col("Number of areas"),
        "predictions": Col("Predictions"),
        "share": Col("Of all predictions", "percent"),
        "people": Col("People"),
        "hundred": Col(
            "For 100 people",
            "minutes",
            meaning="Predictions in the areas by the people who live there, times 100.",
        ),
    }
    total = figures["predictions"] or 1
    rows = [
        {
            "bucket": BUCKETS[name],
            "areas": one["areas"],
            "predictions": one["predictions"],
            "share": one["predictions"] / total,
            "people": one["people"] or None,
            "hundred": one["per_head"] * 100 if one["per_head"] is not None else None,
        }
        for name, one in figures["buckets"].items()
    ]
    return Section(
        "How the predictions are spread",
        Table("spread", "Predictions by how much areas are targeted", columns, rows),
    )


def _tenths(figures: Figures) -> Section:
    labels = [f"{at * 10} to {at * 10 + 10} %" for at in range(10)]
    columns = {
        "tenth": Col(
            "Areas by predictions",
            "text",
            meaning="Tenths of the areas, those with the fewest predictions first. Areas exactly on a limit between two are in neither.",
        )
    }
    columns |= {key: Col(BY_KEY[key].label, "percent") for key in figures["groups"]}
    rows = [
        {"tenth": label} | {key: group["deciles"][at]["value"] for key, group in figures["groups"].items()}
        for at, label in enumerate(labels)
    ]
    table = Table("tenths", "Share of each group by tenth of the areas", columns, rows)
    chart = {
        "type": "line",
        "title": table.caption,
        "x": labels,
        "x_title": "Areas, from the fewest predictions to the most",
        "y_title": "Share",
        "y_format": "percent",
        "series": [
            {"label": columns[key].label, "values": [row[key] for row in rows]} for key in figures["groups"]
        ],
        "note": "",
    }
    return Section(table.caption, table, chart)
