"""The spreadsheet of an insight: the figures of the page, numbers as numbers, notes, and nothing that could run."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from insights.catalogue import CATALOGUE
from insights.columns import HIDDEN
from insights.tests.disclosure_ledger import write_ledger
from ledger.choices import AuditVerb
from ledger.models import AuditEvent, Violation
from ledger.tests.factories import make_agency, make_stop, make_user

pytestmark = pytest.mark.django_db
FORMULAS = ("=1+1", "@SUM(A1)", "+1", "-1", " =1", "\u00a0=1", "＝1", "'=1", '=HYPERLINK("http://x")')


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def book_of(client: Client, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, response.content
    return load_workbook(BytesIO(response.content))


def table(sheet: Any) -> list[dict[str, Any]]:
    head, *rows = [[cell.value for cell in row] for row in sheet]
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize("role", ["Analyst", "Policymaker"])
def test_every_cell_is_that_of_the_json(role: str) -> None:
    write_ledger(seed=5, persons=900)
    client, hidden = signed_in(role), 0
    for insight in CATALOGUE:
        told = client.get(f"/insights/{insight.slug}/?country=India&format=json").json()
        sheet = book_of(client, f"/insights/{insight.slug}/?country=India&format=xlsx")["Figures"]
        labels = [column.label for column in insight.columns.values()]
        rows = [[cell.value for cell in row] for row in sheet]
        assert rows[0] == labels, insight.slug
        due = [[row[name] for name in told["columns"]] for row in told["rows"]]
        assert rows[1:] == [[near(value) for value in row] for row in due], insight.slug
        hidden += sum(row.count(HIDDEN) for row in due)
    assert bool(hidden) == (role == "Policymaker")


def near(value: Any) -> Any:
    """The file keeps 16 digits."""
    return pytest.approx(value, rel=1e-14) if isinstance(value, float) else value


def test_numbers_are_numbers_in_the_format_of_the_page() -> None:
    for _ in range(3):
        make_stop(arrested=True)
    sheet = book_of(signed_in("Analyst"), "/insights/arrest-rate-by-age-band/?format=xlsx")["Figures"]
    stops, rate = sheet["B2"], sheet["D2"]
    assert (stops.value, stops.data_type, stops.number_format) == (3, "n", "#,##0")
    assert (rate.value, rate.data_type, rate.number_format) == (1, "n", "0.0%")
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:F2")


def test_the_notes_hold_filters_base_definitions_marks_and_limits() -> None:
    make_stop(agency=make_agency("India", "India"))
    client = signed_in("Policymaker")
    book = book_of(
        client, "/insights/arrest-rate-by-age-band/?country=India&date_after=2026-02-11&format=xlsx"
    )
    told = [(row["Part"], row["Name"] or "", row["Text"]) for row in table(book["Notes"])]
    assert ("About", "Based on", "[c] persons stopped") in told
    assert ("Filters", "Country", "India") in told
    assert ("Filters", "From day", "1 Feb 2026") in told
    assert ("Please note", "", "Days inside a month were widened to the whole month.") in told
    assert ("How it is counted", "Arrest rate", "Persons arrested ÷ persons stopped.") in told
    parts = {part for part, _, _ in told}
    assert parts >= {"About", "Filters", "Please note", "How it is counted", "Marks", "What it cannot show"}
    assert any(name == HIDDEN for part, name, _ in told if part == "Marks")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula(text: str) -> None:
    Violation.objects.filter(label="Speeding").update(label=text)
    make_stop(violation=text)
    sheet = book_of(signed_in("Analyst"), "/insights/most-common-violations/?format=xlsx")["Figures"]
    cell = sheet["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_what_a_spreadsheet_cannot_hold_is_replaced() -> None:
    Violation.objects.filter(label="Speeding").update(label="a\x0bb\x1f#N/A")
    make_stop(violation="a\x0bb\x1f#N/A")
    sheet = book_of(signed_in("Analyst"), "/insights/most-common-violations/?format=xlsx")["Figures"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("a\ufffdb\ufffd#N/A", "s")


def test_the_file_is_named_after_its_filters_and_never_after_a_vehicle() -> None:
    officer = signed_in("Officer")
    make_stop(vehicle="AB1")
    reply = officer.get("/insights/stops-by-hour/?agency=Riverton+Police&vehicle=AB1&searched=no&format=xlsx")
    assert reply["Content-Disposition"] == (
        'attachment; filename="stops-by-hour_agency-riverton-police_searched-no.xlsx"'
    )
    assert b"AB1" not in reply.content


def test_an_exact_spreadsheet_leaves_a_line_in_the_trail() -> None:
    make_stop()
    signed_in("Analyst").get("/insights/stops-by-hour/?format=xlsx")
    event = AuditEvent.objects.get(object_kind="insight")
    assert (event.verb, event.detail["format"]) == (AuditVerb.DISCLOSURE, "xlsx")


def test_the_web_process_starts_without_the_library() -> None:
    code = "import django, sys; django.setup(); import securecheck.urls; print('openpyxl' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
