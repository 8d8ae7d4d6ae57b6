"""Back-tests beside the record: what would have been forecast of past months. They were computed afterwards, so nobody relied on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from insights.wording import count, percent
from prediction.crime.rates import KIND
from prediction.crime.telling import figure
from prediction.models import ModelRun, RunState


def newest_backtest() -> tuple[ModelRun | None, list[dict[str, Any]]]:
    """The run in use and of each of its agencies the judged months, as they were kept with it: `agency`, `areas` (kind), `months`."""
    run = ModelRun.objects.filter(kind=KIND, state=RunState.IN_USE).defer("card", "serving").first()
    if run is None:
        return None, []
    told = [run.metrics, *run.metrics.get("agencies", {}).values()]
    return run, [
        {"agency": one["agency"], "areas": one["areas"], "months": one["months"]}
        for one in told
        if one.get("months")
    ]


def shown(tests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a month and agency, for the page."""
    return [
        {
            "agency": one["agency"],
            **row(month),
            "month": f"{date.fromisoformat(month['month'] + '-01'):%B %Y}",
        }
        for one in tests
        for month in one["months"]
    ]


def row(found: Mapping[str, Any]) -> dict[str, Any]:
    """The scores of one month as words; the same for a back-test and for the score of a kept forecast."""
    return {
        "month": found.get("month", ""),
        "expected": figure(found["expected"]),
        "span": f"{count(found['low'])} to {count(found['high'])}",
        "happened": count(found["happened"]),
        "within": found["within"],
        "deviance": f"{found['deviance']:.4f}",
        "flat": f"{found['deviance_flat']:.4f}",
        "cells": percent(found["coverage_cells"]),
        "areas": percent(found["coverage_areas"]),
        "pai": ratio(found, "pai"),
        "pai_span": span(found, "pai"),
        "pei": ratio(found, "pei"),
        "pei_span": span(found, "pei"),
        "land": percent(found["flagged_land"]),
        "by_size": found["by_size"],
    }


def ratio(found: Mapping[str, Any], name: str) -> str:
    return "–" if found[name] is None else f"{found[name]:.2f}"


def span(found: Mapping[str, Any], name: str) -> str:
    """The interval; empty where there is none, as in scores that were kept before intervals were."""
    low, high = found.get(f"{name}_low"), found.get(f"{name}_high")
    return "" if low is None or high is None else f"{low:.2f} to {high:.2f}"
