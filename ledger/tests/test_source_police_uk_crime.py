"""Street-level crime and outcomes of data.police.uk: each oddity row by row, and what becomes of it in the ledger."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ledger.choices import OffenceGroup
from ledger.imports.cleaning import Batch
from ledger.imports.forms import UploadForm
from ledger.imports.reader import Reader
from ledger.imports.sources import recognised
from ledger.imports.undo import undo
from ledger.models import Agency, Area, ImportRun, Incident, IncidentOutcome
from ledger.tests.factories import make_agency, make_user
from ledger.tests.import_files import EXAMPLES, batches, checked, known_by_hand, loaded, said, source

STREET, OUTCOMES = "police-uk-street", "police-uk-outcomes"
ESSEX = EXAMPLES / STREET / "2024-03-essex-street.csv"
OLD = EXAMPLES / STREET / "2012-06-essex-street.csv"
RAILWAY = EXAMPLES / STREET / "2024-03-btp-street.csv"
IRELAND = EXAMPLES / STREET / "2024-03-northern-ireland-street.csv"
BAD = EXAMPLES / STREET / "2024-03-surrey-street.csv"
SETTLED = EXAMPLES / OUTCOMES / "2024-04-essex-outcomes.csv"


def read(path: Path, kind: str = STREET, **known: Any) -> Batch:
    with path.open("rb") as file:
        (batch,) = batches(source(kind), Reader(file), known_by_hand(**known))
    return batch


def rows_of(path: Path, kind: str = STREET) -> dict[int, dict[str, Any]]:
    return {int(number): dict(values.dropna()) for number, values in read(path, kind).rows.iterrows()}


def crime(number: int) -> str:
    """The id of a crime of the examples."""
    return hashlib.sha256(f"example {number}".encode()).hexdigest()


def rewritten(path: Path, folder: Path, *changes: tuple[str, str], name: str = "") -> Path:
    """The file with words replaced, under its own name or another."""
    text = path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    copy = folder / (name or path.name)
    copy.write_text(text)
    return copy


def test_a_crime_is_understood() -> None:
    assert rows_of(ESSEX)[1] == {
        "month": "2024-03-01",
        "agency": "Essex Police",
        "longitude": "0.478102",
        "latitude": "51.736511",
        "place": "On or near High Street",
        "area_kind": "lsoa",
        "area_code": "E01021501",
        "area_name": "Chelmsford 011A",
        "words": "Burglary",
        "group": OffenceGroup.BURGLARY,
        "outcome": "Investigation complete; no suspect identified",
        "key": crime(1),
        "apart": "f",
    }


def test_what_has_no_id_is_told_by_month_type_and_point_and_never_by_its_outcome() -> None:
    rows = rows_of(ESSEX)
    key = "2024-03 anti-social behaviour 51.736511,0.478102"
    assert [(rows[number]["key"], rows[number]["apart"]) for number in (2, 3)] == [(key, "t")] * 2
    assert rows[4]["key"] == "2024-03 anti-social behaviour 51.733310,0.469313"
    assert rows[19]["key"] == "2024-03 anti-social behaviour no location"


def test_of_rows_that_repeat_an_id_the_one_with_a_point_and_an_outcome_stands() -> None:
    rows = rows_of(ESSEX)
    assert not {5, 6} & set(rows)
    assert (rows[7]["key"], rows[7]["outcome"]) == (crime(2), "Offender given a caution")


def test_no_location_is_an_unknown_place() -> None:
    assert not {"place", "latitude", "longitude", "area_name", "area_kind"} & set(rows_of(ESSEX)[8])


def test_blanks_are_single_in_places() -> None:
    assert rows_of(ESSEX)[9]["place"] == "On or near St John's Lane"
    assert rows_of(RAILWAY)[1]["place"] == "St Pancras (Station)"


def test_crime_types_of_all_years_have_a_group() -> None:
    kinds = {row["words"]: row["group"] for path in (ESSEX, OLD) for row in rows_of(path).values()}
    assert len(kinds) == 14 + 2  # those of today, and the two of 2012 that are no more
    assert kinds["Violent crime"] == kinds["Violence and sexual offences"] == OffenceGroup.ASSAULT
    assert kinds["Public disorder and weapons"] == kinds["Public order"] == OffenceGroup.DISORDER
    assert Counter(kinds.values())[OffenceGroup.OTHER] == 1


def test_northern_ireland_has_no_areas_and_streets_without_a_name() -> None:
    rows = rows_of(IRELAND)
    assert not [row for row in rows.values() if "area_name" in row or "outcome" in row]
    assert [row.get("place") for row in rows.values()] == [None, None, "On or near Main Street", None]


def test_an_area_without_a_name_is_called_by_its_code(tmp_path: Path) -> None:
    nameless = rewritten(ESSEX, tmp_path, ("Chelmsford 011A", ""))
    assert rows_of(nameless)[1]["area_name"] == "E01021501"


def test_a_file_may_lack_what_does_not_matter(tmp_path: Path) -> None:
    short = tmp_path / "2024-03-essex-street.csv"
    short.write_text("Month,Reported by,Crime type\n2024-03,Essex Police,Burglary\n")
    assert rows_of(short)[1] == {
        "month": "2024-03-01",
        "agency": "Essex Police",
        "words": "Burglary",
        "group": OffenceGroup.BURGLARY,
        "key": "2024-03 burglary no location",
        "apart": "t",
    }


def test_what_is_not_understood_is_told_cell_by_cell() -> None:
    batch = read(BAD, only_agency="Surrey Police")
    assert [(error.row, error.column) for error in batch.complaints] == [
        (1, "Crime type"),
        (2, "Month"),
        (3, "Month"),
        (4, "Month"),
        (5, "Crime ID"),
        (6, "Latitude"),
        (7, "Reported by"),
        (8, "Reported by"),
        (9, "Crime type"),
    ]
    assert list(batch.rows.index) == [10]
    said = [error.message for error in batch.complaints]
    assert said[0].startswith("is not a known crime type. Known are: anti-social behaviour, bicycle theft")
    assert said[3] == "is in the future"
    assert said[6] == "is another agency; this import is for Surrey Police only"


def test_an_outcome_is_understood() -> None:
    assert rows_of(SETTLED, OUTCOMES)[6] == {
        "incident_key": crime(21),
        "month": "2024-04-01",
        "agency": "Essex Police",
        "outcome": "Offender given a caution",
    }


def test_outcomes_that_are_not_understood_are_refused() -> None:
    bad = EXAMPLES / OUTCOMES / "2024-04-surrey-outcomes.csv"
    batch = read(bad, OUTCOMES, only_agency="Surrey Police")
    assert [(error.row, error.column) for error in batch.complaints] == [
        (1, "Outcome type"),
        (2, "Crime ID"),
        (3, "Month"),
        (4, "Reported by"),
    ]
    assert list(batch.rows.index) == [5]


@pytest.mark.parametrize("path, name", [(ESSEX, STREET), (SETTLED, OUTCOMES)])
def test_both_are_recognised_by_their_header(path: Path, name: str) -> None:
    found = recognised(path.read_text().splitlines()[0].split(","))
    assert found is not None
    assert found.name == name


@pytest.mark.django_db
def test_crimes_are_in_the_ledger_with_month_area_and_group() -> None:
    report = loaded(ESSEX, STREET)
    assert (report.rows_read, report.rows_new, report.rows_same, report.rows_refused) == (19, 17, 2, 0)
    agency = Agency.objects.get()
    assert (agency.name, agency.country.name, agency.time_zone) == (
        "Essex Police",
        "United Kingdom",
        "Europe/London",
    )
    incident = Incident.objects.get(key=crime(1))
    assert (incident.agency, incident.month, incident.occurred_on, incident.reported_on) == (
        agency,
        date(2024, 3, 1),
        None,
        None,
    )
    assert (incident.latitude, incident.longitude) == (51.736511, 0.478102)
    assert incident.group == OffenceGroup.BURGLARY
    assert incident.area
    assert (incident.area.kind, incident.area.code, incident.area.agency) == ("lsoa", "E01021501", None)
    assert report.notes["empty_columns"] == ["Context"]
    assert report.notes["noticed"] == [
        {"what": "with the id of another row, taken as the same crime", "rows": 2, "first": [5, 6]}
    ]


@pytest.mark.django_db
def test_equal_rows_without_an_id_are_counted_and_the_file_adds_nothing_twice() -> None:
    assert loaded(RAILWAY, STREET).rows_new == 6
    keys = Incident.objects.filter(words="Other theft").order_by("import_row").values_list("key", flat=True)
    first = "2024-03 other theft 51.530900,-0.126240"
    assert list(keys) == [first, f"{first}#2", f"{first}#3"]
    assert loaded(RAILWAY, STREET).rows_same == 6


@pytest.mark.django_db
def test_the_same_crime_from_a_later_extract_is_one_incident(tmp_path: Path) -> None:
    loaded(ESSEX, STREET)
    later = rewritten(
        ESSEX,
        tmp_path,
        ("Under investigation", "Unable to prosecute suspect"),
        ("On or near High Street", "On or near Theatre/concert Hall"),
        ("Chelmsford 011B", "Chelmsford 012B"),
    )
    with later.open("a", newline="") as file:
        row = next(csv.reader(ESSEX.read_text().splitlines()[2:3]))
        csv.writer(file, lineterminator="\n").writerow(row)  # a third one that is told the same
    report = loaded(later, STREET)
    assert (report.rows_new, report.rows_same, report.rows_refused) == (1, 19, 0)
    assert Incident.objects.filter(words="Anti-social behaviour").count() == 5
    assert Incident.objects.get(key=crime(3)).outcome == "Under investigation"  # as first loaded


@pytest.mark.django_db
def test_crlf_and_lf_tell_the_same(tmp_path: Path) -> None:
    assert b"\r\n" in OLD.read_bytes()
    loaded(OLD, STREET)
    assert loaded(rewritten(OLD, tmp_path, ("Essex", "Essex")), STREET).rows_same == 5


@pytest.mark.django_db
def test_an_area_that_was_renamed_is_the_one_of_its_code(tmp_path: Path) -> None:
    loaded(ESSEX, STREET)
    months = ("2024-03", "2024-04"), ("Chelmsford 011A", "Chelmsford 029A")
    loaded(rewritten(ESSEX, tmp_path, *months, name="2024-04-essex-street.csv"), STREET)
    area = Area.objects.get(code="E01021501")
    assert area.name == "Chelmsford 011A"
    assert set(Incident.objects.filter(area=area).values_list("month", flat=True)) == {
        date(2024, 3, 1),
        date(2024, 4, 1),
    }


@pytest.mark.django_db
def test_an_undone_file_can_be_loaded_again_and_counts_once() -> None:
    loaded(ESSEX, STREET)
    undo(ImportRun.objects.get(), None, "wrong month")
    assert not Incident.objects.current().exists()
    assert loaded(ESSEX, STREET).rows_new == 17
    assert (Incident.objects.current().count(), Incident.objects.count()) == (17, 34)


@pytest.mark.django_db
def test_rows_of_another_force_than_the_file_names_are_refused(tmp_path: Path) -> None:
    other = rewritten(ESSEX, tmp_path, name="2024-03-kent-street.csv")
    report = loaded(other, STREET)
    assert (report.rows_refused, report.stored) == (19, False)
    assert said(report)[0] == (1, "Reported by")
    assert not Agency.objects.filter(name="Kent Police").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["crimes.csv", "2024-03-new-force-street.csv"])
def test_where_the_name_tells_no_known_force_the_rows_do(tmp_path: Path, name: str) -> None:
    assert loaded(rewritten(ESSEX, tmp_path, name=name), STREET).rows_new == 17
    assert Agency.objects.get().name == "Essex Police"


@pytest.mark.django_db
def test_a_supervisor_brings_only_the_own_force(tmp_path: Path) -> None:
    make_agency("Kent Police", "United Kingdom")
    assert "By its name the file is of Essex Police" in checked(ESSEX, STREET, agency="Kent Police").message
    unnamed = rewritten(ESSEX, tmp_path, name="crimes.csv")
    assert checked(unnamed, STREET, agency="Kent Police").rows_refused == 19


@pytest.mark.django_db
def test_outcomes_are_in_the_ledger_by_the_id_of_their_crime() -> None:
    loaded(ESSEX, STREET)
    report = loaded(SETTLED, OUTCOMES)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (7, 7, 0)
    assert (loaded(SETTLED, OUTCOMES).rows_same, IncidentOutcome.objects.count()) == (7, 7)
    of_ten = IncidentOutcome.objects.filter(incident_key=crime(10)).values_list("outcome", flat=True)
    assert Counter(of_ten) == {"Suspect charged": 2, "Defendant found not guilty": 1}
    assert set(IncidentOutcome.objects.values_list("month", flat=True)) == {date(2024, 4, 1)}
    known = set(Incident.objects.values_list("key", flat=True))
    assert set(IncidentOutcome.objects.values_list("incident_key", flat=True)) - known == {
        crime(21),
        crime(99),
    }


@pytest.mark.django_db
def test_the_upload_page_recognises_both_without_an_agency() -> None:
    for path, name in [(ESSEX, STREET), (SETTLED, OUTCOMES)]:
        form = UploadForm(
            {}, {"file": SimpleUploadedFile(path.name, path.read_bytes())}, user=make_user("Analyst")
        )
        assert form.is_valid(), form.errors
        assert [(file.source.name, file.asks) for file in form.received] == [(name, [])]
