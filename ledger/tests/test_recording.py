"""The one way to write stops: once, whole, and never over another."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from insights.models import StopFact
from ledger import recording, signals
from ledger.choices import Flag
from ledger.entry import PersonEntry, StopEntry
from ledger.erasure import erase_private
from ledger.flags import content_flags, is_late
from ledger.models import AuditEvent, ImportRun, ImportUndo, Person, Stop, StopPrivate, Vehicle
from ledger.plates import near_plates, normal_plate
from ledger.recording import NotRecorded, UsedAlready, correct_stop, record_stop
from ledger.tests.factories import make_agency, make_stop, make_user
from ledger.tests.stops import filled, signed_in

WHO = PersonEntry(role=1, gender=1, age=30, outcome=2, arrested=False, searched=False)


def entry(**changes: Any) -> StopEntry:
    fields: dict[str, Any] = {
        "stopped_on": date(2026, 3, 2),
        "stopped_at": time(10, 21),
        "vehicle": "LB76KBP",
        "persons": (WHO,),
    }
    return StopEntry(agency_id=make_agency().pk, **(fields | changes))


def save(user: User, what: StopEntry | None = None, key: uuid.UUID | None = None) -> recording.Saved:
    return record_stop(
        what or entry(), author=user, officer=user.officer, client_key=key or uuid.uuid4(), request=None
    )


def correct(before: Stop, user: User, what: StopEntry | None = None, **more: Any) -> Stop:
    before = Stop.objects.with_parts().get(pk=before.pk)
    changed = what or replace(StopEntry.of(before), vehicle="AB12CDE")
    return correct_stop(before, changed, reason="Plate misread", author=user, request=None, **more)


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


@pytest.mark.django_db
@pytest.mark.parametrize(
    "person, flags",
    [
        ({"outcome": 5, "arrested": False}, Flag.ARREST_MISMATCH),
        ({"outcome": 2, "arrested": True}, Flag.ARREST_MISMATCH),
        ({"outcome": 0, "arrested": True}, 0),
        ({"outcome": 5, "arrested": None}, 0),
        ({"searched": True}, Flag.SEARCH_MISMATCH),
        ({"searched": False, "search_bases": (1,)}, Flag.SEARCH_MISMATCH),
        ({"searched": None, "search_bases": (1,)}, 0),
        ({"searched": True, "search_bases": (1,), "contraband": (1,)}, Flag.DRUGS_MISMATCH),
        ({"searched": True, "search_bases": (1,), "contraband": (2,)}, 0),
    ],
)
def test_contradictions_are_flagged_and_the_unknown_contradicts_nothing(
    person: dict[str, Any], flags: int
) -> None:
    what = entry(drugs_related=False, persons=(WHO, replace(WHO, **person)))
    assert content_flags(what, drugs={1}) == flags


@pytest.mark.parametrize("days, late", [(0, False), (1, False), (2, True)])
def test_late_is_counted_in_days_of_24_hours(days: int, late: bool) -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    assert is_late(now.date() - timedelta(days=days), time(12, 0), now, max_days=1) is late


def test_where_no_day_is_granted_the_day_of_the_stop_counts() -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    assert not is_late(now.date(), time(0, 1), now, max_days=0)
    assert is_late(now.date() - timedelta(days=1), time(23, 59), now, max_days=0)


@pytest.mark.parametrize(
    "typed, plate",
    [
        (" lb76 kbp ", "LB76KBP"),
        ("MH-12-AB-1234", "MH12AB1234"),
        ("ＡＢ１２", "AB12"),
        ("ÄB1", None),
        ("", None),
        ("A" * 21, None),
    ],
)
def test_plates_are_written_one_way(typed: str, plate: str | None) -> None:
    assert normal_plate(typed) == plate


def test_near_plates_are_one_slip_away() -> None:
    near = near_plates("LB10O")
    assert {"LBI0O", "LBIO0", "LB1O", "LB10", "LB100", "XLB10O", "LB109"} <= near
    assert "LB10O" not in near
    assert "LB1" not in near


@pytest.mark.django_db
def test_erasing_a_vehicle_takes_it_from_every_version_and_from_the_facts() -> None:
    stop = make_stop(vehicle="LB76KBP")
    StopPrivate.objects.filter(stop=stop).update(recorded="x,LB76KBP", words="Broken lamp")
    second = correct(stop, make_user("Supervisor"), replace(entry(), vehicle="LB76KBP", words="Other"))
    erase_private(stop.number, "vehicle", reason="Court order 12/2026")
    assert not Vehicle.objects.exists()
    assert not StopPrivate.objects.exclude(vehicle=None, recorded="").exists()
    assert StopFact.objects.get().vehicle is None
    assert StopPrivate.objects.get(stop=second).words == "Other"
    event = AuditEvent.objects.get(verb="erasure")
    assert "LB76KBP" not in str(vars(event))
    assert Stop.objects.count() == 2


@pytest.mark.django_db
def test_erasing_a_text_leaves_the_vehicle() -> None:
    stop = make_stop(vehicle="LB76KBP")
    StopPrivate.objects.filter(stop=stop).update(words="Names John Doe", recorded="row")
    call_command("erase", stop.reference, "--text", "--reason", "Court order")
    private: Any = StopPrivate.objects.get()
    assert (private.words, private.recorded, private.vehicle.number) == ("", "", "LB76KBP")


@pytest.mark.django_db
def test_a_vehicle_of_another_stop_is_kept() -> None:
    stop = make_stop(vehicle="LB76KBP")
    make_stop(vehicle="LB76KBP")
    erase_private(stop.number, "vehicle", reason="Court order")
    assert Vehicle.objects.count() == 1


@pytest.mark.django_db
def test_the_command_says_what_is_wrong() -> None:
    stop = make_stop(vehicle="LB76KBP")
    for arguments, sentence in [
        (["SC-0000000-9", "--vehicle", "--reason", "Court order"], "no stop"),
        ([stop.reference, "--vehicle", "--reason", "x"], "at least 5"),
        ([stop.reference, "--vehicle", "--reason", "for lb76 kbp"], "without the number"),
    ]:
        with pytest.raises(CommandError, match=sentence):
            call_command("erase", *arguments)
    assert Vehicle.objects.exists()
