"""Storing: what a loaded row becomes, what is there already, what asks for a second look."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, time
from pathlib import Path

import pytest
from django.db import connection

from insights.models import StopFact
from ledger.choices import AuditVerb, DurationBand, Flag, ImportState, Outcome, PersonRole, StopType
from ledger.entry import PersonEntry, StopEntry
from ledger.flags import content_flags
from ledger.imports import engine, reader, sql
from ledger.imports.columns import Choice, CodeSet, Date, Minutes, Text, Time, YesNo
from ledger.imports.source import Source
from ledger.imports.sources import SOURCES
from ledger.models import (
    Agency,
    Area,
    AuditEvent,
    Contraband,
    ImportKey,
    ImportRun,
    RefusedRow,
    Stop,
    Vehicle,
)
from ledger.tests.factories import make_agency, make_stop
from ledger.tests.import_files import EXAMPLES, begun, checked, line, loaded, said, written

pytestmark = pytest.mark.django_db


def test_a_loaded_row_is_a_stop_with_its_person_and_private_part() -> None:
    report = loaded(EXAMPLES / "securecheck-good.csv")
    assert (report.rows_read, report.rows_new, report.rows_same, report.rows_refused) == (3, 3, 0, 0)
    assert report.stored
    stop = Stop.objects.select_related("agency__country", "violation", "private__vehicle").get(import_row=2)
    assert (stop.agency.name, stop.agency.country.name, stop.agency.time_zone) == (
        "India",
        "India",
        "Asia/Kolkata",
    )
    assert (stop.stopped_on, stop.stopped_at) == (date(2026, 1, 5), time(0, 20))
    assert (stop.version, stop.stop_type, stop.duration_band) == (1, StopType.VEHICLE, DurationBand.LONG)
    assert (str(stop.violation), stop.drugs_related, stop.flags) == ("DUI", True, 0)
    person = stop.persons.get()
    assert (person.position, person.role, person.age, str(person.race)) == (1, PersonRole.DRIVER, 24, "Asian")
    assert (person.outcome, person.arrested, person.searched) == (Outcome.ARREST, True, True)
    assert (person.search_bases, person.frisked, person.contraband) == ([1], None, [])
    assert (str(stop.private.vehicle), stop.private.words) == ("KA01HH1234", "Drunk Driving")
    assert stop.private.recorded.startswith("2026-01-05,0:20:00,India,F,24,24,Asian,Drunk Driving")


def test_numbers_of_stops_follow_the_file_and_make_references() -> None:
    loaded(EXAMPLES / "securecheck-good.csv")
    stops = list(Stop.objects.order_by("import_row"))
    assert [stop.number for stop in stops] == sorted(stop.number for stop in stops)
    assert len({stop.reference for stop in stops}) == 3


def test_the_facts_are_there_when_the_load_is_done() -> None:
    report = loaded(EXAMPLES / "securecheck-good.csv")
    run = ImportRun.objects.get()
    assert StopFact.objects.filter(import_run=run.pk).count() == report.rows_new


def test_the_run_keeps_digest_counts_and_agencies_and_is_in_the_trail() -> None:
    report = loaded(EXAMPLES / "securecheck-good.csv")
    run = ImportRun.objects.get()
    assert (run.state, run.rows_new, run.digest) == (ImportState.LOADED, 3, report.digest)
    assert len(report.digest) == 64
    assert run.agencies == sorted(Agency.objects.values_list("pk", flat=True))
    event = AuditEvent.objects.get(object_kind="import", verb=AuditVerb.COLLECTION)
    assert (event.object_id, event.detail["act"], event.detail["new"]) == (str(run.key), "loaded", 3)


def test_the_same_file_twice_adds_nothing() -> None:
    loaded(EXAMPLES / "securecheck-good.csv")
    again = loaded(EXAMPLES / "securecheck-good.csv")
    assert (again.rows_new, again.rows_same, again.stored) == (0, 3, True)
    assert Stop.objects.count() == StopFact.objects.count() == 3


def test_a_larger_file_adds_only_what_is_new() -> None:
    loaded(EXAMPLES / "securecheck-good.csv")
    report = loaded(EXAMPLES / "securecheck-superset.csv")
    assert (report.rows_new, report.rows_same) == (1, 3)


def test_identical_rows_are_kept_apart_and_counted(tmp_path: Path) -> None:
    report = loaded(EXAMPLES / "securecheck-identical-rows.csv")
    assert (report.rows_new, report.rows_same) == (4, 0)
    assert sorted(ImportKey.objects.values_list("occurrence", flat=True)) == [1, 1, 2, 3]
    once_more = loaded(written(tmp_path, [line()] * 4))
    assert (once_more.rows_new, once_more.rows_same) == (1, 3)


@pytest.mark.parametrize("seed", range(4))
def test_copies_are_counted_over_the_pieces_of_a_file_and_over_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Of each row as many are kept as the file that tells it most often has; beside it, counts of words."""
    monkeypatch.setattr(reader, "BLOCK", 700)
    draw, most = random.Random(seed), Counter[str]()
    for number in range(3):
        lines = [
            line(stop_time=f"{draw.randrange(6)}:00:00", country_name=draw.choice(["Canada", "India"]))
            for _ in range(40)
        ]
        told = Counter(lines)
        report = loaded(written(tmp_path, lines, f"{number}.csv"))
        assert report.rows_new == (told - most).total()
        most |= told
        kept = list(Stop.objects.filter(import_run__file_name=f"{number}.csv").order_by("import_row"))
        assert [stop.number for stop in kept] == sorted({stop.number for stop in kept})
        assert [stop.pk for stop in kept] == sorted({stop.pk for stop in kept})
    assert Stop.objects.count() == StopFact.objects.count() == ImportKey.objects.count() == most.total()


