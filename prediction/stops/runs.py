"""A learned model of stops as a run: metrics, card and served table in plain figures."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db import connection

from prediction.evaluation.scores import SCORES
from prediction.features import FEATURES, TARGETS
from prediction.kinds import Draft, Kind, Progress
from prediction.models import ModelRun
from prediction.stops import audit
from prediction.stops.cells import TEST, TRAIN, VALIDATION
from prediction.stops.chain import LEAST
from prediction.stops.lattice import Groups
from prediction.stops.rivals import BackOff
from prediction.stops.training import Learned, learn

AFTER = "-after"  # ending of the kinds that read what is known only after the decision


def train_stops(kind: Kind, seed: int, progress: Progress) -> Draft:
    """Learn one kind of stop model from the facts."""
    learned = learn(kind.family, kind.name.endswith(AFTER), seed, progress)
    found = audit.audit(learned)
    return Draft(
        kind=kind.name,
        data_first=learned.period.first,
        data_last=learned.period.last,
        data_rows=learned.cells.total(TRAIN, VALIDATION, TEST),
        digest=learned.cells.digest,
        features=[one.name for one in TARGETS[kind.family].features(learned.after)],
        parameters={
            "half-life": {"days": learned.cells.half_life or "none: all stops count alike"},
            **{rival.name: rival.settings() for rival in learned.rivals},
        },
        seed=seed,
        metrics=metrics_of(learned),
        card=card_of(learned, found),
        gate=learned.verdict.gate,
        why=learned.verdict.why,
        serving=serving_of(learned),
        write=lambda run: write_groups(run, learned.groups, learned.back_off.chain),
    )


def metrics_of(learned: Learned) -> dict[str, Any]:
    """Scores of every rival on the later period. `majority`: accuracy of always naming the commonest class."""
    period, cells = learned.period, learned.cells
    rows = cells.rows(TEST)
    rivals = [
        {
            "rival": name,
            "served": (name == learned.served.name and isinstance(learned.served, BackOff))
            or name == "served",
            **{score: estimate.as_json() for score, estimate in learned.scores[name].items()},
            "difference": learned.difference[name].as_json(),
        }
        for name in learned.scores
        if name != "served" or not isinstance(learned.served, BackOff)
    ]
    for row in rivals:
        if row["rival"] == "served":
            row["rival"] = f"{learned.served.name}, from the table"
    return {
        "scores": list(SCORES),
        "served": learned.served.name,
        "rivals": rivals,
        "difference": learned.difference["served"].as_json(),
        "majority": learned.scores["base rate"]["accuracy"].as_json(),
        "split": {
            "train_first": period.first.isoformat(),
            "validation_first": period.validation_from.isoformat(),
            "test_first": period.test_from.isoformat(),
            "test_last": period.last.isoformat(),
            "train_stops": cells.total(TRAIN),
            "validation_stops": cells.total(VALIDATION),
            "test_stops": cells.total(TEST),
            "test_days": rows.blocks,
        },
    }


def card_of(learned: Learned, found: audit.Audit) -> dict[str, Any]:
    """What only the card shows."""
    return {
        "classes": list(learned.cells.classes),
        "focal": int(learned.cells.classes[audit.focal(learned)]),
        "calibration": audit.calibrations(learned),
        "months": audit.by_month(learned),
        "groups": found.groups,
        "added": found.added,
        "cells": learned.cells.size,
        "served_groups": sum(len(one.codes) for one in learned.groups),
    }


def serving_of(learned: Learned) -> dict[str, Any]:
    """What is needed to answer from the table: the chain, the classes, everybody's counts and shares, the values that occur."""
    everybody = next(one for one in learned.groups if not one.features)
    chain = learned.back_off.chain
    return {
        "chain": chain,
        "weight": learned.back_off.weight,
        "rules": isinstance(learned.served, BackOff),
        "agencies": [int(code) for code in np.unique(learned.cells.feature("agency"))],
        "least": LEAST,
        "classes": list(learned.cells.classes),
        "half_life": learned.cells.half_life,
        "counts": [int(count) for count in everybody.counts[0]],
        "shares": [float(share) for share in everybody.shares[0]],
        "values": {
            name: [int(code) for code in np.unique(learned.cells.feature(name))]
            for name in (one.name for one in FEATURES.values() if one.name in chain)
        },
    }


def write_groups(run: ModelRun, tables: list[Groups], chain: list[str]) -> None:
    """The served table, by COPY."""
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY prediction_stopgroup (run_id, known, codes, stops, weight, counts, shares) FROM STDIN"
        ) as copy,
    ):
        for table in tables:
            known = sum(1 << chain.index(name) for name in table.features)
            stops = table.counts.sum(axis=1).astype(int).tolist()
            figures = (table.counts.astype(int).tolist(), table.shares.tolist())
            for row in zip(table.codes.tolist(), stops, table.weights.tolist(), *figures, strict=True):
                copy.write_row((run.pk, known, *row))
