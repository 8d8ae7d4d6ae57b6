"""What can be predicted: one list. A kind says what it is called, what it may be used for, and who learns it.

Whatever is learned becomes a `ModelRun` of its kind, with the same card, the same gate and the same sign-off. Kinds that are
learned together share a `family`, which is what `manage.py train` and the pages name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prediction.models import ModelRun

Progress = Callable[[int, int, str], None]  # steps done, of how many, what is going on


@dataclass
class Draft:
    """What a trainer hands over to be kept as a run. Everything in it is plain JSON but `write`, which fills served tables."""

    kind: str
    data_first: date
    data_last: date
    data_rows: int
    digest: str
    features: list[str]
    parameters: dict[str, Any]
    seed: int
    metrics: dict[str, Any]
    card: dict[str, Any]
    gate: str = ""  # open, closed; empty where a kind has no gate
    why: str = ""  # the verdict in a sentence
    serving: dict[str, Any] = field(default_factory=dict)
    write: Callable[[ModelRun], None] | None = None


Trainer = Callable[["Kind", int, Progress], Draft]


@dataclass(frozen=True)
class Kind:
    """`trainer` names a function that takes the kind, a seed and a progress callback and returns a `Draft`.

    `newer` names one that says whether records came since a run was trained. What `refits` is put in use by itself when it was
    learned anew from newer records, once a run of the kind was signed off and while its gate is open.
    """

    name: str
    family: str
    title: str
    use: str  # what it may be used for, and what not, for the card
    trainer: str
    newer: str = "prediction.nightly.stops_came"
    records: str = "stops"  # what it is learned from
    never: str = "race, gender, age"  # what is never an input
    refits: bool = False
    in_use: str = ""  # names a function that is given each run that is put in use

    def train(self, seed: int, progress: Progress) -> Draft:
        """Learn. Heavy libraries are loaded here, in the worker and in commands only."""
        found: Trainer = _named(self.trainer)
        return found(self, seed, progress)

    def has_newer(self, run: ModelRun) -> bool:
        """Whether there is something to learn that a run did not see."""
        found: Callable[[ModelRun], bool] = _named(self.newer)
        return found(run)

    def put_in_use(self, run: ModelRun) -> None:
        """What follows when a run is put in use, in the same transaction."""
        if self.in_use:
            _named(self.in_use)(run)


def _named(place: str) -> Any:
    module, name = place.rsplit(".", 1)
    return getattr(import_module(module), name)


STOP_USE = (
    "To tell what stops like one came to in the past, for planning, training and review. Not to decide about a person, and not "
    "shown where a stop is logged."
)
AFTER_USE = (
    "To look back: it reads what is known only after the officer decided, which may be a consequence of the decision. It predicts "
    "nothing at the time of a stop."
)
CRIME_USE = (
    "To plan where and when help may be needed: how many incidents like those recorded may be expected of a place and an hour. "
    "About a place and a time; not about any person, and no ground for a stop or a search."
)
TRUST_USE = (
    "To plan by: what the survey may find of an area in a quarter and in a year, if it goes on as before. Not a target, and not a "
    "judgement of the officers who work there."
)
PROXY_USE = (
    "To show how far published rates alone tell which group a row of a table of aggregate rates is about, and so that a high score of such a "
    "model proves little. It may be applied to another table of aggregate rates, of rows of at least 100 stops. Never to a person: no page, "
    "command or API takes one, since a rate of a place says nothing of anybody in it, and what the model learned is which groups live where."
)
STOPS = "prediction.stops.runs.train_stops"
KINDS: tuple[Kind, ...] = (
    Kind("outcome", "outcome", "How a stop ends", STOP_USE, STOPS),
    Kind("outcome-after", "outcome", "How a stop ends, after the stop", AFTER_USE, STOPS),
    Kind("violation", "violation", "What a stop is for", STOP_USE, STOPS),
    Kind("violation-after", "violation", "What a stop is for, after the stop", AFTER_USE, STOPS),
    Kind(
        "crime",
        "crime",
        "Crime by the hour",
        CRIME_USE,
        "prediction.crime.training.train_crime",
        newer="prediction.nightly.incidents_came",
        records="incidents",
        never="stops, arrests, or anything about people",
        refits=True,
        in_use="prediction.crime.record.keeping.keep_forecasts",
    ),
    Kind(
        "trust",
        "trust",
        "Trust in the police",
        TRUST_USE,
        "prediction.trust.training.train_trust",
        newer="prediction.nightly.figures_came",
        records="survey figures",
        never="who was asked, and anything about a person",
    ),
    *(
        Kind(
            f"proxy-{level}",
            "proxy",
            f"Proxy audit: published rates of {level}",
            PROXY_USE,
            "prediction.proxy.training.train_proxy",
            newer="prediction.nightly.rates_came",
            records="rows of published rates",
            never="persons: an audit of tables, not for use on people",
        )
        for level in ("states", "cities")
    ),
)


def kind_named(name: str) -> Kind | None:
    return next((kind for kind in KINDS if kind.name == name), None)


def families() -> list[str]:
    """What can be trained, each once."""
    return list(dict.fromkeys(kind.family for kind in KINDS))


def kinds_of(family: str) -> list[Kind]:
    return [kind for kind in KINDS if kind.family == family]
