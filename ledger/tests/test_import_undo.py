"""Undoing an import: the stops stay and no longer count; the file can come again; corrections keep it in."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from insights.models import StopFact
from ledger.choices import AuditVerb, ImportState
from ledger.imports.undo import UndoRefused, undo
from ledger.models import AuditEvent, ImportKey, ImportRun, ImportUndo, Stop
from ledger.tests.factories import make_user
from ledger.tests.import_files import EXAMPLES, begun, loaded

pytestmark = pytest.mark.django_db
GOOD = EXAMPLES / "securecheck-good.csv"


def a_loaded_run() -> ImportRun:
    loaded(GOOD)
    return ImportRun.objects.latest("pk")


def corrected(stop: Stop) -> Stop:
    return Stop.objects.create(
        number=stop.number, version=2, supersedes=stop, agency_id=stop.agency_id, stopped_on=stop.stopped_on
    )


def test_an_undone_import_keeps_its_stops_and_counts_no_longer() -> None:
    run, analyst = a_loaded_run(), make_user("Analyst")
    undo(run, analyst, "wrong file")
    assert Stop.objects.count() == 3
    assert not Stop.objects.current().exists()
    assert not StopFact.objects.exists()
    assert not ImportKey.objects.exists()
    kept = ImportUndo.objects.get()
    assert (kept.user, kept.reason) == (analyst, "wrong file")
    event = AuditEvent.objects.get(verb=AuditVerb.ALTERATION)
    assert (event.object_id, event.username, event.detail) == (
        str(run.key),
        analyst.username,
        {"act": "undone", "rows": 3},
    )


def test_an_undone_file_can_be_loaded_again_and_undone_again() -> None:
    undo(a_loaded_run(), None, "wrong file")
    again = a_loaded_run()
    assert (again.rows_new, again.rows_same) == (3, 0)
    assert Stop.objects.current().count() == StopFact.objects.count() == 3
    undo(again, None, "wrong again")
    assert a_loaded_run().rows_new == 3


def test_the_rows_of_another_import_stay() -> None:
    a_loaded_run()
    loaded(EXAMPLES / "securecheck-superset.csv")
    undo(ImportRun.objects.latest("pk"), None, "only the larger file")
    assert Stop.objects.current().count() == StopFact.objects.count() == 3


def test_an_import_of_which_a_stop_was_corrected_stays() -> None:
    run = a_loaded_run()
    corrected(Stop.objects.earliest("pk"))
    with pytest.raises(UndoRefused, match="was corrected since"):
        undo(run, None, "wrong file")
    assert not ImportUndo.objects.exists()
    assert ImportKey.objects.count() == 3


def test_a_stop_of_an_undone_import_cannot_be_corrected() -> None:
    undo(a_loaded_run(), None, "wrong file")
    with pytest.raises(IntegrityError, match="was undone"), transaction.atomic():
        corrected(Stop.objects.earliest("pk"))


def test_an_import_is_undone_once() -> None:
    run = a_loaded_run()
    undo(run, None, "wrong file")
    with pytest.raises(UndoRefused, match="undone already"):
        undo(run, None, "wrong file")


@pytest.mark.parametrize("state", sorted(set(ImportState) - {ImportState.LOADED}))
def test_what_was_not_loaded_cannot_be_undone(state: ImportState) -> None:
    run = begun(GOOD, state=state)
    with pytest.raises(UndoRefused, match="Nothing of this import was loaded"):
        undo(run, None, "wrong file")