def test_the_same_content_is_another_stop_in_another_agency(tmp_path: Path) -> None:
    loaded(written(tmp_path, [line()]))
    assert loaded(written(tmp_path, [line(country_name="India")])).rows_new == 1


def test_a_row_written_another_way_is_the_same_row(tmp_path: Path) -> None:
    loaded(written(tmp_path, [line()]))
    other = line(
        stop_time="08:05", driver_age_raw="32", stop_outcome="Citation", vehicle_number="on 12-ab 3456"
    )
    assert loaded(written(tmp_path, [other])).rows_same == 1


def test_a_renamed_agency_keeps_its_rows() -> None:
    make_agency("State Police", "USA")
    loaded(EXAMPLES / "open-policing-with-age.csv", "open-policing", "State Police")
    Agency.objects.filter(name="State Police").update(name="Highway Patrol")
    assert loaded(EXAMPLES / "open-policing-with-age.csv", "open-policing", "Highway Patrol").rows_new == 0


def test_a_check_counts_and_stores_nothing() -> None:
    report = checked(EXAMPLES / "securecheck-superset.csv")
    assert (report.rows_read, report.rows_new, report.stored) == (4, 4, False)
    assert report.notes["new_agencies"] == ["Canada", "India", "USA"]
    assert not Stop.objects.exists()
    assert not Agency.objects.exists()
    assert not Vehicle.objects.exists()
    assert ImportRun.objects.get().state == ImportState.CHECKED


def test_a_check_tells_what_is_there_already() -> None:
    loaded(EXAMPLES / "securecheck-good.csv")
    report = checked(EXAMPLES / "securecheck-superset.csv")
    assert (report.rows_new, report.rows_same) == (1, 3)


def test_one_refused_row_keeps_the_whole_file_out(tmp_path: Path) -> None:
    report = loaded(written(tmp_path, [line(), line(driver_age="0")]))
    assert (report.rows_read, report.rows_new, report.rows_refused, report.stored) == (2, 1, 1, False)
    assert said(report) == [(2, "driver_age")]
    assert not Stop.objects.exists()
    refused = RefusedRow.objects.get()
    assert (refused.row, refused.column, refused.value) == (2, "driver_age", "0")
    assert refused.text.startswith("2026-01-05,8:05:00,Canada")


def test_the_good_rows_go_in_when_asked(tmp_path: Path) -> None:
    report = loaded(written(tmp_path, [line(), line(driver_age="0")]), partial=True)
    assert (report.rows_new, report.rows_refused, report.stored) == (1, 1, True)
    mended = loaded(written(tmp_path, [line(), line(driver_age="1")]))
    assert (mended.rows_new, mended.rows_same) == (1, 1)


