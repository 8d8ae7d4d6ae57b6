"""The bench's many writers. By themselves, since they write for other connections to see, which no test beside a ledger that
is kept for a module may."""

from __future__ import annotations

from pathlib import Path

import pytest

from insights import checking
from insights.bench import ledger_build, together, writing
from insights.models import SUMMARIES, StopFact
from ledger.models import Agency, AuditEvent, Stop


@pytest.mark.django_db(transaction=True)
def test_many_writers_leave_a_sound_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The statements that pgbench sends are those of a saved stop: ledger, facts and cubes agree afterwards."""
    from securecheck.bench.__main__ import pgbench

    monkeypatch.setattr(together, "SECONDS", 1)
    ledger_build._agencies()
    user = writing.make_officer(Agency.objects.get(pk=1))
    found = together.write_together(writing.entry(user.officer.agency, 1, "AB1"), user, pgbench(), tmp_path)
    stops = Stop.objects.count()
    assert stops >= found["writers"]
    assert found["stops_per_second"] > 0
    assert 0 < found["wait_p50_ms"] <= found["wait_p99_ms"]
    assert StopFact.objects.count() == AuditEvent.objects.filter(object_kind="stop").count() == stops
    assert checking.disagreements() == {}


@pytest.mark.django_db
def test_the_script_of_one_stop_writes_every_table_once() -> None:
    ledger_build._agencies()
    user = writing.make_officer(Agency.objects.get(pk=1))
    script = together.one_stop(writing.entry(user.officer.agency, 1, "AB1"), user)
    tables = [line.split()[2].strip('"') for line in script.splitlines() if line.startswith("INSERT INTO")]
    ledger = ["vehicle", "stop", "person", "stopprivate", "auditevent"]
    assert tables == [
        *(f"ledger_{name}" for name in ledger),
        "insights_stopfact",
        *(one._meta.db_table for one in SUMMARIES),
    ]
    assert "%s" not in script
    assert Stop.objects.count() == 0
