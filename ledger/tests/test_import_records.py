"""Each row can be traced: records beside the rows of their file, of every kind; and undo for every kind."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from ledger.choices import AuditVerb
from ledger.imports.kinds import KINDS
from ledger.imports.records import first_records, noun_of, records_of
from ledger.imports.undo import undo
from ledger.models import AuditEvent, ImportRun, Incident, Offence, OffenceEntry, Stop
from ledger.tests.factories import make_agency, make_user
from ledger.tests.import_files import EXAMPLES, HEADER, begun, line, loaded, written
from ledger.tests.workbooks import workbook

pytestmark = pytest.mark.django_db

STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context\n"
    "{},2024-01,Kent Police,Kent Police,0.5,51.2,On or near High Street,E01024000,Maidstone 001A,Burglary,Under investigation,\n"
)


@pytest.fixture
def analyst(client: Client) -> User:
    user = make_user("Analyst")
    client.force_login(user)
    return user


def download(client: Client, run: ImportRun) -> list[dict[str, str]]:
    reply: Any = client.get(reverse("import-records", args=[run.key]))
    assert reply.status_code == 200
    text = b"".join(reply.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_every_kind_knows_what_its_rows_become() -> None:
    for kind in KINDS:
        names = {field.name for field in kind.model._meta.concrete_fields}
        assert {"import_run", "import_row"} <= names, kind.name


def test_stops_are_traced_to_their_rows(client: Client, analyst: User, tmp_path: Path) -> None:
    path = written(tmp_path, [line(), line(driver_age="900"), line(driver_age="31")])
    loaded(path, user=analyst, partial=True)
    run = ImportRun.objects.get()
    found = download(client, run)
    assert [(row["row"], row["age"], row["vehicle"]) for row in found] == [
        ("1", "30", "ON12AB3456"),
        ("3", "31", "ON12AB3456"),
    ]
    assert found[0]["reference"] == Stop.objects.get(import_row=1).reference
    page = client.get(run.get_absolute_url()).content.decode()
    assert "Its first stops" in page
    assert Stop.objects.get(import_row=3).get_absolute_url() in page
    assert AuditEvent.objects.filter(verb=AuditVerb.DISCLOSURE, detail__act="records").exists()


def test_other_kinds_are_traced_and_undone(client: Client, analyst: User, tmp_path: Path) -> None:
    path = tmp_path / "2024-01-kent-street.csv"
    path.write_text(STREET.format("a" * 64))
    loaded(path, "police-uk-street", user=analyst)
    run = ImportRun.objects.get()
    (row,) = download(client, run)
    assert (row["row"], row["agency"], row["words"], row["month"]) == (
        "1",
        "Kent Police",
        "Burglary",
        "2024-01-01",
    )
    page = client.get(run.get_absolute_url()).content.decode()
    assert "Its first incidents" in page
    asked = client.get(reverse("undo-import", args=[run.key])).content.decode()
    assert "the incidents of this import leave" in asked
    assert "corrected" not in asked
    done = client.post(reverse("undo-import", args=[run.key]), {"reason": "wrong file"}, follow=True)
    assert "Its incidents no longer count" in done.content.decode()
    assert not Incident.objects.current().exists()
    assert loaded(path, "police-uk-street").rows_new == 1


def test_an_undone_list_of_codes_gives_way_to_what_was_there(tmp_path: Path) -> None:
    before = Offence.objects.get(code="13A").name
    path = EXAMPLES / "nibrs-codes" / "codes.csv"
    run = begun(path, "nibrs-codes")
    from ledger.imports import engine

    assert engine.load(run, path).rows_new > 0
    assert records_of(run).header[:3] == ["row", "code", "name"]
    assert len(first_records(run)[1]) == min(10, OffenceEntry.objects.filter(import_run=run).count())
    undo(ImportRun.objects.get(), None, "wrong list")
    assert Offence.objects.get(code="13A").name == before


def test_records_are_for_those_who_may_see_rows(client: Client, analyst: User, tmp_path: Path) -> None:
    loaded(written(tmp_path, [line()]), user=analyst)
    run = ImportRun.objects.get()
    client.force_login(make_user("Analyst"))
    assert client.get(reverse("import-records", args=[run.key])).status_code == 403
    assert "Its first stops" not in client.get(run.get_absolute_url()).content.decode()


def test_the_parts_of_a_workbook_have_their_pages_and_errors(
    client: Client, analyst: User, tmp_path: Path
) -> None:
    rows = {
        name: [HEADER.split(","), line(driver_age=age).split(",")]
        for name, age in (("Jan", "30"), ("Feb", "900"))
    }
    loaded(workbook(tmp_path / "a.xlsx", **rows), user=analyst, partial=True)
    whole = ImportRun.objects.get(parent=None)
    page = client.get(whole.get_absolute_url()).content.decode()
    jan, feb = whole.parts.order_by("pk")
    assert jan.get_absolute_url() in page
    assert "is not an age" in client.get(feb.get_absolute_url()).content.decode()
    assert "part of" in client.get(jan.get_absolute_url()).content.decode()
    assert "a.xlsx, sheet Jan in a.xlsx" in client.get(Stop.objects.get().get_absolute_url()).content.decode()
    assert client.get(reverse("imports")).content.decode().count("a.xlsx") == 1


def test_an_archive_of_several_kinds_speaks_of_records(tmp_path: Path) -> None:
    assert noun_of(ImportRun(source="police-uk-archive")) == "records"
    assert noun_of(ImportRun(source="police-uk-outcomes")) == "outcomes of crimes"
    assert noun_of(ImportRun(source="gone")) == "records"


def test_the_import_that_brought_a_stop_is_linked_for_those_who_may_open_it(
    client: Client, tmp_path: Path
) -> None:
    """An analyst's import of several agencies is not in the reach of their supervisors."""
    loaded(written(tmp_path, [line()]), user=make_user("Analyst"))
    run, stop = ImportRun.objects.get(), Stop.objects.get()
    client.force_login(make_user("Supervisor", make_agency("Canada", "Canada")))
    page = client.get(stop.get_absolute_url()).content.decode()
    assert "row 1 of stops.csv" in page
    assert run.get_absolute_url() not in page
