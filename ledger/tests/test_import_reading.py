"""A file that no kind fits: what its rows are is chosen, its columns are guessed and changed, and the choice is remembered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.choices import ImportState
from ledger.imports import mappings, uploads
from ledger.models import Agency, ColumnMapping, ImportRun, Incident, Person, Stop
from ledger.tests.factories import make_agency, make_user
from ledger.tests.import_files import HEADER, line
from ledger.tests.test_import_tasks import check, load
from ledger.tests.workbooks import workbook

pytestmark = pytest.mark.django_db

ODD = (
    "Datum,Zeit,Dept,Sex,Alter,Ethnicity,Why,Result,Searched?,Plate no\n"
    "31/01/2024,2:30 PM,Riverton Police,M,34,White,Speeding,Warning,no,AB12 CDE\n"
    "01/02/2024,11:05 PM,Riverton Police,F,22,Black,DUI,Arrest,yes,XY99 ZZZ\n"
)
SAID = {"source": "stops-by-mapping", "value-dates": "day/month/year", "value-country": "India"}
COLUMNS = {
    "column-stopped_on": "Datum", "column-stopped_at": "Zeit", "column-agency": "Dept", "column-gender": "Sex",
    "column-age": "Alter", "column-race_id": "Ethnicity", "column-violation_id": "Why", "column-outcome": "Result",
    "column-searched": "Searched?", "column-vehicle": "Plate no",
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.UPLOADS = tmp_path / "uploads"
    return tmp_path / "uploads"


@pytest.fixture
def analyst(client: Client) -> User:
    user = make_user("Analyst")
    client.force_login(user)
    return user


def uploaded(client: Client, content: str | bytes = ODD, name: str = "odd.csv", **data: Any) -> ImportRun:
    content = content.encode() if isinstance(content, str) else content
    reply = client.post(reverse("new-import"), {"file": SimpleUploadedFile(name, content), **data})
    assert reply.status_code == 302, reply.content.decode()
    return ImportRun.objects.get(key=reply["Location"].strip("/").split("/")[-1])


def reading(run: ImportRun) -> str:
    return reverse("import-reading", args=[run.key])


def shown(client: Client, run: ImportRun, **query: str) -> str:
    reply = client.get(reading(run), query)
    assert reply.status_code == 200
    return " ".join(reply.content.decode().split())


def chosen(found: str, name: str) -> str:
    """What is selected in a field of the page."""
    inside = found.split(f'name="{name}"')[1].split("</select>")[0]
    return inside.split(" selected")[0].rsplit('value="', 1)[1].split('"')[0] if " selected" in inside else ""


def test_an_unknown_file_is_kept_and_its_columns_are_chosen(client: Client, analyst: User) -> None:
    run = uploaded(client)
    assert (run.state, run.source) == (ImportState.ASKING, "")
    assert client.get(run.get_absolute_url())["Location"] == reading(run)
    assert "The header fits no kind of file known here" in shown(client, run)
    assert client.post(reading(run), SAID | COLUMNS).status_code == 302
    run.refresh_from_db()
    assert (run.state, run.source) == (ImportState.UPLOADED, "stops-by-mapping")
    checked = check(run)
    assert (checked.rows_new, checked.rows_refused, checked.message) == (2, 0, "")
    load(run)
    stop = Stop.objects.earliest("stopped_on")
    assert (str(stop.stopped_on), str(stop.stopped_at), stop.agency.name) == (
        "2024-01-31",
        "14:30:00",
        "Riverton Police",
    )
    assert sorted(Person.objects.values_list("age", flat=True)) == [22, 34]


def test_columns_are_guessed_by_names_and_values_with_three_values_each(
    client: Client, analyst: User
) -> None:
    """“Why” and “Zeit” by their values, “Plate no” by both; “Alter” cannot be told from any other number."""
    found = shown(client, uploaded(client), source="stops-by-mapping")
    guessed = {name.removeprefix("column-"): chosen(found, name) for name in COLUMNS}
    assert guessed == {
        "stopped_on": "Datum", "stopped_at": "Zeit", "agency": "", "gender": "Sex", "age": "", "race_id": "Ethnicity",
        "violation_id": "Why", "outcome": "Result", "searched": "Searched?", "vehicle": "Plate no",
    }  # fmt: skip
    assert '<span class="mono">31/01/2024</span> · <span class="mono">01/02/2024</span>' in found


def test_what_must_be_said_and_chosen_is_asked_all_at_once(client: Client, analyst: User) -> None:
    run = uploaded(client)
    found = client.post(reading(run), {"source": "stops-by-mapping", "column-age": "Alter"}).content.decode()
    assert "This must be said" in found
    assert "Choose the column for “Date”" in found
    assert 'value="Alter" selected' in found, "what was chosen stays"
    run.refresh_from_db()
    assert run.state == ImportState.ASKING


def test_a_way_of_reading_is_remembered_by_the_header_and_offered(client: Client, analyst: User) -> None:
    client.post(reading(uploaded(client)), SAID | COLUMNS)
    again = uploaded(client, ODD.replace("Speeding", "Signal"), "other.csv")
    found = shown(client, again)
    assert "Read before:" in found
    assert (chosen(found, "column-age"), chosen(found, "value-dates")) == ("Alter", "day/month/year")
    assert "Read before:" not in shown(client, uploaded(client, ODD.replace("Zeit", "Uhr")))
    client.force_login(make_user("Analyst"))
    assert "Read before:" not in shown(client, uploaded(client)), "another analyst has not read it"


def test_a_table_of_crimes_is_read_by_choice_of_columns_and_remembered(client: Client) -> None:
    lakeside = make_agency("Lakeside Police")
    client.force_login(make_user("Supervisor", lakeside))
    crimes = (
        "Aktenzeichen,Tattag,Delikt,Ort\nA-1,31/01/2024,Burglary,Main St\nA-2,01/02/2024,Robbery,Mill Rd\n"
    )
    run = uploaded(client, crimes, "crimes.csv")
    found = shown(client, run, source="incidents-by-mapping")
    assert (chosen(found, "column-occurred_on"), chosen(found, "column-group")) == ("Tattag", "Delikt")
    assert '<span class="mono">A-1</span> · <span class="mono">A-2</span>' in found
    data = {
        "source": "incidents-by-mapping",
        "value-dates": "day/month/year",
        "column-report": "Aktenzeichen",
    }
    without = client.post(reading(run), data | {"column-words": "Delikt"}).content.decode()
    assert "lacks the column “occurred_on”" in without
    client.post(reading(run), data | {"column-occurred_on": "Tattag", "column-words": "Delikt"})
    assert check(ImportRun.objects.get(pk=run.pk)).rows_new == 2
    load(ImportRun.objects.get(pk=run.pk))
    assert list(Incident.objects.order_by("key").values_list("key", "words", "agency__name")) == [
        ("A-1", "Burglary", "Lakeside Police"),
        ("A-2", "Robbery", "Lakeside Police"),
    ]
    again = shown(client, uploaded(client, crimes.replace("A-", "B-"), "more.csv"))
    assert "Read before:" in again
    assert chosen(again, "column-report") == "Aktenzeichen"


def test_supervisors_of_an_agency_share_what_they_remember(client: Client) -> None:
    riverton, lakeside = make_agency("Riverton Police"), make_agency("Lakeside Police")
    for agency, remembered in ((riverton, False), (riverton, True), (lakeside, False)):
        client.force_login(make_user("Supervisor", agency))
        run = uploaded(client)
        assert ("Read before:" in shown(client, run)) == remembered
        client.post(reading(run), SAID | COLUMNS)
    assert ColumnMapping.objects.count() == 2


def test_a_supervisors_rows_are_the_own_agencys_whatever_is_sent(client: Client) -> None:
    riverton, lakeside = make_agency("Riverton Police"), make_agency("Lakeside Police")
    client.force_login(make_user("Supervisor", lakeside))
    run = uploaded(client)
    assert "census" not in shown(client, run)
    client.post(reading(run), SAID | COLUMNS | {"agency": riverton.pk, "new_agency": "Elsewhere"})
    checked = check(ImportRun.objects.get(pk=run.pk))
    assert (checked.agency, checked.rows_refused) == (lakeside, 2)
    client.post(reading(run), {"source": "police-uk-archive"})
    assert ImportRun.objects.get(pk=run.pk).source == "stops-by-mapping"


def test_a_checked_file_can_be_read_anew(client: Client, analyst: User) -> None:
    run = uploaded(client)
    client.post(reading(run), SAID | COLUMNS | {"value-dates": "month/day/year"})
    assert check(ImportRun.objects.get(pk=run.pk)).rows_refused == 1
    assert "Change how it is read" in client.get(run.get_absolute_url()).content.decode()
    client.post(reading(run), SAID | COLUMNS)
    assert check(ImportRun.objects.get(pk=run.pk)).rows_refused == 0
    ImportRun.objects.update(state=ImportState.LOADED)
    assert client.post(reading(run), SAID | COLUMNS)["Location"] == run.get_absolute_url()


def test_a_recognised_file_that_names_no_agency_asks_for_it(client: Client, analyst: User) -> None:
    from ledger.tests.import_files import EXAMPLES

    run = uploaded(client, (EXAMPLES / "open-policing-with-age.csv").read_bytes(), "stops.csv")
    assert (run.state, run.source) == (ImportState.ASKING, "open-policing")
    found = shown(client, run)
    columns = {name: chosen(found, name) for name in _column_fields(found)}
    assert (
        "Choose the agency"
        in client.post(reading(run), {"source": "open-policing", **columns}).content.decode()
    )
    client.post(reading(run), {"source": "open-policing", **columns, "new_agency": "State Police"})
    kept = ImportRun.objects.get(pk=run.pk)
    assert (kept.state, kept.notes["agency"], kept.options) == (ImportState.UPLOADED, "State Police", {})
    assert check(kept).rows_new == 2


def _column_fields(found: str) -> list[str]:
    return [part.split('"')[0] for part in found.split('name="')[1:] if part.startswith("column-")]


def test_the_sheet_is_chosen(client: Client, analyst: User, tmp_path: Path) -> None:
    rows = {
        name: [HEADER.split(","), line(driver_age=age).split(",")]
        for name, age in (("Jan", "30"), ("Feb", "31"))
    }
    run = uploaded(
        client, workbook(tmp_path / "a.xlsx", Notes=[("read", "me")], **rows).read_bytes(), "a.xlsx"
    )
    assert check(run).rows_read == 2, "all sheets that fit"
    parts = client.get(run.get_absolute_url()).content.decode()
    assert "a.xlsx, sheet Jan" in parts
    found = shown(client, run, sheet="Feb")
    columns = {name: chosen(found, name) for name in _column_fields(found)}
    client.post(reading(run), {"source": "securecheck", "sheet": "Feb", **columns})
    kept = ImportRun.objects.get(pk=run.pk)
    assert (kept.options, kept.parts.count()) == ({"sheet": "Feb"}, 0)
    assert check(kept).rows_read == 1
    client.post(reading(run), {"source": "securecheck", "sheet": "No such sheet", **columns})
    assert ImportRun.objects.get(pk=run.pk).options == {}


def test_only_who_uploaded_a_file_says_how_it_is_read(client: Client, analyst: User) -> None:
    run = uploaded(client)
    client.force_login(make_user("Analyst"))
    assert client.get(reading(run)).status_code == 403
    assert "has not said yet how it is read" in client.get(run.get_absolute_url()).content.decode()
    client.force_login(make_user("Supervisor"))
    assert client.get(reading(run)).status_code == 404


def test_a_file_can_be_given_up_before_it_is_read(client: Client, analyst: User, folder: Path) -> None:
    run = uploaded(client)
    client.post(reverse("load-import", args=[run.key]), {"choice": "load"})
    assert ImportRun.objects.get().state == ImportState.ASKING, "nothing is loaded that was not checked"
    client.post(reverse("load-import", args=[run.key]), {"choice": "nothing"})
    assert ImportRun.objects.get().state == ImportState.ABANDONED


def test_a_file_that_is_gone_is_explained(client: Client, analyst: User) -> None:
    run = uploaded(client)
    uploads.drop(run.stored_name)
    assert "Could not be read" in shown(client, run)


def test_hostile_headers_are_shown_as_text_and_never_kept_as_html(client: Client, analyst: User) -> None:
    run = uploaded(client, "Datum,<script>alert(1)</script>,</select>\nx,y,</script><b>\n")
    found = shown(client, run, source="stops-by-mapping")
    assert "<script>alert" not in found
    assert "</script><b>" not in found


def test_a_digest_forgets_padding_and_capitals_and_nothing_else() -> None:
    assert mappings.digest_of([" Stop  date", "Age"]) == mappings.digest_of(["stop date", "AGE "])
    assert mappings.digest_of(["age", "stop date"]) != mappings.digest_of(["stop date", "age"])
    assert mappings.digest_of(["a,b"]) != mappings.digest_of(["a", "b"])


def test_the_newest_way_of_reading_counts(analyst: User) -> None:
    for options in ({"values": {"dates": "a"}}, {"values": {"dates": "b"}}):
        mappings.remember(analyst, ["x", "y"], "stops-by-mapping", options)
    (kept,) = ColumnMapping.objects.all()
    assert (kept.options["values"], kept.used_at <= timezone.now()) == ({"dates": "b"}, True)
    assert not Agency.objects.exists()
