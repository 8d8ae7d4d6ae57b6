from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ledger.choices import Flag
from ledger.models import AuditEvent, ImportRun, ReviewDecision, Stop
from ledger.tests.factories import make_agency, make_post, make_stop
from ledger.tests.stops import log, newest, signed_in, user_of

pytestmark = pytest.mark.django_db
LATE = {"flags": int(Flag.LATE)}


@pytest.fixture
def supervisor() -> Client:
    return signed_in("Supervisor")


@pytest.fixture
def run() -> ImportRun:
    return ImportRun.objects.create(source="securecheck", file_name="may.csv")


def waiting(client: Client, query: str = "") -> list[Stop]:
    response = client.get(reverse("review") + query)
    return [row.record for row in response.context["table"].page.object_list]


def accept(client: Client, stop: Stop, **fields: Any) -> str:
    sent = {"version": stop.version, "note": ""} | fields
    return client.post(reverse("accept-stop", args=[stop.reference]), sent, follow=True).content.decode()


def imported(run: ImportRun, flags: int, count: int = 1, **fields: Any) -> list[Stop]:
    return [
        make_stop(stop={"import_run": run, "import_row": row, "flags": flags}, **fields)
        for row in range(1, count + 1)
    ]


def test_flagged_stops_of_the_own_agency_wait_the_oldest_entry_first(supervisor: Client) -> None:
    first, second = make_stop(stop=LATE), make_stop(stop={"flags": 3})
    make_stop()
    make_stop(make_agency("Elsewhere Police"), stop=LATE)
    assert waiting(supervisor) == [first, second]


def test_each_row_says_why_it_is_here(supervisor: Client) -> None:
    make_stop(stop={"flags": Flag.LATE | Flag.DUPLICATE})
    page = supervisor.get(reverse("review")).content.decode()
    assert "Logged late. Likely logged twice: same vehicle within 30 minutes." in page


def test_an_accepted_stop_leaves_the_queue_and_stays_as_it_is(supervisor: Client) -> None:
    stop = make_stop(stop=LATE)
    accept(supervisor, stop, note="Seen the paper")
    assert waiting(supervisor) == []
    decision = ReviewDecision.objects.get()
    assert (decision.stop, decision.user, decision.note) == (stop, user_of(supervisor), "Seen the paper")
    assert Stop.objects.count() == 1
    assert AuditEvent.objects.filter(object_kind="review", object_id=stop.reference).exists()


def test_nobody_accepts_their_own(supervisor: Client) -> None:
    log(supervisor)
    log(supervisor)
    own = newest()
    assert own.flags == Flag.DUPLICATE
    assert "Somebody else has to accept it" in accept(supervisor, own)
    assert not ReviewDecision.objects.exists()


def test_the_second_to_accept_is_told_who_was_first(supervisor: Client) -> None:
    stop = make_stop(stop=LATE)
    accept(supervisor, stop)
    page = accept(signed_in("Supervisor"), stop)
    assert f"{user_of(supervisor).username} has accepted this stop already" in page


def test_a_version_that_was_corrected_meanwhile_is_not_accepted(supervisor: Client) -> None:
    stop = make_stop(stop=LATE)
    fields = {
        "number": stop.number,
        "version": 2,
        "supersedes": stop,
        "agency": stop.agency,
        "stopped_on": stop.stopped_on,
    }
    Stop.objects.create(**fields, flags=Flag.LATE)
    assert "corrected meanwhile" in accept(supervisor, stop)
    assert not ReviewDecision.objects.exists()


def test_what_is_not_flagged_is_not_accepted(supervisor: Client) -> None:
    assert "There is nothing to accept" in accept(supervisor, make_stop())


def test_a_stop_of_another_agency_is_not_accepted(supervisor: Client) -> None:
    stop = make_stop(make_agency("Elsewhere Police"), stop=LATE)
    assert supervisor.post(reverse("accept-stop", args=[stop.reference]), {"version": 1}).status_code == 404
    assert not ReviewDecision.objects.exists()


@pytest.mark.parametrize("note", ["x" * 501, "a\x00b"])
def test_a_bad_note_is_refused_and_nothing_is_decided(supervisor: Client, note: str) -> None:
    assert "There is a problem" in accept(supervisor, make_stop(stop=LATE), note=note)
    assert not ReviewDecision.objects.exists()


def test_the_queue_is_filtered_by_post_reason_and_age(supervisor: Client, run: ImportRun) -> None:
    late = make_stop(stop=LATE | {"post": make_post("Ring road")})
    both = make_stop(stop={"flags": Flag.LATE | Flag.DRUGS_MISMATCH})
    imported(run, Flag.ARREST_MISMATCH)
    assert waiting(supervisor, "?rule=late") == [late, both]
    assert waiting(supervisor, "?rule=drugs_mismatch") == [both]
    assert waiting(supervisor, "?post=Ring road") == [late]
    assert waiting(supervisor, f"?import_run={run.key}")[0].import_run == run
    assert waiting(supervisor, "?older_than=1") == []
    assert len(waiting(supervisor, "?older_than=0")) == 3


