"""The one way to write stops: once, whole, and never over another."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse

from insights.models import StopFact
from ledger import recording, signals
from ledger.choices import Flag
from ledger.entry import StopEntry
from ledger.models import AuditEvent, ImportRun, ImportUndo, Person, Stop, StopPrivate, Vehicle
from ledger.recording import NotRecorded, UsedAlready, correct_stop, record_stop
from ledger.tests.factories import make_agency, make_stop, make_user
from ledger.tests.stops import WHO, correct, entry, filled, signed_in


def save(user: User, what: StopEntry | None = None, key: uuid.UUID | None = None) -> recording.Saved:
    return record_stop(
        what or entry(), author=user, officer=user.officer, client_key=key or uuid.uuid4(), request=None
    )


@pytest.mark.django_db
def test_what_is_stored_says_what_was_entered() -> None:
    person = replace(
        WHO, search_bases=(1, 9), searched=True, contraband_found=True, contraband=(1,), race_id=2
    )
    what = entry(
        words="Broken lamp", place="Kerb", drugs_related=True, duration_minutes=7, persons=(person, WHO)
    )
    stop = save(make_user(), what).stop
    assert StopEntry.of(Stop.objects.with_parts().get(pk=stop.pk)) == what


@pytest.mark.django_db
def test_the_same_form_twice_is_saved_once() -> None:
    user, key = make_user(), uuid.uuid4()
    first, second = save(user, key=key), save(user, key=key)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.stop.pk == second.stop.pk
    assert (Stop.objects.count(), Person.objects.count(), StopFact.objects.count()) == (1, 1, 1)
    assert AuditEvent.objects.filter(verb="collection").count() == 1


@pytest.mark.django_db
def test_another_content_under_a_used_key_is_not_thrown_away_in_silence() -> None:
    user, key = make_user(), uuid.uuid4()
    save(user, key=key)
    with pytest.raises(UsedAlready, match="save it once more"):
        save(user, entry(vehicle="AB12CDE"), key=key)


@pytest.mark.django_db
def test_the_page_gives_a_used_form_a_new_key_and_keeps_the_text() -> None:
    client, sent = signed_in(), filled()
    client.post(reverse("log-stop"), sent)
    page = client.post(reverse("log-stop"), sent | {"words": "A second stop"}).content.decode()
    assert "was saved before" in page
    assert "A second stop" in page
    assert sent["client_key"] not in page
    assert Stop.objects.count() == 1


@pytest.mark.django_db
def test_the_key_of_another_officer_gives_nothing_away() -> None:
    key = uuid.uuid4()
    save(make_user(), key=key)
    with pytest.raises(UsedAlready):
        save(make_user(), key=key)


@pytest.mark.django_db(transaction=True)
def test_fifty_presses_at_once_are_saved_once() -> None:
    user, key = make_user(), uuid.uuid4()
    what, officer = entry(), user.officer

    def press(_: int) -> int:
        try:
            return record_stop(what, author=user, officer=officer, client_key=key, request=None).stop.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=16) as pool:
        stops = set(pool.map(press, range(50)))
    assert len(stops) == 1
    assert (Stop.objects.count(), Person.objects.count(), StopFact.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_entries_of_one_vehicle_at_once_the_second_is_flagged() -> None:
    users = [make_user(), make_user()]
    officers = [user.officer for user in users]
    day = make_agency().now().date()

    def press(i: int) -> int:
        try:
            what = entry(stopped_on=day, stopped_at=time(0, i))
            return record_stop(
                what, author=users[i], officer=officers[i], client_key=uuid.uuid4(), request=None
            ).stop.flags
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        flags = sorted(flag & Flag.DUPLICATE for flag in pool.map(press, range(2)))
    assert flags == [0, Flag.DUPLICATE]


@pytest.mark.django_db(transaction=True)
def test_of_ten_corrections_at_once_one_wins_and_nine_are_told() -> None:
    user = make_user("Supervisor")
    stop = Stop.objects.with_parts().get(pk=make_stop(vehicle="LB76KBP").pk)
    was = StopEntry.of(stop)

    def press(i: int) -> str:
        try:
            what = replace(was, vehicle=f"AB12CD{i}")
            correct_stop(stop, what, reason="Plate misread", author=user, request=None)
        except NotRecorded as why:
            return str(why)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(max_workers=10) as pool:
        told = list(pool.map(press, range(10)))
    assert told.count("") == 1
    assert sum("was corrected meanwhile by" in sentence for sentence in told) == 9
    assert (Stop.objects.count(), StopFact.objects.count()) == (2, 1)


@pytest.mark.django_db
def test_a_failure_on_the_way_leaves_nothing_half_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("the facts could not be written")

    monkeypatch.setattr(signals.stops_added, "send", fail)
    with pytest.raises(RuntimeError):
        save(make_user())
    assert not Stop.objects.exists()
    assert not Vehicle.objects.exists()
    assert not AuditEvent.objects.filter(verb="collection").exists()


@pytest.mark.django_db
def test_a_correction_is_the_next_version_and_the_facts_follow() -> None:
    supervisor = make_user("Supervisor")
    first = make_stop(vehicle="LB76KBP")
    second = correct(first, supervisor)
    assert (second.number, second.version, second.supersedes_id, second.author) == (
        first.number,
        2,
        first.pk,
        supervisor,
    )
    assert list(Stop.objects.current()) == [second]
    assert StopFact.objects.get().stop == second.pk
    assert StopPrivate.objects.get(stop=second).correction_reason == "Plate misread"
    assert AuditEvent.objects.filter(verb="alteration", object_id=first.reference).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "why", "    x    "])
def test_a_correction_says_why(reason: str) -> None:
    stop = Stop.objects.with_parts().get(pk=make_stop().pk)
    with pytest.raises(NotRecorded, match="at least 5"):
        correct_stop(
            stop, replace(StopEntry.of(stop), vehicle="A1"), reason=reason, author=make_user(), request=None
        )


@pytest.mark.django_db
def test_a_correction_of_nothing_is_refused() -> None:
    stop = make_stop(vehicle="LB76KBP")
    with pytest.raises(NotRecorded, match="Nothing was changed"):
        correct(stop, make_user(), StopEntry.of(Stop.objects.with_parts().get(pk=stop.pk)))


@pytest.mark.django_db
def test_the_same_correction_pressed_twice_is_saved_once() -> None:
    stop, user, key = make_stop(vehicle="LB76KBP"), make_user("Supervisor"), uuid.uuid4()
    assert correct(stop, user, client_key=key).pk == correct(stop, user, client_key=key).pk
    assert Stop.objects.count() == 2


@pytest.mark.django_db
def test_a_stop_of_an_undone_import_is_not_corrected() -> None:
    run = ImportRun.objects.create(source="securecheck", file_name="a.csv")
    stop = make_stop(vehicle="LB76KBP", stop={"import_run": run, "import_row": 1})
    ImportUndo.objects.create(import_run=run, reason="wrong file")
    with pytest.raises(NotRecorded, match="was undone"):
        correct(stop, make_user("Supervisor"))


@pytest.mark.django_db
def test_a_corrected_import_keeps_its_trace_and_its_sources_record() -> None:
    run = ImportRun.objects.create(source="securecheck", file_name="a.csv")
    stop = make_stop(vehicle="LB76KBP", stop={"import_run": run, "import_row": 7})
    StopPrivate.objects.filter(stop=stop).update(recorded="2026-03-02,LB76KBP")
    second = correct(stop, make_user("Supervisor"))
    assert (second.import_run, second.version) == (None, 2)
    assert StopPrivate.objects.get(stop=second).recorded == "2026-03-02,LB76KBP"
    assert Stop.objects.get(number=stop.number, version=1).import_row == 7


@pytest.mark.django_db
def test_late_stays_until_a_second_person_has_looked() -> None:
    officer = make_user()
    old = entry(stopped_on=make_agency().now().date() - timedelta(days=9), late_reason="Computer down")
    stop = save(officer, old).stop
    assert stop.flags == Flag.LATE
    own = correct(stop, officer)
    assert own.flags == Flag.LATE
    seen = correct(own, make_user("Supervisor"), replace(old, vehicle="ZZ99ZZZ"))
    assert seen.flags == 0


@pytest.mark.django_db
def test_a_corrected_plate_is_judged_anew() -> None:
    officer, today = make_user(), make_agency().now().date()
    save(officer, entry(stopped_on=today, stopped_at=time(0, 1)))
    twin = save(officer, entry(stopped_on=today, stopped_at=time(0, 5))).stop
    assert twin.flags == Flag.DUPLICATE
    assert correct(twin, officer).flags == 0
