from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from insights.models import StopFact
from ledger.choices import Flag
from ledger.models import AuditEvent, ImportRun, ImportUndo, Person, Race, Stop, StopPrivate
from ledger.tests.factories import make_agency, make_post, make_stop, make_user, next_stop_number
from ledger.tests.stops import errors_of, filled, log, newest, signed_in, user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor() -> Client:
    return signed_in("Supervisor")


@pytest.fixture
def stop() -> Stop:
    return make_stop(vehicle="LB76KBP", stop={"post": make_post(), "stop_type": 1, "duration_band": 1})


def form_of(response: Any) -> dict[str, Any]:
    """What a browser would send back of a correction page, untouched."""
    page = response.context["page"]
    sent: dict[str, Any] = {"before": str(response.context["reason"]["before"].value())}
    for form in page.forms:
        for bound in form:
            value = bound.value()
            if value not in (None, "", False, []):
                shown = bound.field.prepare_value(value)
                sent[bound.html_name] = [str(one) for one in shown] if isinstance(shown, list) else str(shown)
    return {name: "on" if value == "True" else value for name, value in sent.items()}


def opened(client: Client, stop: Stop) -> dict[str, Any]:
    return form_of(client.get(reverse("correct-stop", args=[stop.reference])))


def send(client: Client, stop: Stop, sent: dict[str, Any]) -> Any:
    return client.post(reverse("correct-stop", args=[stop.reference]), sent, follow=True)


def test_only_what_was_changed_is_changed(supervisor: Client, stop: Stop) -> None:
    sent = opened(supervisor, stop) | {"age": "31", "reason": "Age misread"}
    response = send(supervisor, stop, sent)
    changes = response.context["history"][0].changes
    assert [(change.label, change.old, change.new) for change in changes] == [("Person 1: Age", "30", "31")]
    assert (newest().version, newest().persons.get().age) == (2, 31)
    assert StopFact.objects.get().age == 31


def test_nothing_changed_is_said_and_nothing_is_saved(supervisor: Client, stop: Stop) -> None:
    response = send(supervisor, stop, opened(supervisor, stop) | {"reason": "No reason at all"})
    assert "Nothing was changed" in errors_of(response)
    assert Stop.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "abc", "\x00\x00\x00\x00\x00", "y" * 501])
def test_a_correction_without_a_proper_reason_is_refused(supervisor: Client, stop: Stop, reason: str) -> None:
    response = send(supervisor, stop, opened(supervisor, stop) | {"age": "31", "reason": reason})
    assert errors_of(response)
    assert 'value="31"' in response.content.decode()
    assert Stop.objects.count() == 1


def test_a_stale_correction_is_refused_and_the_typed_text_stays(supervisor: Client, stop: Stop) -> None:
    mine = opened(supervisor, stop)
    other = signed_in("Supervisor")
    send(other, stop, opened(other, stop) | {"age": "31", "reason": "Age misread"})
    response = send(supervisor, stop, mine | {"age": "44", "reason": "Licence shows it"})
    name = user_of(other).username
    assert f"was corrected meanwhile by {name}" in errors_of(response)
    page = response.content.decode()
    assert 'value="44"' in page
    assert "Licence shows it" in page
    assert Stop.objects.count() == 2
    assert newest().persons.get().age == 31


def test_a_version_of_another_stop_cannot_be_named(supervisor: Client, stop: Stop) -> None:
    other = make_stop(vehicle="AB12CDE")
    send(
        supervisor,
        stop,
        opened(supervisor, stop) | {"before": str(other.pk), "age": "31", "reason": "Age misread"},
    )
    assert newest().number == stop.number
    assert newest().supersedes == stop


def test_the_same_rules_hold_as_for_logging(supervisor: Client, stop: Stop) -> None:
    sent = opened(supervisor, stop) | {"reason": "Age misread"}
    refused: list[tuple[dict[str, Any], str]] = [
        ({"age": "1" + "0" * 30}, "not an age"),
        ({"stopped_on": "01/01/2999"}, "still to come"),
        ({"search": ["5"], "contraband": ["none"]}, "needs the outcome “Arrest”"),
        ({"search": ["1"], "contraband": ["1"]}, "the stop is drug-related"),
        ({"search": ["1"]}, "what the search found"),
        ({"post": str(make_post("Far gate", make_agency("Elsewhere")).pk)}, "not a post of"),
    ]
    for changes, sentence in refused:
        assert sentence in errors_of(send(supervisor, stop, sent | changes))
    assert Stop.objects.count() == 1