@pytest.mark.parametrize("query", ["rule=ugly", "older_than=x", "import_run=7", "post=Nowhere", "nonsense=1"])
def test_a_filter_that_cannot_be_understood_is_said(supervisor: Client, query: str) -> None:
    make_stop(stop=LATE)
    page = supervisor.get(f"{reverse('review')}?{query}").content.decode()
    assert "There is a problem" in page
    assert "SC-0" not in page


def test_many_alike_are_accepted_at_once_after_asking(supervisor: Client, run: ImportRun) -> None:
    alike = imported(run, Flag.ARREST_MISMATCH, 30)
    mixed = make_stop(
        stop={"import_run": run, "import_row": 99, "flags": Flag.ARREST_MISMATCH | Flag.SEARCH_MISMATCH}
    )
    other = make_stop(stop=LATE)
    assert "Accept all 30" in supervisor.get(reverse("review")).content.decode()
    asked = {"import_run": str(run.key), "rule": str(Flag.ARREST_MISMATCH.value)}
    page = supervisor.get(reverse("accept-stops"), asked).content.decode()
    assert "Accept 30 stops as recorded?" in page
    assert not ReviewDecision.objects.exists()
    supervisor.post(reverse("accept-stops"), asked | {"note": "The source writes it so"})
    assert set(ReviewDecision.objects.values_list("stop_id", "note")) == {
        (s.pk, "The source writes it so") for s in alike
    }
    assert waiting(supervisor) == [mixed, other]
    event = AuditEvent.objects.get(object_kind="review")
    assert event.detail == {"rule": "ARREST_MISMATCH", "stops": 30}


def test_accepting_many_costs_one_statement(
    supervisor: Client, run: ImportRun, django_assert_max_num_queries: Any
) -> None:
    imported(run, Flag.ARREST_MISMATCH, 40)
    asked = {"import_run": str(run.key), "rule": str(Flag.ARREST_MISMATCH.value)}
    with django_assert_max_num_queries(20):
        supervisor.post(reverse("accept-stops"), asked)
    assert ReviewDecision.objects.count() == 40


def test_many_of_another_agency_are_out_of_reach(supervisor: Client, run: ImportRun) -> None:
    imported(run, Flag.ARREST_MISMATCH, 3, agency=make_agency("Elsewhere Police"))
    asked = {"import_run": str(run.key), "rule": str(Flag.ARREST_MISMATCH.value)}
    assert supervisor.post(reverse("accept-stops"), asked).status_code == 404
    assert not ReviewDecision.objects.exists()


@pytest.mark.parametrize(
    "asked", [{}, {"import_run": "x", "rule": "1"}, {"import_run": "x" * 999, "rule": "²"}]
)
def test_a_bulk_decision_without_a_subject_is_none(supervisor: Client, asked: dict[str, str]) -> None:
    assert supervisor.post(reverse("accept-stops"), asked).status_code == 404


def test_an_analyst_reviews_the_own_upload(run: ImportRun) -> None:
    analyst = signed_in("Analyst")
    ImportRun.objects.update(user=user_of(analyst))
    stop = imported(run, Flag.SEARCH_MISMATCH)[0]
    make_stop(stop=LATE)
    assert waiting(analyst) == [stop]
    accept(analyst, stop)
    assert ReviewDecision.objects.get().stop == stop


@pytest.mark.parametrize("role", ["Officer", "Policymaker", "Administrator"])
def test_who_does_not_review_is_refused(role: str) -> None:
    stop, client = make_stop(stop=LATE), signed_in(role)
    assert client.get(reverse("review")).status_code == 403
    assert client.post(reverse("accept-stop", args=[stop.reference])).status_code == 403
    assert client.post(reverse("accept-stops")).status_code == 403
    assert not ReviewDecision.objects.exists()


def test_an_empty_queue_says_what_comes_here(supervisor: Client) -> None:
    assert "Nothing is waiting" in supervisor.get(reverse("review")).content.decode()


def test_one_row_and_twenty_cost_the_same_queries(supervisor: Client, run: ImportRun) -> None:
    from ledger.tests.test_stops_list import queries

    imported(run, Flag.LATE)
    supervisor.get(reverse("review"))
    one = queries(lambda: supervisor.get(reverse("review")))
    imported(run, Flag.DUPLICATE, 20)
    assert queries(lambda: supervisor.get(reverse("review"))) <= one + 1
