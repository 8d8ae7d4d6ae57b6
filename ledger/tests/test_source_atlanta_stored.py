"""What becomes in the ledger of crime reported in Atlanta: incidents, their areas, the same incident from two extracts."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from ledger.choices import OffenceGroup
from ledger.imports.undo import undo
from ledger.models import Agency, Area, ImportRun, Incident
from ledger.tests.factories import make_agency
from ledger.tests.import_files import checked, loaded
from ledger.tests.test_source_atlanta import AGENCY, KIND, LATER, NEW, OLD, OPEN, SHORT

pytestmark = pytest.mark.django_db


def current(**filters: Any) -> Incident:
    found: Incident = Incident.objects.current().get(**filters)
    return found


def test_incidents_are_stored_with_their_offence_and_areas() -> None:
    report = loaded(OLD, KIND)
    assert (report.rows_read, report.rows_new, report.rows_same, report.rows_refused) == (11, 10, 1, 0)
    agency = Agency.objects.get()
    assert (agency.name, agency.country.name, agency.time_zone) == (AGENCY, "USA", "America/New_York")
    incident = current(key="200300001-23F")
    assert (incident.offence_id, incident.group) == ("23F", OffenceGroup.THEFT_FROM_VEHICLE)
    assert (incident.occurred_on, incident.occurred_at) == (date(2020, 1, 29), time(9, 5))
    assert (incident.import_row, incident.month) == (1, date(2020, 1, 1))
    assert incident.offence is not None
    assert (incident.offence.group, incident.offence.category) == ("A", "Larceny/Theft Offenses")
    assert incident.area is not None
    assert (incident.area.kind, incident.area.name, incident.area.agency) == (
        "neighbourhood",
        "Downtown",
        agency,
    )
    assert set(Area.objects.filter(kind="zone").values_list("name", flat=True)) == {"5", "2"}
    assert current(key="200300010-999").group == OffenceGroup.THEFT


def test_a_row_repeated_for_two_neighbourhoods_is_one_incident_and_other_repeats_are_kept_apart() -> None:
    loaded(OLD, KIND)
    assert str(current(key__startswith="200300004").area) == "Center Hill"
    keys = Incident.objects.filter(key__startswith="200300006").order_by("key").values_list("key", flat=True)
    assert list(keys) == ["200300006-13A", "200300006-23C", "200300006-23C#2"]


def test_the_same_incident_from_two_extracts_is_one_incident() -> None:
    loaded(OLD, KIND)
    new = loaded(NEW, KIND, partial=True)
    assert (new.rows_new, new.rows_same, new.rows_refused) == (6, 1, 4)
    assert Incident.objects.filter(key="200300009-240").count() == 1
    loaded(LATER, KIND, partial=True)
    short, opened = loaded(SHORT, KIND), loaded(OPEN, KIND)
    assert (short.rows_new, short.rows_same) == (1, 1)
    assert (opened.rows_new, opened.rows_same) == (5, 1)
    assert loaded(OPEN, KIND).rows_same == 6
    keys = (
        Incident.objects.filter(key__startswith="211400001-13B").order_by("key").values_list("key", flat=True)
    )
    assert list(keys) == ["211400001-13B", "211400001-13B#2"]


def test_an_undone_file_is_out_of_force_and_can_be_loaded_again() -> None:
    loaded(OLD, KIND)
    undo(ImportRun.objects.get(), None, "the wrong extract")
    assert not Incident.objects.current().exists()
    assert loaded(OLD, KIND).rows_new == 10
    assert Incident.objects.current().count() == 10


def test_the_run_counts_what_is_odd() -> None:
    report = loaded(OLD, KIND)
    notes = {note["what"]: (note["rows"], note["first"]) for note in report.notes["noticed"]}
    assert notes["repeated the row of an incident beside another neighbourhood, and added nothing"] == (
        1,
        [5],
    )
    assert notes["gave the coordinates 0, 0, which stand for none"] == (1, [3])


def test_bad_rows_keep_the_file_out_unless_the_good_ones_are_wanted() -> None:
    assert not loaded(LATER, KIND).stored
    assert not Incident.objects.exists()
    report = loaded(LATER, KIND, partial=True)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (11, 8, 3)
    imputed = Incident.objects.filter(reported_imputed=True)
    assert set(imputed.values_list("key", flat=True)) == {f"21140000{n}-23F" for n in (2, 3, 4)}


def test_the_file_is_of_atlanta_whoever_imports() -> None:
    make_agency("Springfield Police", "USA")
    assert (
        "Import it for Atlanta Police Department" in checked(OLD, KIND, agency="Springfield Police").message
    )
