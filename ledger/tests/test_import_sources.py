"""Sources: what their files mean, row by row, read without a database; and what every source owes."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import Any

import pandas as pd
import pytest
from django.conf import settings

from ledger.imports import lines
from ledger.imports.cleaning import Batch
from ledger.imports.complaints import Complaint, Complaints, Oddities
from ledger.imports.kinds import STOPS
from ledger.imports.known import Known
from ledger.imports.reader import Reader, Unreadable
from ledger.imports.source import Source
from ledger.imports.sources import SOURCES, offered_sources, recognised, source_named
from ledger.models import Person, Stop, StopPrivate
from ledger.tests.import_files import EXAMPLES, HEADER, batches, known_by_hand, line, source


def read(name: str, kind: str = "securecheck", known: Known | None = None) -> Batch:
    with (EXAMPLES / name).open("rb") as file:
        (batch,) = batches(source(kind), Reader(file), known or known_by_hand())
    return batch


def read_lines(*lines: str, known: Known | None = None) -> Batch:
    file = io.BytesIO("\n".join([HEADER, *lines]).encode())
    (batch,) = batches(source("securecheck"), Reader(file), known or known_by_hand())
    return batch


def places(batch: Batch) -> list[tuple[int | None, str]]:
    return [(complaint.row, complaint.column) for complaint in batch.complaints]


def row(batch: Batch, number: int) -> dict[str, Any]:
    return dict(batch.rows.loc[number].dropna())


def test_a_securecheck_row_is_understood() -> None:
    assert row(read("securecheck-good.csv"), 2) == {
        "agency": "India",
        "stopped_on": "2026-01-05",
        "stopped_at": "00:20:00",
        "gender": "2",
        "age": "24",
        "race_id": "1",
        "words": "Drunk Driving",
        "violation_id": "2",
        "searched": "t",
        "search_bases": "{1}",
        "outcome": "5",
        "arrested": "t",
        "duration_band": "3",
        "drugs_related": "t",
        "vehicle": "KA01HH1234",
    }


def test_the_record_is_kept_as_its_source_wrote_it() -> None:
    assert (
        read("securecheck-multi-line.csv")
        .texts[0]
        .startswith('2026-01-05,8:05:00,Canada,M,31,30,White,"Speeding, he')
    )


def test_contradictions_are_taken_as_recorded() -> None:
    batch = read("securecheck-contradictions.csv")
    assert batch.refused == 0
    assert row(batch, 1)["outcome"] == "5"
    assert row(batch, 1)["arrested"] == "f"
    assert row(batch, 2)["search_bases"] == "{2}"
    assert row(batch, 2)["searched"] == "f"


def test_gaps_stay_unknown() -> None:
    batch = read("securecheck-gaps.csv")
    assert row(batch, 1) == {"agency": "Canada", "stopped_on": "2026-01-05"}
    assert row(batch, 2) == {"agency": "Canada", "stopped_on": "2026-01-05", "stopped_at": "08:10:00"}


def test_every_error_of_every_row_is_told() -> None:
    batch = read("securecheck-bad-cells.csv")
    assert places(batch) == [
        *((number, "driver_age") for number in range(1, 6)),
        *((number, "stop_date") for number in range(6, 11)),
        *((number, "stop_time") for number in (11, 12)),
        (13, "driver_gender"),
        (14, "driver_race"),
        (15, "violation"),
        (16, "stop_outcome"),
        (17, "search_conducted"),
        (18, "search_type"),
        (19, "stop_duration"),
        (20, "vehicle_number"),
        (21, "country_name"),
    ]
    assert list(batch.rows.index) == [22]
    assert str(batch.complaints[0]) == (
        "row 1, driver_age: is not an age between 1 and 120 (got “1000000000000000000000000000000”)"
    )


def test_a_row_may_have_several_errors_and_counts_once() -> None:
    batch = read_lines(line(driver_age="0", stop_time="24:30"), line())
    assert places(batch) == [(1, "stop_time"), (1, "driver_age")]
    assert (batch.read, batch.refused) == (2, 1)
    assert [bool(complaint.text) for complaint in batch.complaints] == [True, False]


def test_the_future_begins_at_the_clock_of_the_agency() -> None:
    known = known_by_hand(agencies={"canada": "Canada"}, clocks={"Canada": "2026-01-05 08:04:59"})
    late, early = line(stop_time="8:05:00"), line(stop_time="8:04:59")
    assert [str(error.message) for error in read_lines(late, early, known=known).complaints] == [
        "is in the future"
    ]
    timeless = line(stop_time="")
    assert read_lines(timeless, known=known).refused == 0
    assert read_lines(line(stop_date="2026-01-06", stop_time=""), known=known).refused == 1


def test_rows_of_another_agency_are_refused_with_that_reason() -> None:
    known = known_by_hand(only_agency="India")
    batch = read("securecheck-good.csv", known=known)
    assert places(batch) == [(1, "country_name"), (3, "country_name")]
    assert batch.complaints[0].message == "is another agency; this import is for India only"


def test_an_open_policing_row_is_understood() -> None:
    batch = read("open-policing.csv", "open-policing", known_by_hand(only_agency="State Police"))
    assert row(batch, 2) == {
        "agency": "State Police",
        "stopped_on": "2025-01-23",
        "stopped_at": "23:15:00",
        "gender": "2",
        "race_id": "2",
        "words": "Other Traffic Violation",
        "violation_id": "7",
        "searched": "t",
        "search_bases": "{5,7}",
        "outcome": "5",
        "arrested": "t",
        "duration_band": "2",
        "drugs_related": "t",
        "stop_type": "1",
        "role": "1",
        "area_kind": "district",
        "area_name": "Zone K3",
    }
    assert row(batch, 3)["area_kind"] == "county"
    assert row(batch, 3)["area_name"] == "Kent County"
    assert row(batch, 3)["outcome"] == "0"
    assert set(row(batch, 4)) == {
        *("agency", "stopped_on", "searched", "drugs_related", "stop_type", "role", "area_kind", "area_name"),
    }
    assert [(error.row, error.message) for error in batch.complaints] == [
        (6, "is cut off: the file ends after 11 of 15 cells")
    ]


def test_an_open_policing_file_may_have_ages() -> None:
    batch = read("open-policing-with-age.csv", "open-policing", known_by_hand(only_agency="State Police"))
    assert batch.refused == 0
    assert [row(batch, number).get("age") for number in (1, 2)] == ["39", None]


def test_the_later_naming_of_open_policing_is_understood() -> None:
    batch = read("open-policing-later-naming.csv", "open-policing", known_by_hand(only_agency="State Police"))
    assert batch.refused == 0
    assert {
        name: row(batch, 1).get(name) for name in ("area_name", "latitude", "longitude", "age", "role")
    } == {
        "area_name": "X3",
        "latitude": "41.824",
        "longitude": "-71.413",
        "age": "44",
        "role": "1",
    }
    second = row(batch, 2)
    assert (second["contraband"], second["search_bases"], second["frisked"]) == ("{1,2}", "{4,12}", "t")
    assert "latitude" not in second
    assert (row(batch, 3)["stop_type"], row(batch, 3)["role"]) == ("2", "3")
    assert "race_id" not in row(batch, 3)


@pytest.mark.parametrize(
    "name, words",
    [
        ("securecheck-lacks-column.csv", "lacks the column “vehicle_number”"),
        ("securecheck-double-column.csv", "names “stop_date” twice"),
        ("securecheck-semicolons.csv", "separated by semicolons"),
        ("securecheck-latin-1.csv", "Row 2 holds the byte 0xFC"),
        ("open-policing.csv", "lacks the columns"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_plain_words(name: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(name)


def test_a_source_is_recognised_by_the_header() -> None:
    for name, expected in [
        ("securecheck-good.csv", "securecheck"),
        ("open-policing.csv", "open-policing"),
        ("open-policing-with-age.csv", "open-policing"),
        ("open-policing-later-naming.csv", "open-policing"),
    ]:
        with (EXAMPLES / name).open("rb") as file:
            found = recognised(Reader(file).header)
        assert found is not None
        assert found.name == expected
    assert recognised(["name", "colour"]) is None


def test_columns_that_a_source_does_not_know_are_named() -> None:
    assert source("securecheck").unknown([*HEADER.split(","), "weather", ""]) == [
        "weather",
        "column 18, without a name",
    ]
    assert source("securecheck").unknown([*HEADER.split(","), "refused because"]) == []


def test_digests_are_keyed_and_forget_what_is_unknown() -> None:
    rows = pd.DataFrame({"agency": ["A"], "vehicle": ["KA01"], "age": [None]}, dtype=object)
    fewer = pd.DataFrame({"agency": ["B"], "vehicle": ["KA01"]}, dtype=object)
    (one,), (same,), (other,) = (
        list(lines.digests(r, k)) for r, k in [(rows, b"a"), (fewer, b"a"), (rows, b"b")]
    )
    assert one == same
    assert one != other
    assert len(one) == 32


@pytest.mark.parametrize("kind", SOURCES, ids=lambda kind: kind.name)
def test_every_source_keeps_its_contract(kind: Source) -> None:
    assert source_named(kind.name) is kind
    assert kind.title
    assert type(kind).__doc__
    assert kind.is_archive or {*kind.columns, *kind.constants} & set(kind.kind.targets)
    if kind.kind is STOPS:
        assert kind.columns["stopped_on"].required
    names = [name for column in kind.columns.values() for name in column.names]
    assert len(names) == len(set(names)), "a column of the file stands for one target"
    assert set(kind.constants) <= set(kind.kind.targets)
    assert kind.fits(kind.header)
    assert kind.found(kind.header) == len(kind.columns)
    if kind.kind.has_agency:
        asked = {name: one.default or (*one.choices, "Canada")[0] for name, one in kind.parameters.items()}
        told = kind.for_file("a.csv", {"values": asked | {"zone": "UTC"} if "zone" in asked else asked})
        assert told.country_of("Canada")
        assert told.time_zone_of("Canada")


@pytest.mark.parametrize("kind", offered_sources(), ids=lambda kind: kind.name)
def test_every_offered_source_has_a_page_of_docs_that_names_its_columns(kind: Source) -> None:
    page = (settings.BASE_DIR / "docs" / "sources" / f"{kind.name}.md").read_text()
    missing = [name for column in kind.columns.values() for name in column.names if f"`{name}`" not in page]
    assert not missing


MADE_BY_US = {
    *(
        "id",
        "number",
        "version",
        "supersedes",
        "import_run",
        "import_row",
        "author",
        "recorded_at",
        "client_key",
    ),
    *("flags", "stop", "position", "correction_reason", "recorded", "area"),
}


@pytest.mark.parametrize("model", [Stop, Person, StopPrivate])
def test_every_field_of_the_record_can_be_loaded(model: Any) -> None:
    for field in model._meta.concrete_fields:
        assert field.name in MADE_BY_US or field.name in STOPS.targets or field.attname in STOPS.targets, (
            field.name
        )


def test_declaring_sources_and_pages_needs_no_pandas() -> None:
    program = (
        "import sys, django; django.setup(); import securecheck.urls, ledger.tasks, ledger.imports.sources; "
        "sys.exit(bool({'pandas', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=settings.BASE_DIR, check=False).returncode == 0


def test_errors_without_end_are_counted_and_the_first_ones_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.imports.complaints.MOST_KEPT", 3)
    complaints = Complaints()
    for row in range(5):
        complaints.add([Complaint(row, "age", "0", "is wrong"), Complaint(row, "day", "", "is empty")])
    assert [(error.row, error.column) for error in complaints.kept] == [(0, "age"), (0, "day"), (1, "age")]
    assert complaints.left_off == 7


class Watchful(type(source("securecheck"))):  # type: ignore[misc]
    """Notices stops at night, and of children."""

    def notice(self, frame: pd.DataFrame, known: Known) -> Any:
        yield frame["stopped_at"] < "06:00:00", "took place at night"
        yield frame["age"] == "15", "were of children"


def test_what_is_odd_is_counted_among_the_rows_that_are_taken_in() -> None:
    lines = [line(stop_time="3:00"), line(stop_time="4:00", driver_age="0"), line(), line(stop_time="5:00")]
    file = io.BytesIO("\n".join([HEADER, *lines]).encode())
    (batch,) = batches(Watchful(), Reader(file), known_by_hand())
    assert (batch.refused, batch.noticed) == (1, {"took place at night": [1, 4]})
    assert list(batch.rows.index) == [1, 3, 4]


def test_odd_rows_without_end_are_counted_and_the_first_ones_named() -> None:
    odd = Oddities()
    odd.add({"took place at night": list(range(1, 8)), "were of children": [3]})
    odd.add({"took place at night": list(range(8, 15))})
    assert odd.as_notes() == [
        {"what": "took place at night", "rows": 14, "first": list(range(1, 11))},
        {"what": "were of children", "rows": 1, "first": [3]},
    ]


def test_what_is_kept_of_an_error_is_bounded_and_storable() -> None:
    error = Complaint(1, "words", "x\0" * 1000, "is too long")
    assert len(error.value) == 300
    assert "\0" not in error.value
