"""Stop and search of data.police.uk: each oddity row by row, and what becomes of it in the ledger."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.filters import Filters
from insights.models import StopFact
from ledger.choices import AgeBand
from ledger.entry import StopEntry
from ledger.imports import engine
from ledger.imports.cleaning import Batch
from ledger.imports.forms import UploadForm
from ledger.imports.police_forces import force_of_file
from ledger.imports.reader import Reader
from ledger.imports.sources import recognised
from ledger.models import Agency, ImportRun, Person, Stop, StopPrivate
from ledger.recording import correct_stop
from ledger.tests.factories import make_agency, make_user
from ledger.tests.import_files import EXAMPLES, batches, begun, checked, known_by_hand, loaded, source

KIND = "police-uk-stop-search"
NEW = EXAMPLES / KIND / "2024-07-metropolitan-stop-and-search.csv"
OLD = EXAMPLES / KIND / "2017-06-dyfed-powys-stop-and-search.csv"
BAD = EXAMPLES / KIND / "2024-07-surrey-stop-and-search.csv"
HEADER = NEW.read_text().splitlines()[0]
LONDON = ZoneInfo("Europe/London")


def read(file: Any) -> Batch:
    known = known_by_hand(only_agency="A force")
    (batch,) = batches(source(KIND), Reader(file), known)
    return batch


def rows_of(path: Path) -> dict[int, dict[str, Any]]:
    with path.open("rb") as file:
        batch = read(file)
    return {int(number): dict(values.dropna()) for number, values in batch.rows.iterrows()}


def column(path: Path, name: str) -> list[Any]:
    return [row.get(name) for row in rows_of(path).values()]


def test_a_row_is_understood() -> None:
    assert rows_of(NEW)[1] == {
        "agency": "A force",
        "stopped_on": "2024-07-01",
        "stopped_at": "00:05:12",
        "stop_type": "0",
        "search_bases": "{3}",
        "latitude": "51.501",
        "longitude": "-0.142",
        "gender": "1",
        "age_band": "2",
        "race_id": "4",
        "outcome": "5",
        "arrested": "t",
        "contraband_found": "t",
        "drugs_related": "t",
        "words": "Misuse of Drugs Act 1971 (section 23): Controlled drugs",
    }


def test_utc_becomes_the_day_and_time_of_the_clocks_in_london() -> None:
    assert column(NEW, "stopped_on")[3:7] == ["2024-07-02", "2024-07-02", "2024-07-02", "2024-07-02"]
    assert column(NEW, "stopped_at")[4:7] == ["01:00:00", "19:30:00", "19:00:00"]


def test_local_midnight_is_no_time() -> None:
    assert column(NEW, "stopped_at")[3] is None
    assert column(OLD, "stopped_on")[:3] == ["2017-06-02", "2017-06-02", "2017-06-03"]
    assert column(OLD, "stopped_at")[:4] == [None, None, None, "11:20:00"]


def test_what_was_searched_is_a_kind_of_search() -> None:
    assert column(NEW, "search_bases")[:5] == ["{3}", "{1,3}", "{1,3}", "{1}", "{3}"]
    assert column(NEW, "stop_type")[:5] == ["0", "1", "1", "1", "0"]


def test_age_ranges_are_bands_where_they_coincide_with_ours() -> None:
    assert column(NEW, "age_band") == ["2", "3", "3", None, "0", "1", "1", None, None]


def test_officer_defined_ethnicity_is_the_race_and_mixed_is_other() -> None:
    assert column(NEW, "race_id") == ["4", "2", "2", None, "5", "1", "5", None, None]


def test_outcomes_are_understood_in_the_new_words_and_in_the_old() -> None:
    assert column(NEW, "outcome") == ["5", "1", "1", "1", "2", "2", "4", None, "3"]
    assert column(OLD, "outcome") == ["1", "0", "2", "5", "4", "1", "3", "2", "2", "1"]


def test_only_the_outcome_tells_of_an_arrest() -> None:
    assert column(NEW, "arrested") == ["t", "f", "f", "f", "f", "f", "f", None, "f"]
    assert column(OLD, "arrested") == ["f", None, "f", "t", "f", "f", "f", "f", "f", "f"]


def test_a_find_is_told_by_the_words_of_the_outcome_or_by_the_link_beside_an_action() -> None:
    assert column(NEW, "contraband_found") == ["t", None, None, "f", "t", "f", None, None, "t"]
    assert column(OLD, "contraband_found") == ["f", "t", "t", "t", "f", "t", "t", "f", None, "f"]


def test_a_stop_is_about_drugs_by_the_object_of_its_search_or_a_warning() -> None:
    assert column(NEW, "drugs_related") == ["t", "f", "f", "f", "t", "f", None, None, "t"]


def test_law_and_object_are_kept_in_words() -> None:
    words = column(NEW, "words")
    assert words[3] == "Firearms"
    assert words[6] == "Misuse of Drugs Act 1971 (section 23)"
    assert words[7] is None


def test_coordinates_are_both_known_or_neither() -> None:
    assert column(NEW, "latitude") == ["51.501", "51.501", "51.501", None, None, "0.000", None, None, None]
    assert column(NEW, "longitude")[4:6] == [None, "0.000"]


def test_what_is_not_understood_is_told_cell_by_cell() -> None:
    with BAD.open("rb") as file:
        batch = read(file)
    assert [(error.row, error.column) for error in batch.complaints] == [
        (1, "Type"),
        (2, "Date"),
        (3, "Date"),
        (4, "Date"),
        (5, "Age range"),
        (6, "Officer-defined ethnicity"),
        (7, "Outcome"),
        (8, "Outcome linked to object of search"),
        (9, "Latitude"),
        (10, "Date"),
    ]
    assert list(batch.rows.index) == [11]
    assert str(batch.complaints[0]) == (
        "row 1, Type: is not a known word. Known are: person search, vehicle search, person and vehicle search "
        "(got “Bicycle search”)"
    )
    assert batch.complaints[-1].message == "is in the future"


def test_a_file_may_lack_what_came_later() -> None:
    short = "Type,Date,Gender,Age range,Officer-defined ethnicity,Outcome"
    batch = read(
        io.BytesIO(
            f"{short}\nPerson search,2016-01-05T09:00:00+00:00,Male,18-24,White,Suspect arrested\n".encode()
        )
    )
    row = dict(batch.rows.loc[1].dropna())
    assert (row["arrested"], row["search_bases"], row["stopped_at"]) == ("t", "{3}", "09:00:00")
    assert not {"words", "drugs_related", "contraband_found", "latitude"} & set(row)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=15, max_size=15))
def test_any_cells_are_read_or_refused(cells: list[str]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([HEADER.split(","), cells])
    batch = read(io.BytesIO(file.getvalue().encode("utf-8", "ignore")))
    assert len(batch.rows) + batch.refused == batch.read


@settings(max_examples=200, deadline=None)
@given(
    st.from_regex(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})", fullmatch=True
    )
)
def test_any_moment_is_read_as_python_reads_it_or_refused(text: str) -> None:
    batch = read(io.BytesIO(f"{HEADER}\nPerson search,{text},,,,,,,,,,,,,\n".encode()))
    try:
        local = datetime.fromisoformat(text).astimezone(LONDON)
    except (ValueError, OverflowError):
        assert batch.refused == 1
        return
    if batch.refused:
        assert local.year < 1900 or local >= datetime.now(LONDON) or int(text[:4]) not in range(1900, 2200)
    else:
        row = batch.rows.loc[1]
        assert row.stopped_on == local.date().isoformat()
        assert row.stopped_at == (local.time().isoformat() if local.time() != time(0) else None)


@pytest.mark.parametrize(
    "name, force",
    [
        ("2022-09-metropolitan-stop-and-search.csv", "Metropolitan Police Service"),
        ("2022-09/2022-09-metropolitan-stop-and-search.csv", "Metropolitan Police Service"),
        ("2019-12-City-Of-London-Stop-And-Search (1).csv", "City of London Police"),
        ("2024-01-isle-of-man-stop-and-search.csv", "Isle of Man"),
        ("2022-09-metropolitan-street.csv", ""),
        ("stops.csv", ""),
        ("metropolitan-stop-and-search.csv", ""),
        ("2022-09--stop-and-search.csv", ""),
        ("2022-09-../x-stop-and-search.csv", ""),
    ],
)
def test_the_force_is_in_the_name_of_the_file(name: str, force: str) -> None:
    assert force_of_file(name, "stop-and-search") == force


def test_the_source_is_recognised_by_its_header() -> None:
    found = recognised(HEADER.split(","))
    assert found is not None
    assert found.name == KIND


@pytest.mark.django_db
def test_the_force_is_made_as_an_agency_of_the_united_kingdom() -> None:
    report = loaded(NEW, KIND)
    assert (report.rows_read, report.rows_new, report.rows_refused, report.stored) == (9, 9, 0, True)
    agency = Agency.objects.get()
    assert (agency.name, agency.country.name, agency.time_zone) == (
        "Metropolitan Police Service",
        "United Kingdom",
        "Europe/London",
    )
    assert ImportRun.objects.get().agency == agency


@pytest.mark.django_db
def test_equal_rows_are_kept_apart_and_the_file_adds_nothing_twice() -> None:
    loaded(NEW, KIND)
    again = loaded(NEW, KIND)
    assert (again.rows_new, again.rows_same) == (0, 9)
    assert Stop.objects.count() == 9
    assert Person.objects.filter(age_band=AgeBand.TO_34, race__label="Black").count() == 2


@pytest.mark.django_db
def test_every_row_is_a_search_and_asks_for_no_second_look() -> None:
    assert loaded(NEW, KIND).rows_flagged == 0
    assert not Person.objects.exclude(searched=True).exists()


@pytest.mark.django_db
def test_the_row_is_kept_as_published() -> None:
    loaded(NEW, KIND)
    recorded = StopPrivate.objects.get(stop__import_row=5).recorded
    assert "Mixed/Multiple ethnic groups - White and Asian" in recorded
    assert "Nightwatch" in recorded


@pytest.mark.django_db
def test_the_facts_have_the_recorded_age_band_and_filters_find_it() -> None:
    loaded(NEW, KIND)
    assert Counter(StopFact.objects.values_list("age_band", flat=True)) == {0: 4, 1: 2, 2: 1, 3: 2}
    assert set(StopFact.objects.values_list("age", flat=True)) == {-1}
    for filters, found in [
        ({"age_min": "18", "age_max": "34"}, 3),
        ({"age_max": "17"}, 2),
        ({"age_min": "19", "age_max": "34"}, 2),  # a band that is cut is not wholly within
        ({"age_min": "1"}, 5),
        ({"age_min": "35"}, 0),
    ]:
        assert Filters.read(filters).facts().count() == found, filters


@pytest.mark.django_db
def test_a_correction_keeps_the_recorded_age_band_until_an_age_is_known() -> None:
    loaded(NEW, KIND)
    stop = Stop.objects.with_parts().get(import_row=1)
    entry = StopEntry.of(stop)
    assert entry.persons[0].age_band == AgeBand.YOUNG
    user = make_user("Supervisor", agency=stop.agency)
    changed = StopEntry(**{**vars(entry), "place": "Victoria"})
    after = correct_stop(stop, changed, reason="The place was found", author=user, request=None)
    assert after.persons.get().age_band == AgeBand.YOUNG
    assert StopFact.objects.get(stop=after.pk).age_band == AgeBand.YOUNG


@pytest.mark.django_db
def test_the_file_of_another_force_is_refused_whoever_imports() -> None:
    make_agency("Essex Police", "United Kingdom")
    report = checked(NEW, KIND, agency="Essex Police")
    assert report.message == (
        "By its name the file is of Metropolitan Police Service, and it was to be imported for Essex Police. "
        "Import it for Metropolitan Police Service, or rename the file if its name is wrong."
    )
    assert not Stop.objects.exists()


@pytest.mark.django_db
def test_a_file_whose_name_tells_no_force_needs_an_agency(tmp_path: Path) -> None:
    plain = tmp_path / "stops.csv"
    plain.write_bytes(NEW.read_bytes())
    assert "Name the agency" in checked(plain, KIND).message
    assert loaded(plain, KIND, agency="Surrey Police").rows_new == 9
    assert Agency.objects.get().name == "Surrey Police"


@pytest.mark.django_db
def test_the_upload_page_asks_for_the_agency_only_when_the_name_tells_none() -> None:
    for name, asks in [(NEW.name, False), ("stops.csv", True)]:
        file = SimpleUploadedFile(name, NEW.read_bytes())
        form = UploadForm({}, {"file": file}, user=make_user("Analyst"))
        assert form.is_valid(), form.errors
        [file] = form.received
        assert (file.source.name, bool(file.asks)) == (KIND, asks)


@pytest.mark.django_db
def test_a_check_names_the_force_that_would_be_made() -> None:
    run = begun(NEW, KIND)
    engine.check(run, NEW)
    assert run.notes["new_agencies"] == ["Metropolitan Police Service"]
    assert engine.load(run, NEW).rows_new == 9
