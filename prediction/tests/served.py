"""Runs with a served table written by hand: what they must answer can be worked out on paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ledger.models import Agency, Violation
from ledger.tests.factories import make_agency, make_post
from prediction import runs
from prediction.features import spot_of
from prediction.kinds import Draft
from prediction.models import ModelRun, StopGroup
from prediction.stops.groups import mask_of

Counts = tuple[int, ...]
CHAIN = ("violation", "part_of_day", "agency", "spot")
CLASSES = (2, 3, 5)  # warning, citation, arrest
EVERYBODY = (400, 500, 100)


def violation(label: str) -> int:
    return int(Violation.objects.get(label=label).pk)


def serve(
    groups: Mapping[tuple[tuple[str, int], ...], Counts],
    kind: str = "outcome",
    gate: str = "open",
    chain: tuple[str, ...] = CHAIN,
    classes: tuple[int, ...] = CLASSES,
    weight: float = 50.0,
    everybody: Counts = EVERYBODY,
    use: bool = True,
    **serving: Any,
) -> ModelRun:
    """A run in use. `groups`: features with their codes, in the order of the chain → persons by class."""

    def write(run: ModelRun) -> None:
        for known, counts in {(): everybody, **groups}.items():
            names = [name for name, _ in known]
            total = sum(counts)
            StopGroup.objects.create(
                run=run,
                known=mask_of(chain, names),
                codes=[code for _, code in known],
                stops=total,
                weight=total,
                counts=list(counts),
                shares=[count / total for count in counts],
            )

    held: dict[str, Any] = {
        "chain": list(chain),
        "weight": weight,
        "least": 20,
        "rules": True,
        "half_life": None,
        "agencies": list(Agency.objects.values_list("pk", flat=True)),
        "classes": list(classes),
    }
    run = runs.keep(
        Draft(
            kind=kind,
            data_first=date(2024, 1, 1),
            data_last=date(2026, 10, 31),
            data_rows=sum(everybody),
            digest="0" * 64,
            features=list(chain),
            parameters={},
            seed=1,
            metrics={"rivals": []},
            card={},
            gate=gate,
            why="Better than the base rate." if gate == "open" else "No better than the base rate.",
            serving=held | serving,
            write=write,
        ),
        1.0,
    )
    return runs.sign_off(run) if use else run


def serve_example(**options: Any) -> ModelRun:
    """Speeding (1) by night (part 1) in Riverton Police at River bridge, each step of which has its group."""
    agency = make_agency()
    make_agency("Lakeside Police")
    post = make_post("River bridge", agency)
    speeding, dui = violation("Speeding"), violation("DUI")
    v, n = ("violation", speeding), ("part_of_day", 1)
    a, s = ("agency", agency.pk), ("spot", spot_of(post=post.pk))
    return serve(
        {
            (v,): (150, 200, 50),
            (("violation", dui),): (20, 30, 50),
            (v, n): (60, 90, 50),
            (v, ("part_of_day", 2)): (90, 110, 0),
            (("violation", dui), n): (10, 10, 40),
            (v, n, a): (30, 40, 30),
            (v, n, a, s): (12, 20, 18),
        },
        **options,
    )
