"""Forecasts of trust as a run: the back-test of every way, the one in use for each measure and distance, the served table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from insights.trust import figures
from prediction.kinds import Draft, Kind, Progress
from prediction.models import ModelRun
from prediction.models.trust import TrustForecast
from prediction.problems import TooLittle
from prediction.trust.judging import LEVEL, Judged, judge
from prediction.trust.methods import DAMPED, DAMPINGS, FIRST, LAST, METHODS, PENALTIES, RIDGE, YEAR, back_test
from prediction.trust.series import LEAST, Series, all_series

AHEAD = (1, YEAR)
SCORES = {1: "error_quarter", YEAR: "error_year"}
FEATURES = [
    "change of the area over a quarter, two and a year",
    "distance from all areas",
    "change of all areas",
]
NOTHING = f"There is too little to learn from: a survey with at least {LEAST} quarters in a row, up to its newest, is needed. Import a survey's file."


@dataclass(frozen=True)
class Forecast:
    series: Series
    ahead: int
    judged: Judged
    values: dict[str, Any]  # by method, float64[areas]


def train_trust(kind: Kind, seed: int, progress: Progress) -> Draft:
    """Back-test every way on every measure and forecast from the newest figures. Raises `TooLittle`."""
    found = list(all_series())
    if not found:
        raise TooLittle(NOTHING)
    made: list[Forecast] = []
    for place, series in enumerate(found):
        progress(place, len(found), f"{series.measure}, {series.survey.title}")
        made += [forecast(series, ahead, seed) for ahead in AHEAD]
    main = _main(made)
    return Draft(
        kind=kind.name,
        data_first=min(one.days[0] for one in found),
        data_last=max(one.days[-1] for one in found),
        data_rows=sum(int((~np.isnan(one.shares)).sum()) for one in found),
        digest=digest_of(found),
        features=FEATURES,
        parameters={
            LAST: {},
            DAMPED: {"damping": list(DAMPINGS)},
            RIDGE: {"penalty": list(PENALTIES)},
            "intervals": {"level": LEVEL, "quarters known at the first origin": FIRST + 1},
        },
        seed=seed,
        metrics=metrics_of(main, made),
        card=card_of(made),
        why=why_of(main),
        serving={"level": LEVEL, "ahead": list(AHEAD)},
        write=lambda run: write(run, made),
    )


def forecast(series: Series, ahead: int, seed: int) -> Forecast:
    judged = judge(back_test(series.shares, ahead), seed)
    return Forecast(
        series, ahead, judged, {name: method(series.shares, ahead) for name, method in METHODS.items()}
    )


def digest_of(found: list[Series]) -> str:
    """SHA-256 of all figures that were read."""
    digest = hashlib.sha256()
    for one in found:
        digest.update(
            repr((one.survey.slug, one.measure, one.areas, [str(day) for day in one.days])).encode()
        )
        digest.update(np.ascontiguousarray(one.shares).tobytes())
    return digest.hexdigest()


def _main(made: list[Forecast]) -> list[Forecast]:
    """Both distances of the measure of trust of the first survey."""
    first = made[0].series.survey.slug
    own = [one for one in made if one.series.survey.slug == first]
    measure = figures.main_measure(dict.fromkeys(one.series.measure for one in own))
    return [one for one in own if one.series.measure == measure]


def metrics_of(main: list[Forecast], made: list[Forecast]) -> dict[str, Any]:
    """Mean absolute errors, fractions: of the measure of trust by way, and of every measure."""
    rivals = [
        {"rival": name, "served": any(one.judged.used == name for one in main)}
        | {SCORES[one.ahead]: one.judged.errors[name].as_json() for one in main}
        for name in METHODS
    ]
    measure = main[0].series.measure
    return {
        "scores": list(SCORES.values()),
        "measure": measure,
        "blocks": "years of origins",
        "rivals": rivals,
        "measures": [told(one) for one in made],
    }


def told(one: Forecast) -> dict[str, Any]:
    """Everything about the back-test of one measure and distance, as plain figures."""
    judged = one.judged
    return {
        "survey": one.series.survey.slug,
        "measure": one.series.measure,
        "ahead": one.ahead,
        "used": judged.used,
        "origins": judged.origins,
        "areas": len(one.series.areas),
        "errors": {name: found.as_json() for name, found in judged.errors.items()},
        "biases": {name: round(value, 6) for name, value in judged.biases.items()},
        "differences": {name: found.as_json() for name, found in judged.differences.items()},
        "level": LEVEL,
        "half_width": _plain(judged.width),
        "coverage": _plain(judged.coverage),
        "worst": _plain(judged.worst),
        "judged": judged.judged,
    }


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 6)


def why_of(main: list[Forecast]) -> str:
    """Which way is in use for the measure of trust, and why, in a sentence."""
    parts = [f"{DISTANCES[one.ahead]} the {one.judged.used}" for one in main]
    better = any(one.judged.used != LAST for one in main)
    reason = "by its back-test" if better else "as nothing erred less than it beyond chance in the back-test"
    return f"“{main[0].series.measure}”: {' and '.join(parts)} in use, {reason}."


DISTANCES = {1: "one quarter ahead", YEAR: "four quarters ahead"}


def card_of(made: list[Forecast]) -> dict[str, Any]:
    """The back-test as a table of the model card."""
    rows = []
    for one in made:
        errors = [f"{100 * one.judged.errors[name].value:.2f}" for name in METHODS]
        held = f"{one.judged.coverage:.1%} of {one.judged.judged:,}" if one.judged.judged else "not known"
        rows.append(
            [one.series.measure, str(one.ahead), str(one.judged.origins), *errors, one.judged.used, held]
        )
    note = (
        f"Mean absolute error in points over all areas and origins. A way other than the last value is used only where it errs less beyond "
        f"the interval of the difference. The last column: how often the {LEVEL:.0%} interval of the way in use held what came."
    )
    columns = [
        "Measure",
        "Quarters ahead",
        "Origins",
        *(name.capitalize() for name in METHODS),
        "In use",
        "Interval held",
    ]
    return {
        "tables": [{"title": "Back-test of every measure", "note": note, "columns": columns, "rows": rows}]
    }


def write(run: ModelRun, made: list[Forecast]) -> None:
    TrustForecast.objects.bulk_create(_rows(run, made), batch_size=2000)


def _rows(run: ModelRun, made: list[Forecast]) -> Iterator[TrustForecast]:
    for one in made:
        for name, values in one.values.items():
            used = name == one.judged.used
            half = one.judged.width if used and not np.isnan(one.judged.width) else None
            for area, value in zip(one.series.areas, values, strict=True):
                if np.isnan(value):
                    continue
                share = float(min(1.0, max(0.0, value)))
                yield TrustForecast(
                    run=run,
                    survey=one.series.survey.slug,
                    measure=one.series.measure,
                    area_id=area,
                    ahead=one.ahead,
                    method=name,
                    is_used=used,
                    known_on=one.series.days[-1],
                    target=one.series.target(one.ahead),
                    value=share,
                    low=None if half is None else max(0.0, share - half),
                    high=None if half is None else min(1.0, share + half),
                )
