"""`python -m securecheck.bench.crime`: how long crime by the hour takes to learn and to answer. See docs/crime.md.

Incidents are made up (`--rows N`: 240 neighbourhoods, 80 beats and 6 zones over ten years) or Atlanta's (`--atlanta FOLDER`). The database is the bench's
own and dropped at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any

from securecheck.bench.database import own_database
from securecheck.postgres import ServerProblem

TIMES, ASKED = 3, 30
MADE_UP = Path(__file__).with_name("crime.sql")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m securecheck.bench.crime", description=__doc__)
    parser.add_argument(
        "--rows", type=int, default=5_000_000, metavar="N", help="Incidents to make up (5,000,000)."
    )
    parser.add_argument("--atlanta", type=Path, metavar="FOLDER", help="Atlanta's files instead.")
    parser.add_argument("--json", action="store_true", help="Print one JSON object and nothing else.")
    return parser.parse_args()


def say(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


def make_up(rows: int) -> Any:
    """An agency with so many incidents, by one statement."""
    from django.db import connection

    from ledger.choices import ImportState
    from ledger.models import Agency, Country, ImportRun

    run = ImportRun.objects.create(source="atlanta-crime", file_name="made-up.csv", state=ImportState.LOADED)
    agency = Agency.objects.create(
        name="Riverton Police",
        country=Country.objects.get_or_create(name="USA")[0],
        time_zone="America/New_York",
    )
    with connection.cursor() as cursor:
        for part in MADE_UP.read_text(encoding="utf-8").split(";"):
            if part.strip():
                cursor.execute(part, {"agency": agency.pk, "rows": rows, "run": run.pk})
    _vacuum()
    return agency


def load(folder: Path) -> Any:
    from django.core.management import call_command

    from ledger.models import Agency

    files = [str(file) for file in sorted(folder.glob("COBRA-202*.csv"))]
    if not files:
        raise SystemExit(f"There are no files named COBRA-202….csv in {folder}.")
    try:
        call_command("import", "atlanta-crime", *files, partial=True, stdout=StringIO())
    except SystemExit as ended:
        if ended.code not in (0, 2):
            raise
    _vacuum()
    return Agency.objects.get(name__startswith="Atlanta")


def _vacuum() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE ledger_incident")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def measure_fit(agency: Any) -> dict[str, float]:
    """Counting the cells, and fitting their rates with settings that are known: what a refit takes. Medians of three, seconds."""
    from prediction.crime.cells import read_cells
    from prediction.crime.coverage import stretches_of

    counting, fitting, covering = [], [], []
    for _ in range(TIMES):
        seconds, covered = timed(lambda: stretches_of(agency.pk))
        covering.append(seconds)
        seconds, cells = timed(partial(read_cells, agency, covered))
        counting.append(seconds)
        seconds, _ = timed(partial(_fit, cells))
        fitting.append(seconds)
    return {"covered_days": median(covering), "count_cells": median(counting), "fit": median(fitting)}


def _fit(cells: list[Any]) -> None:
    from prediction.crime.fitting import Settings, fit

    for one in cells:
        fit(one, one.months, Settings())


def measure_training() -> dict[str, float]:
    """`train crime` as a whole: settings chosen, seven rivals judged, rates kept and put in use."""
    from django.core.management import call_command

    seconds, _ = timed(lambda: call_command("train", "crime", stdout=StringIO()))
    return {"train": seconds}


def measure_answers() -> dict[str, float]:
    """Milliseconds in the server, medians of thirty: the page, the map, the two calls, the record."""
    from django.contrib.auth.models import Group, User
    from django.core.management import call_command
    from django.test import Client

    from prediction.crime.asked import names
    from prediction.crime.rates import served
    from securecheck.prepare import static_is_current

    if not static_is_current():
        call_command("collectstatic", interactive=False, verbosity=0)
    user = User.objects.create_user("bench")
    user.groups.add(Group.objects.get(name="Analyst"))
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    run = served()
    if run is None:
        return {}
    name = names(run)[0][3]
    found = {}
    for label, address in (
        ("page", "/crime/"),
        ("map", "/crime/map/"),
        ("record", "/prediction/crime/record/"),
    ):
        found[label] = _milliseconds(partial(client.get, address))
    asked = json.dumps({"neighborhood": name, "month": 5})
    for label in ("predict_hourly_crime", "average_daily_crime"):
        found[label] = _milliseconds(
            partial(client.post, f"/api/{label}", asked, content_type="application/json")
        )
    return found


def _milliseconds(ask: Callable[[], Any]) -> float:
    reply = ask()
    if reply.status_code != 200:
        raise SystemExit(
            f"{reply.request['PATH_INFO']} answered {reply.status_code}: {reply.content[:200]!r}"
        )
    return 1000 * median(timed(ask)[0] for _ in range(ASKED))


def main() -> int:
    chosen = options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "securecheck.settings")
    try:
        with own_database():
            from ledger.models import Incident

            say("incidents")
            agency = load(chosen.atlanta) if chosen.atlanta else make_up(chosen.rows)
            found: dict[str, Any] = {
                "incidents": Incident.objects.count(),
                "load_average": os.getloadavg()[0],
            }
            say("fit")
            found |= measure_fit(agency)
            say("training")
            found |= measure_training()
            say("answers")
            found |= measure_answers()
    except ServerProblem as why:
        print(why, file=sys.stderr)
        return 1
    print(
        json.dumps(found)
        if chosen.json
        else "\n".join(f"{name:24} {value:12,.3f}" for name, value in found.items())
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
