"""Lists of places that predictions should not point at."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.imports.reader import Unreadable
from ledger.imports.sources import recognised
from ledger.models import SensitivePlace
from ledger.tests.import_files import EXAMPLES, loaded, parts_of, read_as, said

KIND = "sensitive-places"
PLACES = EXAMPLES / KIND / "places.csv"

pytestmark = pytest.mark.django_db


def test_places_are_read_with_their_kind_and_point_and_a_repeated_one_is_one() -> None:
    report = loaded(PLACES, KIND, partial=True)
    assert (report.rows_read, report.rows_new, report.rows_same, report.rows_refused) == (7, 2, 1, 4)
    assert said(report) == [(4, "Lat"), (5, "Name"), (6, "Type"), (7, "Lat")]
    assert list(SensitivePlace.objects.values_list("kind", "latitude", "longitude")) == [
        ("school", 33.705, -84.395),
        ("hospital", 33.715, -84.385),
    ]
    assert loaded(PLACES, KIND, partial=True).rows_new == 0


def test_a_list_of_one_kind_says_it_once(tmp_path: Path) -> None:
    path = tmp_path / "schools.csv"
    path.write_text("place,latitude,longitude\nElm School,33.7,-84.3\n")
    with pytest.raises(Unreadable, match="No column tells what the places are"):
        read_as(KIND, path)
    assert parts_of(read_as(KIND, path, kind="school")[0])[0]["kind"] == "school"


def test_no_table_is_taken_for_such_a_list_by_itself() -> None:
    found = recognised(["name", "type", "latitude", "longitude"])
    assert found is None or found.name != KIND
