"""What is asked for by night."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from insights.models import StopFact
from insights.trust.figures import current
from ledger.choices import ImportState
from ledger.imports.kinds import PUBLISHED_RATES
from ledger.imports.sources import SOURCES
from ledger.models import ImportRun, ImportUndo, Incident
from prediction import jobs
from prediction.crime.record.keeping import score_due
from prediction.kinds import families, kinds_of
from prediction.models import JobAct, ModelRun, RunState
from prediction.patrol.scoring import score_plans

TRAIN_AFTER = timedelta(days=7)


def ask_for_work() -> None:
    """What is asked for; kept forecasts of crime whose month is over, and patrol plans whose shift is, scored."""
    score_due()
    score_plans()
    ask_for_models()


def ask_for_models() -> None:
    """Drift of what is in use; hot spots where crimes changed; a new candidate where the newest run is a week old and newer stops are there."""
    if ModelRun.objects.filter(state=RunState.IN_USE).exists():
        jobs.ask(JobAct.DRIFT)
    if Incident.objects.exists():
        jobs.ask(JobAct.HOTSPOTS)
    for family in families():
        if is_due(family):
            jobs.ask(JobAct.TRAIN, family)


def is_due(family: str) -> bool:
    """Only what somebody trained before is trained by night: the first time is for people to decide."""
    kinds = kinds_of(family)
    newest = ModelRun.objects.filter(kind__in=[kind.name for kind in kinds]).first()
    return newest is not None and kinds[0].has_newer(newest)


def stops_came(newest: ModelRun) -> bool:
    """Whether a run of stops is a week old and newer stops are there."""
    if newest.trained_at > timezone.now() - TRAIN_AFTER:
        return False
    return StopFact.objects.filter(day__gt=newest.data_last).exists()


def incidents_came(newest: ModelRun) -> bool:
    """Whether incidents were loaded, or their import undone, since a run was trained."""
    return _came("incidents", newest)


def rates_came(newest: ModelRun) -> bool:
    """Whether published rates were loaded, or their import undone, since a run was trained."""
    return _came(PUBLISHED_RATES.name, newest)


def _came(kind: str, newest: ModelRun) -> bool:
    sources = sources_of(kind)
    loaded = ImportRun.objects.filter(
        source__in=sources, state=ImportState.LOADED, finished_at__gt=newest.trained_at
    )
    undone = ImportUndo.objects.filter(import_run__source__in=sources, undone_at__gt=newest.trained_at)
    return loaded.exists() or undone.exists()


def figures_came(newest: ModelRun) -> bool:
    """Whether survey figures of a later day are there than a run of trust saw."""
    return current().filter(area__isnull=False, group="", period_end__gt=newest.data_last).exists()


def sources_of(kind: str) -> list[str]:
    """Names of the sources whose files become records of a kind."""
    return [source.name for source in SOURCES if source.kind.name == kind]