def test_an_officer_corrects_the_own_stop_and_no_other(stop: Stop) -> None:
    officer = signed_in()
    assert officer.get(reverse("correct-stop", args=[stop.reference])).status_code == 403
    log(officer)
    own = newest()
    send(officer, own, opened(officer, own) | {"age": "35", "reason": "Age misread"})
    assert newest().version == 2


def test_a_stop_of_another_agency_looks_like_none(supervisor: Client) -> None:
    other = make_stop(make_agency("Elsewhere"), vehicle="LB76KBP")
    assert supervisor.get(reverse("correct-stop", args=[other.reference])).status_code == 404
    assert (
        supervisor.post(reverse("correct-stop", args=[other.reference]), filled(reason="Because")).status_code
        == 404
    )


def imported(**fields: Any) -> Any:
    run = ImportRun.objects.create(
        source="securecheck", file_name="stops.csv", notes={"header": ["stop_date", "plate"]}
    )
    stop = make_stop(vehicle="LB76KBP", stop={"import_run": run, "import_row": 7}, **fields)
    StopPrivate.objects.filter(stop=stop).update(recorded='2026-03-02,"LB76,KBP"')
    return stop


def test_what_an_import_left_unknown_may_stay_unknown(supervisor: Client) -> None:
    stop = imported(
        race=None, violation=None, drugs=None, age=None, outcome=0, arrested=None, searched=None, role=0
    )
    sent = opened(supervisor, stop)
    response = send(supervisor, stop, sent | {"age": "40", "reason": "Found on paper"})
    changes = response.context["history"][0].changes
    assert [change.label for change in changes] == ["Person 1: Age"]


def test_a_search_whose_kind_was_not_recorded_may_stay_so(supervisor: Client) -> None:
    stop = imported(searched=True, search_bases=[], contraband_found=True, contraband=[])
    send(supervisor, stop, opened(supervisor, stop) | {"age": "40", "reason": "Found on paper"})
    person = newest().persons.get()
    assert (person.searched, person.search_bases, person.contraband_found, person.contraband) == (
        True,
        [],
        True,
        [],
    )
    assert newest().flags == 0


def test_a_contradiction_that_was_not_mended_stays_flagged(supervisor: Client) -> None:
    stop = imported()
    flagged = Stop.objects.create(
        number=next_stop_number(), agency=stop.agency, stopped_on=stop.stopped_on, flags=Flag.SEARCH_MISMATCH
    )
    Person.objects.create(stop=flagged, searched=True, contraband_found=False, outcome=2, arrested=False)
    send(supervisor, flagged, opened(supervisor, flagged) | {"age": "40", "reason": "Found on paper"})
    assert newest().flags == Flag.SEARCH_MISMATCH


def test_a_contradictory_search_has_to_be_mended(supervisor: Client) -> None:
    stop = imported(searched=False, search_bases=[1])
    sent = opened(supervisor, stop) | {"reason": "Report says so"}
    assert "excludes every other answer" in errors_of(send(supervisor, stop, sent | {"age": "40"}))
    send(supervisor, stop, sent | {"search": ["1"], "contraband": ["none"]})
    person = newest().persons.get()
    assert (person.searched, person.contraband_found, newest().flags) == (True, False, 0)


def test_a_contradictory_arrest_is_pointed_out_and_then_follows_from_the_outcome(supervisor: Client) -> None:
    stop = imported(outcome=2, arrested=True)
    page = supervisor.get(reverse("correct-stop", args=[stop.reference]))
    assert "contradict each other" in page.content.decode()
    send(supervisor, stop, form_of(page) | {"age": "40", "reason": "Report says so"})
    assert newest().persons.get().arrested is False


def test_codes_that_are_no_longer_offered_stay(supervisor: Client) -> None:
    Race.objects.filter(label="Native American").update(valid_until="2020-01-01")
    stop = imported(race="Native American", searched=True, search_bases=[8, 7], contraband_found=False)
    response = send(supervisor, stop, opened(supervisor, stop) | {"age": "40", "reason": "Found on paper"})
    assert [change.label for change in response.context["history"][0].changes] == ["Person 1: Age"]


