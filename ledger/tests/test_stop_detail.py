from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ledger.choices import Flag
from ledger.models import AuditEvent, ImportRun, ImportUndo, ReviewDecision, Stop, StopPrivate
from ledger.tests.factories import make_agency, make_stop, make_user
from ledger.tests.stops import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    return signed_in()


def page_of(client: Client, stop: Stop) -> str:
    return " ".join(client.get(stop.get_absolute_url()).content.decode().split())


def test_a_stop_shows_what_is_known(officer: Client) -> None:
    stop = make_stop(
        vehicle="LB76KBP", searched=True, search_bases=[1, 9], contraband_found=True, contraband=[2], age=None
    )
    page = page_of(officer, stop)
    for words in (
        "LB76KBP",
        "Monday, 2 March 2026",
        "Speeding",
        "Vehicle Search, Consent",
        "Alcohol",
        "<dd>Not recorded</dd>",
    ):
        assert words in page


def test_references_are_read_as_people_write_them(officer: Client) -> None:
    stop = make_stop()
    for written in (
        stop.reference.lower(),
        stop.reference.replace("-", ""),
        stop.reference.replace("0", "o"),
    ):
        response: Any = officer.get(reverse("stop", args=[written]))
        assert (response.status_code, response.url) == (302, stop.get_absolute_url())


def test_absent_foreign_and_mistyped_stops_look_the_same(officer: Client) -> None:
    foreign = make_stop(make_agency("Elsewhere Police"))
    wrong = foreign.reference[:-1] + ("A" if foreign.reference[-1] != "A" else "B")
    pages = [
        officer.get(reverse("stop", args=[one]))
        for one in (foreign.reference, wrong, "SC-0000000-0", "nonsense")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1


def test_every_look_is_in_the_trail(officer: Client) -> None:
    stop = make_stop()
    page_of(officer, stop)
    event = AuditEvent.objects.get(verb="consultation", object_kind="stop")
    assert (event.object_id, event.role) == (stop.reference, "Officer")


def test_an_imported_stop_shows_its_sources_own_record(officer: Client) -> None:
    run = ImportRun.objects.create(
        source="securecheck", file_name="may.csv", notes={"header": ["stop_date", "words"]}
    )
    stop = make_stop(vehicle="LB76KBP", stop={"import_run": run, "import_row": 7})
    StopPrivate.objects.filter(stop=stop).update(recorded='2026-03-02,"one, two"')
    page = page_of(officer, stop)
    assert "<dt>stop_date</dt><dd>2026-03-02</dd><dt>words</dt><dd>one, two</dd>" in page
    assert "row 7 of may.csv" in page


def test_a_source_row_without_a_known_header_is_shown_all_the_same(officer: Client) -> None:
    stop = make_stop(vehicle="LB76KBP")
    StopPrivate.objects.filter(stop=stop).update(recorded="a,,c")
    assert "<dt>column 2</dt><dd>(empty)</dd>" in page_of(officer, stop)


def test_flags_are_told_in_words(officer: Client) -> None:
    stop = make_stop(stop={"flags": Flag.LATE | Flag.ARREST_MISMATCH})
    page = page_of(officer, stop)
    assert "Logged late" in page
    assert "The outcome and the arrest mark contradict each other" in page


def test_who_accepted_it_is_told(officer: Client) -> None:
    stop, boss = make_stop(stop={"flags": Flag.LATE}), make_user("Supervisor", username="chief")
    ReviewDecision.objects.create(stop=stop, user=boss, note="Seen the paper")
    assert "by chief" in page_of(officer, stop)
    assert "Seen the paper" in page_of(officer, stop)


def test_an_undone_stop_can_still_be_shown_and_says_so() -> None:
    supervisor = signed_in("Supervisor")
    run = ImportRun.objects.create(source="securecheck", file_name="may.csv")
    stop = make_stop(stop={"import_run": run, "import_row": 7})
    ImportUndo.objects.create(import_run=run, reason="wrong file", user=make_user("Supervisor"))
    page = page_of(supervisor, stop)
    assert "No longer counted" in page
    assert reverse("correct-stop", args=[stop.reference]) not in page


def test_correcting_is_offered_to_those_who_may(officer: Client) -> None:
    stop = make_stop()
    address = reverse("correct-stop", args=[stop.reference])
    assert address not in page_of(officer, stop)
    assert address in page_of(signed_in("Supervisor"), stop)
