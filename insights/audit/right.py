"""Were the predictions right, as sections of a report: against matched reports, or against reports of the same days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from insights.audit.bodies import Body, Scored
from insights.audit.judging import Verdict, judge
from insights.audit.matching import Outcome, by_type, outcome
from insights.disparity.reports import Col, Headline, Section, Table, rate_cells, rate_columns
from insights.fairness.intervals import Rate

HIT_MEANING = (
    "Predictions that stood where and when a crime of their kind was reported, of all predictions made."
)
RECALL_MEANING = "Reported crimes of the predicted kinds for whose place and time there was a fitting prediction, of all of them."
TABLES = ("back-tests", "right")  # names of the tables that tell what was reported
CAVEAT = (
    "A report says what was reported, not all that happened; a patrol at a predicted place may have prevented a crime or made one "
    "be seen. A low figure shows that the predictions did not find the crimes that were reported."
)


def judged(body: Body) -> tuple[Outcome | None, Mapping[str, Outcome], Mapping[str, Verdict]]:
    """Of matched reports all and by type; of later reports a verdict by kind."""
    matched = outcome(body.matched, body.made) if any(one.is_predictable for one in body.matched) else None
    verdicts = judge(body.spots, body.later) if body.later else {}
    verdicts = verdicts if verdicts and verdicts[""].made else {}
    return matched, by_type(body.matched), verdicts


def told(
    matched: Outcome | None, verdicts: Mapping[str, Verdict], scored: Sequence[Scored] = ()
) -> dict[str, Any] | None:
    """The figures in short, for the list of audits."""
    if matched:
        share = matched.hit_share
        hits = {"right": matched.right, "made": matched.made, "hit_share": share.value if share else None}
        return hits | {"foreseen": matched.hits, "reports": matched.reports, "recall": matched.recall.value}
    if verdicts:
        one = verdicts[""]
        hits = {"right": one.right, "made": one.made, "hit_share": one.hit_share.value}
        return hits | {"foreseen": one.foreseen, "reports": one.reports, "recall": one.recall.value}
    if scored:
        whole = _all(scored)
        return {"right": None, "made": None, "hit_share": None} | {
            "foreseen": whole.foreseen,
            "reports": whole.reports,
            "recall": Rate(whole.foreseen, whole.reports).value,
        }
    return None


def _all(scored: Sequence[Scored]) -> Scored:
    """All periods together; the part of the land is the mean over them."""
    lands = [one.land for one in scored if one.land is not None]
    land = sum(lands) / len(lands) if lands else None
    return Scored(
        period="All",
        reports=sum(one.reports for one in scored),
        foreseen=sum(one.foreseen for one in scored),
        places=sum(one.places for one in scored),
        land=land,
    )


def headlines(found: dict[str, Any] | None) -> Iterator[Headline]:
    if not found:
        return
    if found["hit_share"] is not None:
        yield Headline(
            "Predictions that were right",
            _rate(Rate(found["right"], found["made"])),
            f"{found['right']:,} of {found['made']:,}",
        )
    yield Headline(
        "Crimes that were predicted",
        _rate(Rate(found["foreseen"], found["reports"])),
        f"{found['foreseen']:,} of {found['reports']:,}",
    )


def _rate(rate: Rate) -> str:
    if rate.value is None:
        return "–"
    return f"{rate.value:.2%}" if rate.value < 0.01 else f"{rate.value:.1%}"


def findings(found: dict[str, Any] | None) -> Iterator[str]:
    if not found:
        return
    recall = Rate(found["foreseen"], found["reports"])
    if recall.value is not None and recall.low is not None and recall.high is not None:
        yield (
            f"Of {recall.whole:,} reported crimes of the predicted kinds {recall.part:,} had been predicted for their place and time: "
            f"{recall.value:.1%} (95% interval {recall.low:.1%} to {recall.high:.1%})."
        )
    share = Rate(found["right"], found["made"]) if found["made"] else None
    if share and share.value is not None and share.low is not None and share.high is not None:
        yield f"Of {share.whole:,} predictions {share.part:,} were right: {share.value:.2%} ({share.low:.2%} to {share.high:.2%})."


def sections(
    matched: Outcome | None,
    types: Mapping[str, Outcome],
    verdicts: Mapping[str, Verdict],
    scored: Sequence[Scored] = (),
) -> Iterator[Section]:
    if matched:
        yield _matched(matched, types)
    if verdicts:
        yield _verdicts(verdicts)
    if scored:
        yield _scored(scored)


def _scored(scored: Sequence[Scored]) -> Section:
    columns = {"period": Col("Period", "text"), "places": Col("Places flagged before it")}
    columns |= {"reports": Col("Crimes reported"), "foreseen": Col("Of them in flagged places")}
    columns |= rate_columns(
        "Foreseen",
        "recall",
        "Crimes of the period in the places that were flagged before it, of all of them.",
    )
    columns |= {
        "land": Col(
            "By chance",
            "percent",
            meaning="Part of all land that the flagged places have: what flagging at random would foresee.",
        )
    }
    rows = [
        {
            "period": one.period,
            "places": one.places,
            "reports": one.reports,
            "foreseen": one.foreseen,
            "land": one.land,
        }
        | rate_cells(Rate(one.foreseen, one.reports), "recall")
        for one in [*scored, *([_all(scored)] if len(scored) > 1 else [])]
    ]
    table = Table("back-tests", "Crimes foreseen by the flagged places, period by period", columns, rows)
    return Section("Were they right?", table, text=(CAVEAT,))


def _matched(matched: Outcome, types: Mapping[str, Outcome]) -> Section:
    columns = {
        "type": Col("Predictions that would have fitted", "text"),
        "reports": Col("Crimes reported"),
        "hits": Col("Of them predicted"),
    }
    columns |= rate_columns("Predicted", "recall", RECALL_MEANING)
    columns |= {
        "right": Col(
            "Predictions there and then",
            meaning="All predictions for the place and shift of a crime that was predicted, as the study counted them.",
        )
    }
    rows = [_outcome_row(name, one) for name, one in {**types, "All": matched}.items()]
    text = [CAVEAT]
    if matched.hit_share is None:
        text.append(
            "How many predictions were made in that time is not known here, so the part of them that was right is not told."
        )
    return Section(
        "Were they right?",
        Table("right", "Crimes reported and predicted, by type", columns, rows),
        text=tuple(text),
    )


def _outcome_row(name: str, one: Outcome) -> dict[str, Any]:
    return {"type": name, "reports": one.reports, "hits": one.hits, "right": one.right} | rate_cells(
        one.recall, "recall"
    )


def _verdicts(verdicts: Mapping[str, Verdict]) -> Section:
    columns = {"kind": Col("Kind", "text"), "made": Col("Predictions"), "right": Col("Came true")}
    columns |= rate_columns("Right", "hit", HIT_MEANING)
    columns |= {"reports": Col("Crimes reported"), "foreseen": Col("Of them predicted")}
    columns |= rate_columns("Predicted", "recall", RECALL_MEANING)
    ordered = sorted(verdicts.items(), key=lambda item: (item[0] == "", item[0]))
    rows = [_verdict_row(kind or "All", one) for kind, one in ordered]
    rows = rows[-1:] if len(rows) == 2 else rows  # one kind only is all there is
    return Section(
        "Were they right?",
        Table("right", "Predictions against later reports, by kind", columns, rows),
        text=(CAVEAT,),
    )


def _verdict_row(kind: str, one: Verdict) -> dict[str, Any]:
    cells = {
        "kind": kind,
        "made": one.made,
        "right": one.right,
        "reports": one.reports,
        "foreseen": one.foreseen,
    }
    return cells | rate_cells(one.hit_share, "hit") | rate_cells(one.recall, "recall")
