"""A force's own log of patrols, in any table."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ledger.imports.reader import Unreadable
from ledger.imports.sources import recognised, source_named
from ledger.models import Agency, ImportRun, PatrolVisit
from ledger.tests.factories import make_agency
from ledger.tests.import_files import EXAMPLES, loaded, said

KIND = "patrol-log"
LOG = EXAMPLES / KIND / "log.csv"
LONDON = {"values": {"zone": "Europe/London"}}

pytestmark = pytest.mark.django_db


def load(path: Path = LOG, agency: str = "Riverton Police", **options: Any) -> Any:
    return loaded(path, KIND, agency, partial=True, options=LONDON | options)


def test_visits_are_read_on_the_clocks_that_are_said() -> None:
    agency = make_agency("Riverton Police", time_zone="Europe/London")
    report = load()
    assert (report.rows_read, report.rows_new, report.rows_refused) == (10, 6, 4)
    assert {*said(report)} == {
        (6, "Start Time"),
        (7, "Start Time"),
        (9, "Start Time"),
        (10, "Lat"),
        (10, "Minutes"),
    }
    first, again, second, nowhere, before, twice = PatrolVisit.objects.order_by("import_row")
    assert first.agency == agency
    assert (first.unit, first.kind, first.place, first.minutes) == ("U1", "Foot", "Beat 101", 15.0)
    assert (first.started_at, first.ended_at) == (
        datetime(2025, 7, 4, 17, 10, tzinfo=UTC),
        datetime(2025, 7, 4, 17, 25, tzinfo=UTC),
    )
    assert again.started_at == first.started_at  # equal rows are two visits
    assert (second.started_at, second.latitude, second.longitude) == (
        datetime(2025, 7, 4, 18, 5, tzinfo=UTC),
        51.005,
        0.015,
    )
    assert (nowhere.latitude, nowhere.minutes, nowhere.ended_at) == (None, None, None)
    assert (before.latitude, before.place) == (None, "Beat 102")
    assert twice.started_at == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    told = {note["what"]: note["first"] for note in report.notes["noticed"]}
    assert told == {
        "ended before they began: their end is not used": [5],
        "tell neither an end nor a length": [4],
        "name no place": [4],
    }


def test_the_same_log_again_adds_nothing() -> None:
    make_agency("Riverton Police")
    load()
    assert load().rows_new == 0
    assert PatrolVisit.objects.count() == 6


def test_the_zone_must_be_said_and_be_one() -> None:
    source = source_named(KIND)
    assert source is not None
    with pytest.raises(Unreadable, match="The file does not say: time zone"):
        source.for_file("a.csv", {})
    for zone in ("Atlantis/Old Town", "../../etc/passwd", "x" * 500):
        with pytest.raises(Unreadable, match="is not a time zone"):
            source.for_file("a.csv", {"values": {"zone": zone}})


def test_a_new_agency_needs_its_country(tmp_path: Path) -> None:
    assert "say its country" in load(agency="Hilltown Police").message
    assert not PatrolVisit.objects.exists()
    load(agency="Hilltown Police", values={"zone": "Europe/London", "country": "UK"})
    made = Agency.objects.get(name="Hilltown Police")
    assert (made.country.name, made.time_zone) == ("UK", "Europe/London")


def test_the_day_may_come_first_and_any_column_be_chosen(tmp_path: Path) -> None:
    make_agency("Riverton Police")
    path = tmp_path / "dienst.csv"
    path.write_text("Sector,Von,Bis\n101,4/7/2025 18:10,4/7/2025 18:25\n")
    load(
        path,
        values={"zone": "Europe/Berlin", "dates": "day/month/year"},
        columns={"place": "Sector", "started_at": "Von", "ended_at": "Bis"},
    )
    [visit] = PatrolVisit.objects.all()
    assert (visit.place, visit.started_at) == ("101", datetime(2025, 7, 4, 16, 10, tzinfo=UTC))


def test_no_table_is_taken_for_a_log_by_itself() -> None:
    found = recognised(["unit", "place", "started_at", "ended_at", "minutes"])
    assert found is None or found.name != KIND


def test_plainfields_log_reads_as_by_its_own_source() -> None:
    """Rows of the example of that source that are visits, read by both."""

    def visits(run: int) -> Counter[tuple[Any, ...]]:
        return Counter(
            PatrolVisit.objects.filter(import_run=run).values_list(
                "place", "started_at", "ended_at", "minutes", "latitude"
            )
        )

    path = EXAMPLES / "plainfield-patrols" / "dosage.csv"
    loaded(path, "plainfield-patrols", partial=True)
    own = ImportRun.objects.latest("pk").pk
    make_agency("Hilltown Police")
    chosen = {"columns": {"kind": "Inc Type"}, "values": {"zone": "America/New_York"}}
    loaded(path, KIND, "Hilltown Police", partial=True, options=chosen)
    other = ImportRun.objects.latest("pk").pk
    assert visits(own) == visits(other) != Counter()
