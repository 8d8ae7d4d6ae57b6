from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ledger.models import AuditEvent, ImportRun, ImportUndo, Person, Race, Stop, StopPrivate
from ledger.tables import HEADINGS, TEXTS, StopTable
from ledger.tests.factories import make_agency, make_post, make_stop, make_user, next_stop_number
from ledger.tests.stops import list_page, listed, log, newest, signed_in, user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    return signed_in()


def csv_of(client: Client, query: str = "?") -> list[dict[str, str]]:
    response: Any = client.get(f"{reverse('stops')}{query}&format=csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_newest_stop_comes_first(officer: Client) -> None:
    old, new = make_stop(on=date(2026, 3, 1)), make_stop(on=date(2026, 3, 2), at=time(9, 0))
    newer = make_stop(on=date(2026, 3, 2), at=time(10, 0))
    assert listed(officer) == [newer, new, old]


def test_only_the_own_agencys_current_stops_are_listed(officer: Client) -> None:
    make_stop(make_agency("Elsewhere Police"))
    first = make_stop(vehicle="LB76KBP")
    second = Stop.objects.create(
        number=first.number, version=2, supersedes=first, agency=first.agency, stopped_on=first.stopped_on
    )
    run = ImportRun.objects.create(source="securecheck", file_name="a.csv")
    make_stop(stop={"import_run": run, "import_row": 1})
    ImportUndo.objects.create(import_run=run, reason="wrong file")
    assert listed(officer) == [second]


def test_the_count_says_how_many_of_how_many(officer: Client) -> None:
    for violation in ("DUI", "DUI", "Speeding"):
        make_stop(violation=violation)
    assert "2 of 3 stops" in list_page(officer, "?violation=DUI")


def test_no_csv_comes_of_filters_that_cannot_be_understood(officer: Client) -> None:
    make_stop()
    assert "neither yes nor no" in list_page(officer, "?searched=maybe&format=csv")


def test_an_empty_ledger_is_fine(officer: Client) -> None:
    page = list_page(officer)
    assert "0 of 0 stops" in page
    assert "No stops here yet" in page


def test_the_page_size_is_remembered(officer: Client) -> None:
    for _ in range(30):
        make_stop()
    assert len(listed(officer)) == 25
    assert len(listed(officer, "?per_page=50")) == 30
    assert len(listed(officer)) == 30


@pytest.mark.parametrize(
    "query", ["per_page=1000000", "per_page=-1", "per_page=²", "page=99", "page=0", "page=x", "page=1e9"]
)
def test_odd_pages_and_sizes_do_no_harm(officer: Client, query: str) -> None:
    stop = make_stop()
    assert listed(officer, f"?{query}") == [stop]


def test_columns_are_chosen_and_remembered(officer: Client) -> None:
    make_stop(race="Black", gender=2)
    shown = list_page(officer, "?columns=reference&columns=race&columns=gender&columns=nonsense")
    assert "Female" in shown
    headings = re.findall(r'<th[^>]*scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', list_page(officer))
    assert [heading.strip() for heading in headings] == ["Stop", "Gender", "Race"]


@pytest.mark.parametrize(
    "name", [name for name, column in StopTable.base_columns.items() if column.orderable]
)
def test_every_column_that_offers_it_can_be_sorted_both_ways(officer: Client, name: str) -> None:
    stops = [
        make_stop(vehicle="B2", stop={"post": make_post("B")}),
        make_stop(vehicle="A1", at=None, on=date(2026, 1, 1)),
    ]
    up, down = (
        listed(officer, f"?columns={name}&sort={name}"),
        listed(officer, f"?columns={name}&sort=-{name}"),
    )
    assert {stop.pk for stop in up} == {stop.pk for stop in stops}
    assert up == down[::-1]


@pytest.mark.parametrize(
    "name", ["private__words", "author__password", "persons__age", "state", "pk", "-", "?"]
)
def test_only_declared_columns_sort(officer: Client, name: str) -> None:
    new, old = make_stop(on=date(2026, 3, 2)), make_stop(on=date(2026, 3, 1))
    assert listed(officer, f"?sort={name}") in ([new, old],)


def test_the_tabs_are_the_own_stops(officer: Client) -> None:
    other = make_stop()
    log(officer)
    own = newest()
    assert listed(officer, "?show=shift") == [own]
    assert listed(officer, "?show=mine") == [own]
    assert set(listed(officer)) == {own, other}
    assert "1 of 1 stop" in list_page(officer, "?show=week")


def test_an_own_stop_stays_own_when_another_corrected_it(officer: Client) -> None:
    log(officer)
    first = newest()
    second = Stop.objects.create(
        number=first.number, version=2, supersedes=first, agency=first.agency, stopped_on=first.stopped_on,
        author=make_user("Supervisor"),
    )  # fmt: skip
    assert listed(officer, "?show=shift") == [second]


def test_the_csv_is_exactly_what_is_filtered(officer: Client) -> None:
    for number in range(30):
        make_stop(violation="DUI" if number % 3 else "Speeding", vehicle=f"AB{number}", at=time(10, number))
    rows = csv_of(officer, "?violation=DUI")
    assert len(rows) == 20
    assert {row["violation"] for row in rows} == {"DUI"}
    assert list(rows[0]) == list(TEXTS)
    assert [row["reference"] for row in rows][:3] == [
        stop.reference for stop in listed(officer, "?violation=DUI")
    ][:3]


def test_several_persons_stand_in_one_cell_in_their_order(officer: Client) -> None:
    stop = make_stop(outcome=2, age=None, race="Black")
    Person.objects.create(stop=stop, position=2, outcome=5, age=19, race=Race.objects.get(label="White"))
    row = csv_of(officer)[0]
    assert (row["outcome"], row["age"], row["race"]) == ("Warning | Arrest", " | 19", "Black | White")


def test_cells_that_would_run_as_formulas_are_escaped(officer: Client) -> None:
    make_stop(stop={"post": make_post("=HYPERLINK(1)")})
    assert csv_of(officer)[0]["post"] == "'=HYPERLINK(1)"


def test_each_download_is_in_the_trail_with_its_rows_and_without_plates(officer: Client) -> None:
    make_stop(vehicle="LB76KBP")
    csv_of(officer, "?vehicle=LB76KBP")
    event = AuditEvent.objects.get(verb="disclosure")
    assert (event.detail["rows"], event.detail["filters"]) == (1, {"vehicle": "given"})
    list_page(officer, "?vehicle=LB76KBP&violation=Speeding")
    told = AuditEvent.objects.filter(verb="consultation").latest("id").detail
    assert told == {"filters": {"vehicle": "given", "violation": "Speeding"}, "rows": 1}


def test_stored_text_is_shown_as_text(officer: Client) -> None:
    stop = make_stop(vehicle="LB76KBP", stop={"post": make_post("<script>alert(1)</script>")})
    StopPrivate.objects.filter(stop=stop).update(words="<img src=x onerror=alert(1)>{{ 7|add:7 }}")
    for page in (list_page(officer), officer.get(stop.get_absolute_url()).content.decode()):
        assert "<script>alert" not in page
        assert "<img" not in page


def many(count: int) -> None:
    """Stops as imports make them, quickly."""
    agency, post = make_agency(), make_post()
    stops = Stop.objects.bulk_create(
        Stop(number=next_stop_number(), agency=agency, post=post, stopped_on=date(2026, 3, 2), flags=8)
        for _ in range(count)
    )
    Person.objects.bulk_create(Person(stop=stop, race_id=1) for stop in stops)


def queries(run: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        run()
    return len(seen)


def test_one_stop_and_fifty_cost_the_same_queries(officer: Client) -> None:
    address = reverse("stops") + "?per_page=50&columns=" + "&columns=".join(HEADINGS)
    many(1)
    officer.get(address)
    one = queries(lambda: officer.get(address))
    many(49)
    fifty = queries(lambda: officer.get(address))
    assert len(listed(officer, "?per_page=50")) == 50
    assert fifty == one <= 22


def test_the_detail_page_costs_the_same_for_many_persons_and_versions(officer: Client) -> None:
    stop = make_stop(vehicle="LB76KBP")
    officer.get(stop.get_absolute_url())
    one = queries(lambda: officer.get(stop.get_absolute_url()))
    for position in range(2, 9):
        Person.objects.create(stop=stop, position=position, race_id=2, search_bases=[1, 2])
    assert queries(lambda: officer.get(stop.get_absolute_url())) == one <= 16


@pytest.mark.parametrize("role", ["Policymaker", "Administrator"])
def test_who_reads_no_stops_is_refused(role: str) -> None:
    stop = make_stop()
    client = signed_in(role)
    assert client.get(reverse("stops")).status_code == 403
    assert client.get(stop.get_absolute_url()).status_code == 403


def test_an_analyst_sees_the_own_upload_only() -> None:
    analyst = signed_in("Analyst")
    make_stop()
    run = ImportRun.objects.create(source="securecheck", file_name="a.csv", user=user_of(analyst))
    own = make_stop(stop={"import_run": run, "import_row": 1})
    assert listed(analyst) == [own]
    assert analyst.get(own.get_absolute_url()).status_code == 200