def test_contradictions_are_flagged_and_kept_as_recorded() -> None:
    report = loaded(EXAMPLES / "securecheck-contradictions.csv")
    flags = [Flag.in_bits(stop.flags) for stop in Stop.objects.order_by("import_row")]
    both = [Flag.ARREST_MISMATCH, Flag.SEARCH_MISMATCH]
    assert flags == [[Flag.ARREST_MISMATCH], [Flag.SEARCH_MISMATCH], both, []]
    assert report.rows_flagged == 3
    assert Stop.objects.get(import_row=1).persons.get().outcome == Outcome.ARREST


def test_likely_duplicates_in_the_file_are_flagged() -> None:
    """8:05 and 8:34 are 29 minutes apart, 8:34 and 9:05 31; 23:50 and 0:10 of the next day 20."""
    loaded(EXAMPLES / "securecheck-duplicates.csv")
    flagged = (
        Stop.objects.filter(flags=Flag.DUPLICATE).order_by("import_row").values_list("import_row", flat=True)
    )
    assert list(flagged) == [1, 2, 4, 5]


def test_likely_duplicates_of_stops_in_the_ledger_are_flagged(tmp_path: Path) -> None:
    canada = make_agency("Canada", "Canada")
    make_stop(canada, on=date(2026, 1, 5), at=time(8, 35), vehicle="ON12AB3456")
    make_stop(make_agency("India", "India"), on=date(2026, 1, 5), at=time(8, 5), vehicle="KA99")
    rows = [line(), line(stop_time="8:04:59"), line(vehicle_number="KA99")]
    assert checked(written(tmp_path, rows[:1])).rows_flagged == 1
    loaded(written(tmp_path, [rows[0]]))
    assert Stop.objects.get(import_row=1).flags == Flag.DUPLICATE
    loaded(written(tmp_path, [line(vehicle_number="KA99")]))
    assert Stop.objects.filter(import_row__isnull=False).order_by("id").last().flags == 0  # type: ignore[union-attr]


def test_a_stop_that_is_no_longer_current_makes_no_duplicate(tmp_path: Path) -> None:
    canada = make_agency("Canada", "Canada")
    old = make_stop(canada, on=date(2026, 1, 5), at=time(8, 5), vehicle="ON12AB3456")
    Stop.objects.create(
        number=old.number,
        version=2,
        supersedes=old,
        agency=canada,
        stopped_on=date(2026, 1, 9),
        stopped_at=time(9, 0),
    )
    assert checked(written(tmp_path, [line()])).rows_flagged == 0


class Everything(Source):
    """A source that gives every optional target."""

    name = "everything"
    title = "Everything"
    columns = {
        "stopped_on": Date("on", required=True),
        "stopped_at": Time("at"),
        "post": Text("post", longest=80),
        "officer": Text("officer", longest=20),
        "duration_minutes": Minutes("minutes"),
        "searched": YesNo("searched"),
        "search_bases": CodeSet("bases", words="search_basis"),
        "contraband_found": YesNo("found"),
        "contraband": CodeSet("finds", words="contraband"),
        "drugs_related": YesNo("drugs"),
        "outcome": Choice("outcome", words=Outcome),
        "arrested": YesNo("arrested"),
        "place": Text("place", longest=150),
        "late_reason": Text("late", longest=500),
    }

    def country_of(self, agency: str) -> str:
        return "India"


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr("ledger.imports.sources.SOURCES", [*SOURCES, Everything()])
    path = tmp_path / "everything.csv"
    rows = [
        "2026-01-05,9:00,Bridge,PC1,250,TRUE,Frisk,TRUE,Drugs,FALSE,Arrest,FALSE,at the bridge,radio broken",
        "2026-01-05,9:10,Bridge,PC2,240,TRUE,,FALSE,,FALSE,Warning,FALSE,,",
        "2026-01-05,9:20,Market,PC1,,FALSE,Frisk,,,,Arrest,,,",
        "2026-01-05,,,,,,,,,,,TRUE,,",
    ]
    path.write_text("\n".join([",".join(Everything().header), *rows]))
    return path


