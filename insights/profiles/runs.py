"""Profiles asked for, computed by the worker, and kept, so that each can be set against the one before."""

from __future__ import annotations

import time
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Min, Q
from django.utils import timezone

from insights import asking, tasks
from insights.models import ProfileRun, RunState
from insights.profiles import checks
from insights.profiles.checks_of_imports import of_imports
from insights.profiles.columns import summarise
from insights.profiles.kinds import LOGGED, Kind, kinds
from ledger.choices import ImportState
from ledger.imports.sources import source_named
from ledger.models import Agency, ImportRun

CHANGED = 0.001  # missing shares that differ by more are told as a change


@dataclass(frozen=True)
class Unit:
    """One kind of record from one source: what a profile is of."""

    kind: Kind
    source: str

    @property
    def title(self) -> str:
        return f"{self.kind.title}, {source_title(self.source)}"


def source_title(source: str) -> str:
    if source == LOGGED:
        return "logged by hand"
    found = source_named(source)
    return found.title if found else source


def units(agency: Agency | None = None) -> list[Unit]:
    """Everything that has records; within one agency only what belongs to agencies."""
    return [
        Unit(kind, source)
        for kind in kinds().values()
        if agency is None or kind.agency
        for source in kind.sources()
        if agency is None or kind.rows(source, agency).exists()
    ]


def ask(unit: Unit, agency: Agency | None, user: Any = None) -> ProfileRun:
    """Have a profile computed; who asks while it is under way is given that run."""
    same = {"kind": unit.kind.slug, "source": unit.source, "agency": agency}
    return asking.ask_once(
        ProfileRun, same, lambda run: tasks.compute_profile.defer(run_id=run.pk), user=user
    )


def agencies() -> list[Agency]:
    """Agencies whose records were profiled apart."""
    asked = ProfileRun.objects.exclude(agency=None).values("agency")
    return list(Agency.objects.filter(pk__in=asked).order_by("pk"))


def newest(unit: Unit, agency: Agency | None) -> ProfileRun | None:
    found: ProfileRun | None = _done(unit.kind.slug, unit.source, agency).first()
    return found


@dataclass(frozen=True)
class Standing:
    """What the newest profiles of a scope say in sum."""

    profiles: int
    warnings: int
    failures: int
    as_at: datetime | None  # of the oldest of them; None where nothing was profiled yet


def standing(agency: Agency | None) -> Standing:
    """The checks of the newest profile of each kind of record and source that has imports in force, or is logged by hand."""
    done = ProfileRun.objects.filter(agency=agency, state=RunState.DONE, source__in=_in_force(agency))
    latest = done.order_by("kind", "source", "-id").distinct("kind", "source")
    found = list(latest.values_list("checks", "finished_at"))
    states = [check["state"] for listed, _ in found for check in listed]
    oldest = min((finished for _, finished in found if finished), default=None)
    return Standing(len(found), states.count(checks.WARN), states.count(checks.FAIL), oldest)


def _in_force(agency: Agency | None) -> list[str]:
    """Sources, from the imports alone: the front page does not look for records."""
    loaded = ImportRun.objects.filter(state=ImportState.LOADED, undo=None)
    if agency is not None:
        loaded = loaded.filter(Q(agency=agency) | Q(agency=None))
    return [LOGGED, *loaded.values_list("source", flat=True).distinct()]


def _done(kind: str, source: str, agency: Agency | None) -> Any:
    return ProfileRun.objects.filter(kind=kind, source=source, agency=agency, state=RunState.DONE)


def before(run: ProfileRun) -> ProfileRun | None:
    """The profile of the same unit before this one."""
    found: ProfileRun | None = _done(run.kind, run.source, run.agency).filter(pk__lt=run.pk).first()
    return found


def compute(run_id: int, should_stop: Callable[[], None]) -> None:
    """Profile and keep. A run that is done already is left alone."""
    begun = time.perf_counter()
    if not ProfileRun.objects.filter(pk=run_id, state__in=ProfileRun.UNDER_WAY).update(
        state=RunState.RUNNING
    ):
        return
    run = ProfileRun.objects.select_related("agency").get(pk=run_id)
    kind = kinds()[run.kind]
    rows = kind.rows(run.source, run.agency)
    found = []
    for column in kind.columns:
        should_stop()
        found.append(summarise(kind, rows, column))
    should_stop()
    run.rows = found[0]["known"] + found[0]["missing"] if found else 0
    run.first_day, run.last_day = _period(kind, rows)
    run.columns = found
    run.checks = [check.as_json() for check in _checks(kind, rows, found, run.rows)]
    run.state, run.finished_at = RunState.DONE, timezone.now()
    run.seconds = round(time.perf_counter() - begun, 3)
    run.save()


def _period(kind: Kind, rows: Any) -> tuple[Any, Any]:
    """First and last day, by the finest column that has any; a record that knows its month only may be of the month's last day."""
    for name in kind.days:
        ends = rows.aggregate(first=Min(name), last=Max(name))
        if ends["first"] is not None:
            first, last = _day(ends["first"]), _day(ends["last"])
            if name == "month":
                last = last.replace(day=monthrange(last.year, last.month)[1])
            return first, last
    return None, None


def _day(moment: Any) -> Any:
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


def _checks(kind: Kind, rows: Any, columns: list[dict[str, Any]], number: int) -> list[checks.Check]:
    own = checks.OF_MODEL.get(kind.model)
    return [*(own(rows) if own else of_imports(kind, rows)), *checks.of_columns(columns, number)]


def give_up(run_id: int, sentence: str) -> None:
    unfinished = ProfileRun.objects.filter(pk=run_id, state__in=ProfileRun.UNDER_WAY)
    unfinished.update(state=RunState.FAILED, message=sentence, finished_at=timezone.now())


# Change against the profile before


def changes(run: ProfileRun, earlier: ProfileRun | None) -> dict[str, str]:
    """What changed, by column; the empty name is for the rows."""
    if earlier is None:
        return {}
    found = {"": _difference(run.rows - earlier.rows, "row")}
    known = {one["name"]: one for one in earlier.columns}
    for column in run.columns:
        found[column["name"]] = _column_change(column, known.get(column["name"]))
    return found


def _difference(number: int, what: str) -> str:
    if not number:
        return "no change"
    sign = "+" if number > 0 else "−"
    return f"{sign}{abs(number):,} {what}{'' if abs(number) == 1 else 's'}"


def _column_change(now: dict[str, Any], then: dict[str, Any] | None) -> str:
    if then is None:
        return "new column"
    said = []
    missing, was = (_missing_share(one) for one in (now, then))
    if abs(missing - was) > CHANGED:
        said.append(f"missing {was:.1%} → {missing:.1%}")
    if now["distinct"] != then["distinct"]:
        said.append(_difference(now["distinct"] - then["distinct"], "value"))
    if (now["low"], now["high"]) != (then["low"], then["high"]):
        said.append("other range")
    return "; ".join(said) or "no change"


def _missing_share(column: dict[str, Any]) -> float:
    whole = column["known"] + column["missing"]
    return column["missing"] / whole if whole else 0.0