def test_a_stop_of_an_undone_import_cannot_be_corrected(supervisor: Client) -> None:
    stop = imported()
    sent = opened(supervisor, stop)
    ImportUndo.objects.create(import_run=stop.import_run, reason="Wrong file", user=make_user("Supervisor"))
    response = send(supervisor, stop, sent | {"age": "40", "reason": "Found on paper"})
    assert "was undone" in response.content.decode()
    assert Stop.objects.count() == 1


def test_an_analyst_corrects_the_own_upload_and_still_sees_it() -> None:
    analyst = signed_in("Analyst")
    stop = imported()
    ImportRun.objects.update(user=user_of(analyst))
    response = send(analyst, stop, opened(analyst, stop) | {"age": "40", "reason": "Found on paper"})
    assert response.status_code == 200
    assert response.context["stop"].version == 2


def test_a_person_is_added_by_a_correction(supervisor: Client, stop: Stop) -> None:
    sent = opened(supervisor, stop) | {"act": "add", "reason": "Passenger forgotten"}
    page = send(supervisor, stop, sent)
    assert "Passenger forgotten" in page.content.decode()
    second = {
        "person2-role": "2",
        "person2-gender": "2",
        "person2-race": "2",
        "person2-outcome": "1",
        "person2-search": ["none"],
    }
    send(supervisor, stop, sent | {"act": "", "further": "1"} | second)
    assert [person.position for person in newest().persons.all()] == [1, 2]


def test_after_a_person_is_removed_the_next_is_still_compared_with_the_same_person(
    supervisor: Client, stop: Stop
) -> None:
    """What the page does not ask stays as it was, and what was unknown may stay unknown."""
    Person.objects.create(
        stop=stop, position=2, role=2, outcome=1, arrested=False, searched=False, frisked=False
    )
    Person.objects.create(stop=stop, position=3, role=2, frisked=True, age_band=3)
    sent = opened(supervisor, stop) | {"reason": "Person 2 was not there"}
    redrawn = form_of(send(supervisor, stop, sent | {"remove_person": "2"}))
    send(supervisor, stop, redrawn | {"reason": sent["reason"]})
    _first, second = newest().persons.all()
    assert (second.frisked, second.age_band, second.outcome, second.arrested) == (True, 3, 0, None)


def test_a_person_added_in_the_place_of_a_removed_one_is_a_new_person(supervisor: Client, stop: Stop) -> None:
    Person.objects.create(stop=stop, position=2, role=2, frisked=True, age_band=3)
    sent = opened(supervisor, stop) | {"reason": "Another person"}
    without = form_of(send(supervisor, stop, sent | {"remove_person": "2"}))
    page = send(supervisor, stop, without | {"act": "add"}).context["page"]
    assert [person.kept is None for person in page.persons] == [False, True]


@pytest.mark.parametrize("named", ["", "0", "3", "-1", "x", "²", "9" * 50, "\0"])
def test_a_person_who_was_not_there_before_cannot_be_named(
    supervisor: Client, stop: Stop, named: str
) -> None:
    sent = opened(supervisor, stop) | {"further": "1", "person2-was": named, "reason": "Another person"}
    page = send(supervisor, stop, sent).context["page"]
    assert page.further[0].kept is None


def test_a_date_moved_into_the_past_asks_why_it_is_late() -> None:
    officer = signed_in()
    log(officer)
    own = newest()
    sent = opened(officer, own) | {"reason": "Wrong day", "stopped_on": "02/03/2025"}
    assert "Say why it is logged late" in errors_of(send(officer, own, sent))
    send(officer, own, sent | {"late_reason": "Found the notebook"})
    assert newest().flags == Flag.LATE


def test_seconds_of_an_imported_time_survive(supervisor: Client) -> None:
    from datetime import time

    stop = make_stop(vehicle="LB76KBP", at=time(10, 21, 33))
    send(supervisor, stop, opened(supervisor, stop) | {"age": "40", "reason": "Age misread"})
    assert newest().stopped_at == time(10, 21, 33)


def test_refusals_and_changes_are_in_the_trail(supervisor: Client, stop: Stop) -> None:
    signed_in().get(reverse("correct-stop", args=[stop.reference]))
    send(supervisor, stop, opened(supervisor, stop) | {"age": "31", "reason": "Age misread"})
    assert AuditEvent.objects.filter(verb="refusal", object_id="correct-stop").count() == 1
    assert AuditEvent.objects.filter(verb="alteration", object_id=stop.reference).count() == 1
