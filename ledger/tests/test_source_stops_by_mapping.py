"""Stops from any table: the same stops in other words, orders and names are the same records; what is not declared is not guessed."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.imports import engine
from ledger.imports.declared import DIGITS, ORDERS, DeclaredDay, DeclaredTime, clock_of
from ledger.imports.guessing import guess
from ledger.imports.loose import plain_name
from ledger.imports.reader import Unreadable
from ledger.imports.report import Report
from ledger.imports.samples import Beginning
from ledger.imports.sources import recognised
from ledger.models import Agency, ImportRun, Person, Stop
from ledger.tests.import_files import EXAMPLES, HEADER, SHARED, known_by_hand, loaded, source

MAPPING = source("stops-by-mapping")


def read(column: Any, *texts: str) -> list[str | None]:
    found = column.clean(pd.Series(list(texts), dtype="str"), known_by_hand())
    return [None if pd.isna(value) else value for value in found]


@pytest.mark.parametrize(
    ("order", "text", "day"),
    [
        ("day/month/year", "01/02/2024", "2024-02-01"),
        ("month/day/year", "01/02/2024", "2024-01-02"),
        ("day/month/year", "1.2.2024", "2024-02-01"),
        ("month/day/year", "1-2-2024", "2024-01-02"),
        ("day/month/yy", "01/02/24", "2024-02-01"),
        ("month/day/yy", "1/2/24", "2024-01-02"),
        ("year-month-day", "2024/2/1", "2024-02-01"),
        ("year-month-day", "20240201", "2024-02-01"),
        ("day/month/year", "2024-02-01", "2024-02-01"),
        ("month/day/year", "1 Feb 2024", "2024-02-01"),
        ("day/month/year", "February 1st, 2024", None),
        ("day/month/year", "February 1, 2024", "2024-02-01"),
        ("day/month/year", "1st February 2024", "2024-02-01"),
        ("month/day/year", "Sept. 3, 2024 2:30 pm", "2024-09-03 14:30:00"),
        ("day/month/year", "01/02/2024 14:30", "2024-02-01 14:30:00"),
        ("day/month/year", "01/02/2024 00:00", "2024-02-01 00:00:00"),
        ("month/day/year", "1/2/2024 2:30:15 PM", "2024-01-02 14:30:15"),
        ("day/month/year", "2024-02-01T14:30:00.000", "2024-02-01 14:30:00"),
        ("day/month/year", "2024-02-01T23:30:00Z", "2024-02-02 00:30:00"),
        ("day/month/year", "2024-07-01T23:30:00-0500", "2024-07-02 06:30:00"),
        ("day/month/year", "13/13/2024", None),
        ("month/day/year", "31/01/2024", None),
        ("day/month/year", "30/02/2024", None),
        ("day/month/year", "01/02/24", None),
        ("day/month/yy", "01/02/2024", None),
        ("day/month/year", "20240201", None),
        ("year-month-day", "01/02/2024", None),
        ("day/month/year", "01/02/1024", None),
        ("day/month/year", "1 Foo 2024", None),
        ("day/month/year", "01/02/2024 25:00", None),
        ("day/month/year", "01/02/2024 noon", None),
        ("day/month/year", "43832", None),
    ],
)
def test_a_day_is_read_in_the_declared_order(order: str, text: str, day: str | None) -> None:
    assert read(DeclaredDay("date").declared(order, "Europe/Paris"), text) == [day]


def test_an_offset_needs_the_time_zone_of_the_file() -> None:
    column = DeclaredDay("date").declared("year-month-day", "")
    assert read(column, "2024-02-01T14:30:00Z", "2024-02-01T14:30:00") == [None, "2024-02-01 14:30:00"]
    assert "needs the time zone" in column.say(known_by_hand())


@pytest.mark.parametrize(
    ("text", "time"),
    [
        *(("14:30", "14:30:00"), ("9:05:07", "09:05:07"), ("2:30 PM", "14:30:00"), ("12:00 am", "00:00:00")),
        *(("12:15 p.m.", "12:15:00"), ("14.30", "14:30:00"), ("14h30", "14:30:00"), ("2 pm", "14:00:00")),
        *(
            ("14:30:00.123", "14:30:00"),
            ("01/02/2024 14:30", "14:30:00"),
            ("2024-02-01T08:00:00Z", "08:00:00"),
        ),
        *(
            ("24:00", None),
            ("14:60", None),
            ("13:00 PM", None),
            ("0:30 AM", None),
            ("1430", None),
            ("noon", None),
        ),
    ],
)
def test_a_time_is_read_in_its_forms(text: str, time: str | None) -> None:
    assert read(DeclaredTime("time"), text) == [time]


def test_times_in_digits_are_read_where_that_is_declared() -> None:
    column = DeclaredTime("time").declared(DIGITS)
    assert read(column, "1430", "905", "5", "0", "14:30", "2460", "14300") == [
        *("14:30:00", "09:05:00", "00:05:00", "00:00:00", "14:30:00", None, None),
    ]


@settings(deadline=None)
@given(moment=st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)), order=st.sampled_from(list(ORDERS)))
def test_every_day_written_in_an_order_is_read_back(moment: datetime, order: str) -> None:
    """Against strftime, which knows nothing of ours."""
    forms = {"year": "%Y", "short": "%y", "month": "%m", "day": "%d"}
    short = "short" in ORDERS[order]
    if short and not 2000 <= moment.year < 2100:
        return
    text = moment.strftime("/".join(forms[part] for part in ORDERS[order]) + " %I:%M:%S %p")
    assert read(DeclaredDay("d").declared(order, ""), text) == [moment.strftime("%Y-%m-%d %H:%M:%S")]


@settings(deadline=None)
@given(text=st.text(max_size=30), order=st.sampled_from(list(ORDERS)))
def test_any_text_is_a_day_a_time_or_nothing(text: str, order: str) -> None:
    (day,) = read(DeclaredDay("d").declared(order, "America/New_York"), text)
    assert day is None or datetime.fromisoformat(day)
    assert clock_of(text) is None or datetime.fromisoformat(f"2024-01-01 {clock_of(text)}")


def test_names_are_found_in_any_spelling() -> None:
    assert [plain_name(name) for name in ("Stop Date", "stopDate", " stop-date ", "STOP_DATE")] == [
        "stop_date"
    ] * 4
    assert MAPPING.columns["stopped_on"].found_in(["x", "Stop Date"]) == "Stop Date"


def test_it_is_never_recognised_by_itself() -> None:
    assert recognised(["stop_date", "gender", "age"]) is None


def rewritten(path: Path, folder: Path) -> Path:
    """A SecureCheck file under other names, with its days and times in another form."""
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    for row in rows:
        year, month, day = row["stop_date"].split("-")
        hour, minute = row["stop_time"].split(":")[:2]
        row["stop_date"] = (
            f"{day}.{month}.{year} {int(hour) % 12 or 12}:{minute} {'PM' if int(hour) > 11 else 'AM'}"
        )
    new = folder / "other.csv"
    with new.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"Spalte {number}" for number in range(len(HEADER.split(",")))])
        writer.writerows(row.values() for row in rows)
    return new


def spalte(name: str) -> str:
    return f"Spalte {HEADER.split(',').index(name)}"


SECURECHECK = {
    "stopped_on": "stop_date", "stopped_at": "stop_date", "agency": "country_name", "gender": "driver_gender",
    "age": "driver_age", "race_id": "driver_race", "words": "violation_raw", "violation_id": "violation",
    "searched": "search_conducted", "search_bases": "search_type", "outcome": "stop_outcome", "arrested": "is_arrested",
    "duration_band": "stop_duration", "drugs_related": "drugs_related_stop", "vehicle": "vehicle_number",
}  # fmt: skip


def take(path: Path, columns: dict[str, str], values: dict[str, str], agency: str = "") -> Report:
    notes = {"agency": agency} if agency else {}
    options = {"columns": columns, "values": values}
    run = ImportRun.objects.create(
        source="stops-by-mapping", file_name=path.name, options=options, notes=notes
    )
    return engine.load(run, path)


def facts() -> list[tuple[Any, ...]]:
    """What persons and their stops say, apart from the grounds of searches, where this source knows no word for none."""
    fields = (
        "stopped_on",
        "stopped_at",
        "agency__name",
        "violation__label",
        "duration_band",
        "drugs_related",
        "stop_type",
    )
    own = (
        "gender",
        "age",
        "race__label",
        "searched",
        "outcome",
        "arrested",
        "role",
        "stop__private__vehicle__number",
    )
    return sorted(Person.objects.values_list(*(f"stop__{name}" for name in fields), *own), key=repr)


@pytest.mark.django_db
def test_the_same_stops_in_other_words_are_the_same_records(tmp_path: Path) -> None:
    path = EXAMPLES / "securecheck-good.csv"
    loaded(path)
    expected = facts()
    columns = {target: spalte(name) for target, name in SECURECHECK.items()}
    values = {
        "dates": "day/month/year",
        "type": "vehicle",
        "country": "Canada",
        "others": "leave the field unknown",
    }
    report = take(rewritten(path, tmp_path), columns, values)
    assert (report.rows_new, report.rows_refused, report.message) == (3, 0, "")
    run = ImportRun.objects.get(source="stops-by-mapping")
    assert facts() == sorted([*expected, *expected], key=repr)
    assert Stop.objects.filter(import_run=run).count() == 3


@pytest.mark.skipif(not SHARED.exists(), reason="published files are not here")
@pytest.mark.django_db
def test_rhode_island_read_by_hand_counts_as_the_file_says() -> None:
    path = SHARED / "ri-police-stops" / "police.csv"
    columns = {
        "stopped_on": "stop_date",
        "violation_id": "violation",
        "duration_band": "stop_duration",
        "area_name": "district",
    }
    values = {"dates": "year-month-day", "country": "USA", "type": "vehicle"}
    run_values = values | {"others": "leave the field unknown"}
    options = {"columns": columns, "values": run_values}
    run = ImportRun.objects.create(
        source="stops-by-mapping",
        file_name=path.name,
        options=options,
        notes={"agency": "State Police"},
        partial=True,
    )
    report = engine.load(run, path)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (27_918, 27_917, 1)
    published = pd.read_csv(path, dtype=str, keep_default_na=False).iloc[:-1]
    people = Person.objects.filter(stop__import_run=run)
    assert people.filter(gender=1).count() == (published["driver_gender"] == "M").sum()
    assert people.filter(searched=True).count() == (published["search_conducted"] == "TRUE").sum()
    assert people.filter(stop__area__name="Zone K3").count() == (published["district"] == "Zone K3").sum()
    assert (
        people.filter(stop__stopped_at__hour=0).count() == published["stop_time"].str.startswith("00").sum()
    )


GOOD = "Date,Agency,Outcome\n01/02/2024,Riverton Police,{}\n"


@pytest.mark.django_db
def test_words_of_no_list_refuse_the_row_or_stay_unknown_as_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOD.format("Talked to"))
    values = {"dates": "day/month/year", "country": "India"}
    assert take(path, {}, values).rows_refused == 1
    assert take(path, {}, values | {"others": "leave the field unknown"}).rows_new == 1
    assert Person.objects.get().outcome == 0


@pytest.mark.django_db
def test_what_is_not_said_is_asked_when_the_file_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOD.format("Warning"))
    assert "how days are written" in take(path, {}, {}).message
    unknown = take(path, {}, {"dates": "day/month/year"})
    assert "say its country" in unknown.message
    assert "is no time zone" in take(path, {}, {"dates": "day/month/year", "zone": "Mars/Base"}).message
    assert "choose one of" in take(path, {}, {"dates": "any"}).message
    run = ImportRun.objects.create(
        source="stops-by-mapping", file_name="a.csv", options={"values": {"dates": "day/month/year"}}
    )
    assert "say its country" in engine.check(run, path).message
    assert not Agency.objects.exists()


def test_a_needed_column_cannot_be_nowhere() -> None:
    with pytest.raises(Unreadable, match="Choose the column for “stopped_on”"):
        MAPPING.for_file("a.csv", {"columns": {"stopped_on": ""}, "values": {"dates": "year-month-day"}})


@pytest.mark.django_db
def test_local_time_is_told_by_the_zone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Date,Agency\n2024-07-01T02:30:00Z,Riverton Police\n")
    take(path, {}, {"dates": "year-month-day", "country": "USA", "zone": "America/New_York"})
    stop = Stop.objects.get()
    moment = datetime(2024, 7, 1, 2, 30, tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo("America/New_York"))
    assert (stop.stopped_on, stop.stopped_at) == (moment.date(), moment.time())
    assert str(stop.agency.time_zone) == "America/New_York"


def test_each_column_is_guessed_once_and_never_against_its_values() -> None:
    table = Beginning(
        ["Sex of driver", "Reason", "Lat", "Age", "Zeit", "Remarks"],
        [["F", "Speeding", "41.5", "thirty", "08:15", "x"], ["M", "DUI", "41.6", "?", "09:15", "y"]],
        [],
    )
    found = guess(MAPPING, table, known_by_hand())
    assert found == {
        "gender": "Sex of driver",
        "violation_id": "Reason",
        "latitude": "Lat",
        "age": "Age",
        "stopped_at": "Zeit",
    }
    assert len(set(found.values())) == len(found)
