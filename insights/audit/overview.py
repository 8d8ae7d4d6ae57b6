"""What all audited departments say together: the counting tables of the study."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from insights.audit.figures import Figures, across
from insights.audit.method import ALL, LEAST, MOST
from insights.audit.who import signed
from insights.disparity.reports import Col, Headline, Report, Section, Table
from insights.models import PredictionAudit

LISTED = ("black", "latino", "white", "poor")  # groups in the list of audits
TENTHS = "The areas with the fewest predictions; tenth 10 holds those with the most."


def report(audits: Sequence[PredictionAudit]) -> Report:
    """Over vendors' departments; our own forecasts have their pages, and count in no table of others."""
    counted = [one for one in audits if not is_doubtful(one)]
    found = across([one.figures for one in counted])
    if not found:
        return Report()
    told = max(one["departments"] for one in found.values())
    doubtful = len(audits) - len(counted)
    return Report(
        headlines=tuple(_headlines(audits)),
        findings=tuple(_findings(found)),
        sections=tuple(_sections(found)),
        notes=(
            f"{told} departments have areas with their people, at least ten each, and are counted.",
            "Of the counts by the census’s estimates, lower and upper bounds the least is told. Without margins of error all three are one.",
            "Departments count alike, whatever their size.",
            *(
                [f"{doubtful} that may be a demonstration or lie abroad are listed, not counted."]
                if doubtful
                else []
            ),
        ),
    )


def is_doubtful(audit: PredictionAudit) -> bool:
    """May be no department at work, or not one of this country."""
    return any(flag["key"] in ("demonstration", "abroad") for flag in audit.flags)


def _headlines(audits: Sequence[PredictionAudit]) -> Iterator[Headline]:
    predictions = sum(one.figures["predictions"] for one in audits)
    flagged = sum(bool(one.flags) for one in audits)
    yield Headline("Departments audited", f"{len(audits):,}")
    yield Headline("Predictions in their areas", f"{predictions:,}")
    yield Headline("With something to look at", f"{flagged:,}", "places flagged, each with its evidence")


def _findings(found: dict[str, Figures]) -> Iterator[str]:
    for key in found:
        one = found[key]
        number = one["departments"]
        rho = one["spearman"]
        text = (
            f"{one['label']}: the share is higher in the most targeted areas than in the whole jurisdiction in "
            f"{one['higher'][MOST]} of {number} departments, and in the least targeted areas in {one['higher'][LEAST]}"
        )
        yield f"{text}; the median correlation is {signed(rho)}." if rho is not None else f"{text}."


def _sections(found: dict[str, Figures]) -> Iterator[Section]:
    rows = [_row(one) for one in found.values()]
    columns = {
        "group": Col("Group", "text"),
        "departments": Col("Departments"),
        "most": Col(
            "Higher: most targeted",
            meaning="Departments in which the group’s share in the most targeted areas exceeds its share in the whole jurisdiction.",
        ),
        "least": Col("Higher: least targeted", meaning="The same for the least targeted areas."),
        "majority": Col(
            "Above the median",
            meaning="Departments in which more than half of the group lives in areas with more predictions than the median area.",
        ),
        "change_most": Col(
            "Change: most targeted",
            "change",
            meaning="Mean over departments of (share there − share in all) / share in all.",
        ),
        "change_least": Col("Change: least", "change"),
        "spearman": Col(
            "Correlation",
            "plain",
            meaning="Median over departments of Spearman’s rank correlation of an area’s place by predictions with its share of the group.",
        ),
    }
    table = Table("across", "In how many departments", columns, rows)
    yield Section(table.caption, table, _chart(rows))
    yield _shares(found)


def _row(one: Figures) -> dict[str, Any]:
    return {
        "group": one["label"],
        "departments": one["departments"],
        "most": one["higher"][MOST],
        "least": one["higher"][LEAST],
        "majority": one["majority"],
        "change_most": one["change"][MOST],
        "change_least": one["change"][LEAST],
        "spearman": one["spearman"],
    }


def _chart(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    labels = {"most": "Higher where most targeted", "least": "Higher where least targeted"}
    return {
        "type": "bar",
        "title": "Departments in which a group’s share is higher than in the whole jurisdiction",
        "x": [row["group"] for row in rows],
        "x_title": "",
        "y_title": "Departments",
        "y_format": "count",
        "horizontal": False,
        "series": [{"label": label, "values": [row[key] for row in rows]} for key, label in labels.items()],
        "note": "",
    }


def _shares(found: dict[str, Figures]) -> Section:
    columns = {"group": Col("Group", "text")}
    columns |= {
        name: Col(label, "percent")
        for name, label in (
            (MOST, "Most targeted"),
            ("median", "Median"),
            (LEAST, "Least targeted"),
            (ALL, "Whole jurisdiction"),
        )
    }
    columns |= {
        f"tenth_{at}": Col(
            f"Tenth {at + 1}",
            "percent",
            shown=at in (0, 9),
            meaning=TENTHS if at == 0 else "",
        )
        for at in range(10)
    }
    rows = [
        {"group": one["label"]} | one["mean_share"] | {f"tenth_{at}": one["deciles"][at] for at in range(10)}
        for one in found.values()
    ]
    text = ("Means over departments of each group’s share.",)
    return Section(
        "Mean share of each group", Table("shares", "Mean share of each group", columns, rows), text=text
    )


def cell(group: Figures | None) -> dict[str, Any] | None:
    """What the list says of a department and a group: its share where most targeted, in all, and whether that is higher."""
    if group is None or group["shares"][MOST]["value"] is None:
        return None
    most, whole = group["shares"][MOST]["value"], group["shares"][ALL]["value"]
    return {"most": most, "whole": whole, "higher": most > whole, "spearman": group["spearman"]}
