"""Reported crime of Atlanta: each layout, each oddity row by row, and what becomes of it in the ledger."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.choices import OffenceGroup
from ledger.imports.cleaning import Batch
from ledger.imports.reader import Reader, Unreadable
from ledger.imports.sources import recognised
from ledger.tests.import_files import EXAMPLES, batches, known_by_hand, source

KIND = "atlanta-crime"
FOLDER = EXAMPLES / KIND
OLD, NEW, LATER = (FOLDER / f"cobra-{name}.csv" for name in ("old", "new", "2021"))
SHORT, OPEN = FOLDER / "cobra-short.csv", FOLDER / "open-data.csv"
AGENCY = "Atlanta Police Department"


def read(file: Any, clock: str = "local") -> Batch:
    bound = source(KIND).for_file("crime.csv", {"values": {"clock": clock}})
    (batch,) = batches(bound, Reader(file), known_by_hand(only_agency=AGENCY))
    return batch


def rows_of(path: Path, clock: str = "local") -> dict[int, dict[str, Any]]:
    with path.open("rb") as file:
        batch = read(file, clock)
    return {int(number): dict(values.dropna()) for number, values in batch.rows.iterrows()}


def complaints(path: Path) -> list[tuple[int | None, str, str]]:
    with path.open("rb") as file:
        return [(error.row, error.column, error.message) for error in read(file).complaints]


def noticed(path: Path) -> dict[str, list[int]]:
    with path.open("rb") as file:
        return {what.split(",")[0].split(":")[0]: rows for what, rows in read(file).noticed.items()}


def test_a_row_of_the_old_system_is_understood() -> None:
    assert rows_of(OLD)[1] == {
        "agency": AGENCY,
        "key": "200300001-23F",
        "offence": "23F",
        "words": "LARCENY-FROM VEHICLE",
        "reported_on": "2020-01-30",
        "reported_imputed": "f",
        "month": "2020-01-29",
        "occurred_on": "2020-01-29",
        "occurred_at": "09:05:00",
        "ended_on": "2020-01-29",
        "ended_at": "15:21:00",
        "beat": "511",
        "zone": "5",
        "area_name": "Downtown",
        "place": "12 SAMPLE ST SW",
        "latitude": "33.753520",
        "longitude": "-84.391890",
        "apart": "t",
    }


def test_all_layouts_say_the_same_of_the_same_incident() -> None:
    later, short, open_data = rows_of(LATER)[1], rows_of(SHORT)[2], rows_of(OPEN)[1]
    assert {**later, "place": ""} == {**short, "place": ""}
    assert {**later, "place": "", "words": ""} == {**open_data, "place": "", "words": ""}
    assert (later["place"], short["place"]) == (
        "1720 SAMPLE BLVD NW, ATLANTA, GA 30318",
        "1720 SAMPLE BLVD NW",
    )
    assert open_data["words"] == "Theft From Motor Vehicle"


@pytest.mark.parametrize("path", [OLD, NEW, LATER, SHORT, OPEN], ids=lambda path: path.stem)
def test_every_layout_is_recognised_by_its_header(path: Path) -> None:
    with path.open("rb") as file:
        header = Reader(file).header
    found = recognised(header)
    assert found is not None
    assert (found.name, found.unknown(header)) == (KIND, [])


def test_ids_keep_their_zeros_and_na_is_unknown() -> None:
    row = rows_of(OLD)[2]
    assert row["key"] == "021140096-09A"
    assert not {"beat", "zone", "area_name"} & set(row)
    assert row["place"] == "34 SAMPLE ST SW"


def test_long_stands_before_lat_in_the_new_system() -> None:
    row = rows_of(NEW)[1]
    assert (row["latitude"], row["longitude"]) == ("33.751060", "-84.486163")


def test_coordinates_are_both_known_or_none_and_zero_is_none() -> None:
    assert not {"latitude", "longitude"} & set(rows_of(OLD)[3])
    assert not {"latitude", "longitude"} & set(rows_of(LATER)[7])
    assert noticed(OLD)["gave the coordinates 0"] == [3]


def test_midnight_and_the_minute_after_it_are_no_time() -> None:
    assert "occurred_at" not in rows_of(OLD)[3]
    assert "ended_at" not in rows_of(OLD)[4]
    assert not {"occurred_at", "ended_at"} & set(rows_of(NEW)[8])
    assert "occurred_at" not in rows_of(LATER)[11]
    assert "occurred_at" not in rows_of(OPEN)[4]
    assert rows_of(OPEN)[6]["occurred_at"] == "00:30:00"


def test_out_of_jurisdiction_is_no_beat() -> None:
    assert not {"beat", "zone", "area_name"} & set(rows_of(NEW)[3])
    assert noticed(NEW)["lay outside of the jurisdiction"] == [3]


def test_the_offence_is_the_nibrs_code_or_the_one_in_place_of_the_ucr_number() -> None:
    assert [row.get("offence") for row in rows_of(OLD).values()][:9] == [
        *("23F", "09A", "120", "220", "220", "23C", "23C", "13A", "240"),
    ]
    unknown = rows_of(OLD)[10]
    assert (unknown["key"], unknown.get("offence"), unknown["group"]) == (
        "200300010-999",
        None,
        str(OffenceGroup.THEFT.value),
    )
    unlisted = rows_of(LATER)[10]
    assert (unlisted["offence"], unlisted["group"]) == ("XYZ", str(OffenceGroup.ROBBERY.value))
    assert noticed(LATER)["gave an offence code that is in no table here"] == [10]


def test_a_row_without_an_offence_of_the_nibrs_stays_an_incident() -> None:
    row = rows_of(OPEN)[5]
    assert row["key"] == "213640002-Non-NIBRS offense"
    assert not {"offence", "beat", "zone", "area_name"} & set(row)


def test_a_report_date_missing_or_invalid_is_that_of_the_end_else_of_the_start() -> None:
    rows = rows_of(LATER)
    assert [(rows[n]["reported_on"], rows[n]["reported_imputed"]) for n in range(1, 6)] == [
        ("2021-05-20", "f"),
        ("2021-05-19", "t"),
        ("2021-05-19", "t"),
        ("2021-05-19", "t"),
        ("2021-05-20", "f"),
    ]
    assert noticed(LATER)["gave no valid report date"] == [2, 3, 4]


def test_the_month_is_of_the_occurrence_else_of_the_report() -> None:
    assert rows_of(LATER)[5]["month"] == "2021-05-20"
    assert "occurred_on" not in rows_of(LATER)[5]
    assert noticed(NEW)["gave no date of occurrence"] == [4]


def test_years_that_cannot_be_are_refused_with_the_likely_one() -> None:
    likely = "is of a year that cannot be; 2020, the year of the report, is likely meant"
    assert complaints(NEW) == [
        (5, "occur_date", likely),
        (6, "occur_date", likely),
        (7, "poss_date", likely),
        (11, "occur_date", likely),
    ]
    assert complaints(LATER) == [
        (6, "rpt_date", "is empty, and so are the start and the end: nothing dates the row"),
        (8, "poss_date", "is in the future"),
        (9, "poss_date", likely.replace("2020", "2021")),
    ]


def test_the_likely_year_is_that_of_the_number_where_the_report_has_none() -> None:
    file = io.BytesIO(NEW.read_bytes().replace(b"203000005,10/26/2020", b"203000005,NULL"))
    assert "2020, the year of the report" in read(file).complaints[0].message
    file = io.BytesIO(NEW.read_bytes().replace(b"203000005,10/26/2020", b"unknown-5,NULL"))
    assert read(file).complaints[0].message == "is of a year that cannot be"


def test_what_was_reported_within_a_lifetime_is_kept_and_named() -> None:
    assert rows_of(OLD)[11]["occurred_on"] == "1989-07-10"
    assert noticed(OLD)["began more than 10 years before the report"] == [11]


def test_contradicting_dates_are_kept_as_recorded_and_named() -> None:
    assert noticed(NEW)["began on a day after the report"] == [9]
    assert noticed(NEW)["began on a day after the end"] == [10]
    assert rows_of(NEW)[9]["occurred_on"] == "2020-10-27"
    assert rows_of(NEW)[9]["reported_on"] == "2020-10-26"


def test_an_address_in_several_lines_becomes_one() -> None:
    assert rows_of(LATER)[7]["place"] == "PEACHTREE ST & 4TH ST NE, ATL, GA 30308"


def test_zone_and_beat_are_numbers_in_every_layout() -> None:
    assert [(row["beat"], row["zone"]) for row in (rows_of(OPEN)[1], rows_of(LATER)[1], rows_of(NEW)[1])] == [
        ("103", "1"),
        ("103", "1"),
        ("405", "4"),
    ]


def test_a_file_in_utc_is_read_on_the_clocks_of_atlanta() -> None:
    assert rows_of(OPEN, "UTC")[6] | {"place": ""} == rows_of(OPEN)[6] | {
        "place": "",
        "occurred_on": "2021-12-28",
        "month": "2021-12-28",
        "occurred_at": "19:30:00",
        "ended_at": "18:10:00",
        "reported_on": "2021-12-30",
    }


def night(day: str) -> io.BytesIO:
    """Many incidents at half past midnight of a Wednesday, with the day of the week as told."""
    header, *lines = OPEN.read_text().splitlines()
    line = lines[5].replace("Wednesday", day)
    return io.BytesIO("\n".join([header, *[line] * 30]).encode())


def test_the_days_of_the_week_tell_when_the_clock_is_the_other_one() -> None:
    assert read(night("Wednesday")).refused == 0
    assert read(night("Tuesday"), "UTC").refused == 0
    with pytest.raises(Unreadable, match=r"its times are in UTC\. Say so \(in a command: --set clock=UTC"):
        read(night("Tuesday"))
    with pytest.raises(Unreadable, match="its times are local"):
        read(night("Wednesday"), "UTC")


HEADER = NEW.read_text(encoding="utf-8-sig").splitlines()[0]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=20, max_size=20))
def test_any_cells_are_read_or_refused(cells: list[str]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([HEADER.split(","), cells])
    batch = read(io.BytesIO(file.getvalue().encode("utf-8", "ignore")))
    assert len(batch.rows) + batch.refused == batch.read
