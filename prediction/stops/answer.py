"""What is likely at a stop, from the served table: no model is loaded, the answer is a few rows of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from insights.statistics import wilson
from insights.viewer import Viewer
from prediction.features import FEATURES, LADDERS, TARGETS
from prediction.kinds import Kind, kinds_of
from prediction.models import ModelRun, RunState
from prediction.stops.groups import Group, Protection, alike, line_of, share_for, stops_for
from prediction.stops.question import Known
from prediction.stops.words import StopWords

FAMILIES = ("outcome", "violation")
HIDDEN_LESS_THAN = 10  # as everywhere in the house: counts from 1 to 9


@dataclass(frozen=True)
class Serving:
    """A run as the web process keeps it in mind. A run never changes, so it is read once."""

    pk: int
    key: str
    kind: str
    gate: str
    why: str
    trained_until: str
    chain: tuple[str, ...]
    weight: float
    rules: bool  # back-off is served, not a model's averages
    classes: tuple[int, ...]
    agencies: tuple[int, ...]
    half_life: int | None


@lru_cache(maxsize=64)
def serving_of(run_id: int) -> Serving:
    run = ModelRun.objects.only("key", "kind", "gate", "why", "data_last", "serving").get(pk=run_id)
    held = run.serving
    return Serving(
        pk=run_id,
        key=str(run.key),
        kind=run.kind,
        gate=run.gate,
        why=run.why,
        trained_until=run.data_last.isoformat(),
        chain=tuple(held["chain"]),
        weight=float(held["weight"]),
        rules=bool(held["rules"]),
        classes=tuple(held["classes"]),
        agencies=tuple(held["agencies"]),
        half_life=held.get("half_life"),
    )


@dataclass(frozen=True)
class ClassShare:
    """What is predicted for one class, beside everybody's share. Shares are fractions; `low` and `high` 95 % intervals."""

    label: str
    share: float
    low: float
    high: float
    base: float
    base_low: float
    base_high: float
    counted: int | None  # like stops that came to this; None when small counts are hidden


@dataclass(frozen=True)
class Answer:
    """What a kind says of a stop. Without a run in use, or with the gate closed, `classes` is empty."""

    kind: Kind
    run: Serving | None = None
    state: str = ""
    classes: tuple[ClassShare, ...] = ()
    base: tuple[ClassShare, ...] = ()
    like_stops: int = 0
    all_stops: int = 0
    exact: bool = True  # whether all that is told may be told exactly
    used: tuple[str, ...] = ()  # labels of the features that the answer rests on
    offered: tuple[str, ...] = ()  # labels of all features that tell anything
    group: str = ""
    too_few: tuple[str, ...] = ()  # known and telling, but too few stops agree in them
    idle: tuple[str, ...] = ()  # known, but they tell nothing
    lacking: tuple[str, ...] = ()  # telling, but not known
    groups: tuple[Group, ...] = field(default=(), repr=False)

    @property
    def gate(self) -> str:
        return self.run.gate if self.run else ""

    @property
    def is_open(self) -> bool:
        return self.gate == "open"


def answers(
    known: Known, viewer: Viewer, words: StopWords, families: Sequence[str] = FAMILIES
) -> list[Answer]:
    """One answer for each family; a second one, after the stop, where something of it is known."""
    wanted = [
        kind
        for family in families
        for kind in kinds_of(family)
        if known.afterwards or not kind.name.endswith("-after")
    ]
    rows = ModelRun.objects.filter(kind__in=[kind.name for kind in wanted], state=RunState.IN_USE)
    used = dict(rows.values_list("kind", "pk"))
    return [
        answer(serving_of(used[kind.name]), kind, known, viewer, words) if kind.name in used else Answer(kind)
        for kind in wanted
    ]


def answer(
    run: Serving, kind: Kind, known: Known, viewer: Viewer, words: StopWords, state: str = RunState.IN_USE
) -> Answer:
    """What one run says of a stop. A kind of before the decision never looks at what is known only after it."""
    target = kind.family
    held = {name: code for name, code in known.codes.items() if name != target}
    line = usable(run.chain, held)
    hide = protection_of(run, viewer)
    groups = line_of(run.pk, run.chain, line, held, hide)
    everybody, own = groups[0], groups[-1]
    could_tell = ladders(one.name for one in TARGETS[target].features(kind.name.endswith("-after")))
    return Answer(
        kind=kind,
        run=run,
        state=state,
        classes=shares_of(run, target, own, everybody, words) if run.gate == "open" else (),
        base=shares_of(run, target, everybody, everybody, words),
        like_stops=stops_for(own),
        all_stops=stops_for(everybody),
        exact=hide.exact,
        used=_labels(line[: own.depth]),
        offered=ladders(run.chain),
        group=words.group(line[: own.depth], own.codes),
        too_few=_labels(line[own.depth :]),
        idle=tuple(one for one in ladders(held) if one in could_tell and one not in ladders(run.chain)),
        lacking=tuple(one for one in ladders(run.chain) if one not in ladders(line)),
        groups=tuple(alike(run.pk, run.chain, line[: own.depth] or run.chain[:1], own, hide)),
    )


def protection_of(run: Serving, viewer: Viewer) -> Protection:
    """What is hidden from a reader: nothing where all persons of the run were stopped by the own agency."""
    if viewer.exact or viewer.agency is None:
        return Protection(viewer.exact, HIDDEN_LESS_THAN)
    own, chain = viewer.agency.pk, run.chain
    place = (chain.index("agency"), own) if "agency" in chain else None
    return Protection(run.agencies == (own,), HIDDEN_LESS_THAN, place)


def usable(chain: Sequence[str], held: dict[str, int]) -> tuple[str, ...]:
    """The features of the chain that are known; of a ladder the finer step only with the coarser ones of the chain."""
    line: list[str] = []
    for name in chain:
        ladder = FEATURES[name].ladder
        before = [other for other in chain[: chain.index(name)] if FEATURES[other].ladder == ladder]
        if name in held and {*before} <= {*line}:
            line.append(name)
    return tuple(line)


def shares_of(
    run: Serving, target: str, group: Group, everybody: Group, words: StopWords
) -> tuple[ClassShare, ...]:
    """The classes, the likeliest first.

    The interval is Wilson's on the predicted share, with n + min(m, n) persons for rules: leaning on coarser groups adds at most
    as much as the group itself holds; n for a model's averages and for everybody. n counts recent persons more, as the shares do.
    """
    leaning = min(run.weight, group.weight) if run.rules and group.depth else 0.0
    weight = group.weight + leaning
    found = []
    for place, code in enumerate(run.classes):
        low, high = wilson(group.shares[place] * weight, weight)
        base_low, base_high = wilson(everybody.shares[place] * everybody.weight, everybody.weight)
        found.append(
            ClassShare(
                label=words.label(target, code),
                share=share_for(group, group.shares[place]),
                low=share_for(group, low or 0.0),
                high=share_for(group, high or 0.0),
                base=share_for(everybody, everybody.shares[place]),
                base_low=share_for(everybody, base_low or 0.0),
                base_high=share_for(everybody, base_high or 0.0),
                counted=group.counts[place] if group.exact else None,
            )
        )
    return tuple(sorted(found, key=lambda one: -one.share))


def _labels(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(FEATURES[name].label for name in names)


def ladders(names: Iterable[str]) -> tuple[str, ...]:
    """What these features are about, each thing once."""
    return tuple(dict.fromkeys(LADDERS[FEATURES[name].ladder] for name in names))
