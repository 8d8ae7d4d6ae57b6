"""Having the worker look for hot spots: by night and after an import, where crimes came or went, or because somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from ledger.models import Agency
from prediction.hotspots.subjects import SUBJECTS
from prediction.models import HotspotRun, JobAct, PredictionJob

Follow = Callable[[int, int, str], None]


def ask(user: Any = None, request: HttpRequest | None = None) -> PredictionJob:
    from prediction import jobs

    return jobs.ask(JobAct.HOTSPOTS, "", user, request)


def look_where_due(follow: Follow, agencies: list[Agency] | None = None) -> list[HotspotRun]:
    """Every subject of the agencies given, else of all whose crimes changed since the last look. Loads numerical libraries."""
    from prediction.hotspots.finding import agencies_with_crimes, is_due, look

    chosen = agencies if agencies is not None else [one for one in agencies_with_crimes() if is_due(one)]
    steps = [(agency, subject) for agency in chosen for subject in SUBJECTS]
    found = []
    for done, (agency, subject) in enumerate(steps):
        follow(done, len(steps), f"{agency}: {subject.label.lower()}")
        found.append(look(agency, subject))
    return found