def test_posts_and_officers_are_found_or_made(everything: Path) -> None:
    agency = make_agency("Riverton")
    agency.posts.create(name="Bridge")
    loaded(everything, "everything", "Riverton")
    assert sorted(agency.posts.values_list("name", flat=True)) == ["Bridge", "Market"]
    assert sorted(agency.officers.values_list("number", flat=True)) == ["PC1", "PC2"]
    first = Stop.objects.select_related("post", "officer", "private").get(import_row=1)
    assert (str(first.post), str(first.officer), first.duration_minutes) == ("Bridge", "PC1", 250)
    assert (first.private.place, first.private.late_reason) == ("at the bridge", "radio broken")
    assert first.persons.get().contraband == [1]


def test_the_flags_of_an_import_are_those_of_the_form(everything: Path) -> None:
    """The SQL against the rules in `ledger.flags`, for every row whose grounds of search are recorded or not asked for."""
    loaded(everything, "everything", "Riverton")
    drugs = set(Contraband.objects.filter(is_drug=True).values_list("pk", flat=True))
    for stop in Stop.objects.exclude(import_row=2):
        persons = tuple(PersonEntry.of(person) for person in stop.persons.all())
        entry = StopEntry.of(stop)
        assert entry.persons == persons
        assert stop.flags & ~Flag.LATE == content_flags(entry, drugs)
    assert Stop.objects.get(import_row=1).flags & Flag.LATE
    assert Stop.objects.get(import_row=2).flags == 0, "a ground that is not recorded contradicts nothing"


def test_areas_are_made_once_with_their_kind() -> None:
    loaded(EXAMPLES / "open-policing.csv", "open-policing", "State Police", partial=True)
    assert list(Area.objects.order_by("name").values_list("kind", "name")) == [
        ("county", "Kent County"),
        ("district", "Zone K3"),
        ("district", "Zone X4"),
    ]
    assert ImportRun.objects.get().agency == Agency.objects.get(name="State Police")


def test_an_import_that_breaks_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str, params: object = None) -> int:
        if name == "import_keys":
            raise RuntimeError("cut off")
        return run(name, params)

    run = sql.run
    monkeypatch.setattr(sql, "run", fail)
    with pytest.raises(RuntimeError):
        loaded(EXAMPLES / "securecheck-good.csv")
    assert not Stop.objects.exists()
    assert not StopFact.objects.exists()
    assert not Agency.objects.exists()
    assert ImportRun.objects.get().state == ImportState.UPLOADED


def test_loading_a_loaded_run_again_changes_nothing() -> None:
    run = begun(EXAMPLES / "securecheck-good.csv")
    engine.load(run, EXAMPLES / "securecheck-good.csv")
    again = engine.load(ImportRun.objects.get(), EXAMPLES / "securecheck-good.csv")
    assert (again.rows_new, again.stored) == (3, True)
    assert Stop.objects.count() == 3


def test_a_file_that_changed_since_the_check_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, [line()])
    run = begun(path)
    engine.check(run, path)
    written(tmp_path, [line(), line()])
    report = engine.load(run, path)
    assert (report.stored, report.message) == (
        False,
        "The file is not the one that was checked. Choose it again.",
    )


def test_columns_that_are_empty_or_unknown_are_noted() -> None:
    report = checked(EXAMPLES / "open-policing-with-age.csv", "open-policing", "State Police")
    assert report.notes["empty_columns"] == ["county_name", "search_type"]
    extra = checked(EXAMPLES / "securecheck-extra-column.csv")
    assert (extra.rows_new, extra.notes["extra_columns"]) == (1, ["weather"])


def test_no_content_stands_in_the_append_only_rows_or_the_trail() -> None:
    """Plates and words may have to be erased: they must not be found in the tables that never change."""
    loaded(EXAMPLES / "securecheck-good.csv")
    with connection.cursor() as cursor:
        for table in (
            "ledger_stop",
            "ledger_person",
            "ledger_auditevent",
            "ledger_importrun",
            "insights_stopfact",
        ):
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%KA01HH1234%' OR t::text LIKE '%Drunk%'"
            )
            assert cursor.fetchone()[0] == 0, table
