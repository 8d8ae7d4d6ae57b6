from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from insights.models import StopFact
from ledger.erasure import erase_private
from ledger.models import AuditEvent, Stop, StopPrivate, Vehicle
from ledger.tests.factories import make_stop, make_user
from ledger.tests.stops import correct, entry

pytestmark = pytest.mark.django_db


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


def test_erasing_a_text_leaves_the_vehicle() -> None:
    stop = make_stop(vehicle="LB76KBP")
    StopPrivate.objects.filter(stop=stop).update(words="Names John Doe", recorded="row")
    call_command("erase", stop.reference, "--text", "--reason", "Court order")
    private: Any = StopPrivate.objects.get()
    assert (private.words, private.recorded, private.vehicle.number) == ("", "", "LB76KBP")


def test_a_vehicle_of_another_stop_is_kept() -> None:
    stop = make_stop(vehicle="LB76KBP")
    make_stop(vehicle="LB76KBP")
    erase_private(stop.number, "vehicle", reason="Court order")
    assert Vehicle.objects.count() == 1


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
