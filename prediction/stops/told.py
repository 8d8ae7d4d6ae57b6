"""An answer in words and as JSON: the same for page, command and API."""

from __future__ import annotations

from typing import Any

from insights.wording import count, listed, percent
from prediction.stops.answer import Answer, ClassShare, Serving
from prediction.stops.groups import Group, share_for, stops_for
from prediction.stops.words import StopWords

NO_RUN = "No model of this is in use. An analyst trains one, and somebody else signs it off."
OF = {"outcome": "how a stop ends", "violation": "what a stop is for"}


def says(answer: Answer) -> str:
    """The answer in a sentence computed from its figures."""
    if answer.run is None:
        return NO_RUN
    told, stops = OF[answer.kind.family], count(answer.all_stops)
    if not answer.is_open:
        return (
            f"No better than the base rate: what is known of a stop does not tell {told} better than the shares among all "
            f"{stops} stops. These are shown, and no prediction."
        )
    if not answer.used:
        return f"Nothing that was entered tells more than the shares among all {stops} stops."
    likeliest = answer.classes[0]
    return (
        f"Likeliest is {likeliest.label}: {percent(likeliest.share)} ({span(likeliest)}), against "
        f"{percent(likeliest.base)} of all stops. This rests on {count(answer.like_stops)} like stops: {answer.group}."
    )


def span(share: ClassShare) -> str:
    return f"{percent(share.low)} to {percent(share.high)}"


def remarks(answer: Answer) -> list[str]:
    """What the reader should know of what was entered, by rule."""
    if answer.run is None:
        return []
    told = OF[answer.kind.family]
    found = []
    if answer.run.half_life:
        found.append(f"Recent stops count more: one of {answer.run.half_life} days ago counts half.")
    if not answer.is_open:
        return found
    if answer.too_few:
        found.append(
            f"Too few past stops agree in this as well: {listed(answer.too_few).lower()}. It was left out."
        )
    if answer.idle:
        found.append(f"Did not tell {told} in the past, and is not used: {listed(answer.idle).lower()}.")
    if answer.lacking:
        found.append(f"Would tell more, if it were known: {listed(answer.lacking).lower()}.")
    if not answer.exact:
        of_others = " of others" if any(group.exact for group in answer.groups) else ""
        found.append(
            f"Small counts{of_others} are hidden from you: numbers come in tens and shares in whole percent."
        )
    return found


def as_json(answer: Answer, words: StopWords) -> dict[str, Any]:
    """Shares are fractions. `classes` is empty where the gate is closed or nothing is in use; `base_rate` never is, once trained."""
    run = answer.run
    return {
        "kind": answer.kind.name,
        "title": answer.kind.title,
        "gate": answer.gate or None,
        "says": says(answer),
        "remarks": remarks(answer),
        "classes": [_class_json(one) for one in answer.classes],
        "base_rate": [_base_json(one) for one in answer.base],
        "like_stops": answer.like_stops if answer.is_open else None,
        "all_stops": answer.all_stops if run else None,
        "level": _level_json(answer),
        "groups": [group_json(one, run, answer, words) for one in answer.groups]
        if run and answer.is_open
        else [],
        "exact": answer.exact,
        "run": run.key if run else None,
        "state": str(answer.state) or None,
        "trained_until": run.trained_until if run else None,
        "why": run.why if run else None,
    }


def _class_json(one: ClassShare) -> dict[str, Any]:
    return {
        "label": one.label,
        "probability": _rounded(one.share),
        "low": _rounded(one.low),
        "high": _rounded(one.high),
        "base_rate": _rounded(one.base),
        "stops": one.counted,
    }


def _base_json(one: ClassShare) -> dict[str, Any]:
    return {
        "label": one.label,
        "share": _rounded(one.base),
        "low": _rounded(one.base_low),
        "high": _rounded(one.base_high),
        "stops": one.counted,
    }


def _level_json(answer: Answer) -> dict[str, Any]:
    """What the answer rests on, and what of the question it does not."""
    return {
        "answered_by": answer.group if answer.is_open else "all stops",
        "depth": len(answer.used) if answer.is_open else 0,
        "used": list(answer.used) if answer.is_open else [],
        "too_few": list(answer.too_few),
        "not_telling": list(answer.idle),
        "not_known": list(answer.lacking),
    }


def group_json(group: Group, run: Serving, answer: Answer, words: StopWords) -> dict[str, Any]:
    """One of the groups most alike."""
    features = features_of(run.chain, group.known)
    return {
        "group": words.group(features, group.codes),
        "agrees_in": group.agrees,
        "stops": stops_for(group),
        "shares": {
            words.label(answer.kind.family, code): _rounded(share_for(group, share))
            for code, share in zip(run.classes, group.shares, strict=True)
        },
    }


def features_of(chain: tuple[str, ...], known: int) -> list[str]:
    """The features of a set, from its sum of powers of two."""
    return [name for place, name in enumerate(chain) if known >> place & 1]


def _rounded(figure: float) -> float:
    return round(figure, 4)
