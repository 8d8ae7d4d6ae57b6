"""Made-up stops: the same for the same seed, in the exact format, with every planted effect and no other."""

from __future__ import annotations

import csv
import io
import json
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Q

from ledger.choices import NIGHT_HOURS, Flag
from ledger.models import ImportRun, Person, Stop
from ledger.synthesis.calendar import MONTHS, Month, divide
from ledger.synthesis.draw import draw
from ledger.synthesis.files import SECURECHECK, SYNTHETIC, write
from ledger.synthesis.places import FORCES
from ledger.tests.made_up import UNTIL, drawn

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "securecheck-traffic-stops"


def written(
    path: Path, total: int, seed: int = 1, columns: tuple[str, ...] = SECURECHECK
) -> list[dict[str, str]]:
    write(path, draw(total, seed, UNTIL), columns)
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


# The same for ever, and whole


def test_the_same_seed_gives_the_same_file_and_another_seed_another(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write(tmp_path / name, draw(2_000, seed, UNTIL))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


def test_the_draw_of_a_seed_never_changes(tmp_path: Path) -> None:
    """Demo figures in documents and screenshots rely on it."""
    rows = written(tmp_path / "stops.csv", 1_000, seed=2026)
    assert (rows[0]["stop_date"], rows[0]["vehicle_number"]) == FIRST_OF_2026
    assert Counter(row["stop_outcome"] for row in rows) == OUTCOMES_OF_2026


FIRST_OF_2026 = ("2023-11-01", "0RCW557")
OUTCOMES_OF_2026 = {"Ticket": 517, "Warning": 417, "Arrest": 66}


@pytest.mark.parametrize("total", [1, 2, 35, 36, 37, 999, 20_000])
def test_exactly_as_many_stops_are_drawn_as_asked_for(total: int) -> None:
    assert sum(len(month) for month in draw(total, 5, UNTIL)) == total


def test_the_months_are_the_36_up_to_the_last_full_one() -> None:
    assert Month.last_full(date(2026, 1, 31)) == Month(2025, 12)
    months = [month for month, _ in divide(72_000, Month(2025, 12), 0.06)]
    assert (months[0], months[-1], len(months)) == (Month(2023, 1), Month(2025, 12), MONTHS)


def test_stops_come_in_order_of_time(tmp_path: Path) -> None:
    rows = written(tmp_path / "stops.csv", 5_000)
    times = [(row["stop_date"], row["stop_time"].zfill(8)) for row in rows]
    assert times == sorted(times)


# The format


def test_the_header_and_every_value_are_the_published_files(tmp_path: Path) -> None:
    sample = PUBLISHED / "traffic_stops_with_vehicle_number.first120.csv"
    if not sample.exists():
        pytest.skip("The published excerpt is not on this machine.")
    with sample.open(newline="", encoding="utf-8") as file:
        published = list(csv.DictReader(file))
    made = written(tmp_path / "stops.csv", 20_000)
    assert list(made[0]) == list(published[0])
    coded = [
        name
        for name in SECURECHECK
        if name not in ("stop_date", "stop_time", "vehicle_number", "driver_age_raw", "driver_age")
    ]
    for column in coded:
        assert {row[column] for row in made} == {row[column] for row in published}, column


def test_hours_are_not_padded_and_the_last_line_has_no_end(tmp_path: Path) -> None:
    rows = written(tmp_path / "stops.csv", 20_000)
    assert {row["stop_time"].split(":")[0] for row in rows} == {str(hour) for hour in range(24)}
    assert all(len(row["stop_time"].split(":")[1]) == 2 and row["stop_time"].endswith(":00") for row in rows)
    assert not (tmp_path / "stops.csv").read_bytes().endswith(b"\n")


def test_the_demo_columns_follow_the_forces(tmp_path: Path) -> None:
    rows = written(tmp_path / "stops.csv", 5_000, columns=SYNTHETIC)
    forces = {force.country: force for force in FORCES}
    for row in rows:
        force = forces[row["country_name"]]
        assert row["post"] in force.posts
        assert row["officer"] in force.officer_numbers()
        assert (row["contraband_found"] == "") == (row["search_conducted"] == "FALSE")
        assert (row["contraband"] != "") == (row["contraband_found"] == "TRUE")
        assert 1 <= int(row["duration_minutes"]) <= 200


def test_a_broken_off_run_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    def breaks() -> Any:
        yield from list(draw(100, 1, UNTIL))[:1]
        raise OSError("disk full")

    (tmp_path / "stops.csv").write_text("before")
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path / "stops.csv", breaks())
    assert (tmp_path / "stops.csv").read_text() == "before"


# The command


def make_stops(*args: str) -> str:
    said = io.StringIO()
    call_command("make_stops", *args, stdout=said)
    return said.getvalue()


def test_the_command_writes_a_file_and_stores_nothing(tmp_path: Path) -> None:
    path = tmp_path / "stops.csv"
    assert (
        make_stops("500", "--seed", "3", "--csv", str(path), "--until", "2026-10")
        == f"500 stops are in {path}.\n"
    )
    again = tmp_path / "again.csv"
    write(again, draw(500, 3, UNTIL))
    assert path.read_bytes() == again.read_bytes()


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["0"], "is not a number of stops"),
        (["many"], "is not a number of stops"),
        (["5", "--seed", "-1"], "is not a seed"),
        (["5", "--until", "2026-13"], "is not a month"),
        (["5", "--csv", "/nowhere/at/all.csv"], "could not be written: No such file or directory"),
    ],
)
def test_the_command_says_in_words_what_is_wrong(args: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        make_stops(*args)


def test_65538_rows_are_written_in_three_seconds(tmp_path: Path) -> None:
    begun = time.perf_counter()
    assert write(tmp_path / "stops.csv", draw(65_538, 1, UNTIL)) == 65_538
    assert time.perf_counter() - begun < 3


@pytest.mark.django_db
def test_the_ledger_gets_every_stop_once_with_post_officer_and_finds() -> None:
    assert "1,000 stops are in the ledger, 0 were there already" in make_stops("1000", "--until", "2026-10")
    assert "0 stops are in the ledger, 1,000 were there already" in make_stops("1000", "--until", "2026-10")
    [run, _again] = ImportRun.objects.order_by("pk")
    assert (run.source, run.rows_new, run.user) == ("synthetic", 1_000, None)
    stop = Stop.objects.with_parts().filter(persons__contraband_found=True).first()
    assert stop is not None
    force = next(force for force in FORCES if force.country == stop.agency.name)
    assert str(stop.post) in force.posts
    assert str(stop.officer) in force.officer_numbers()
    assert stop.duration_minutes
    assert stop.persons.get().contraband


@pytest.mark.django_db
def test_the_effects_arrive_in_the_ledger() -> None:
    """Counted with the ORM on what the engine stored, against the arrays that were drawn."""
    make_stops("12000", "--seed", "11", "--until", "2026-10")
    stops = drawn(seed=11, total=12_000)
    night = Q(stop__stopped_at__hour__in=NIGHT_HOURS)
    counted = Person.objects.aggregate(
        night=Count("pk", filter=night),
        night_arrests=Count("pk", filter=night & Q(arrested=True)),
        searched=Count("pk", filter=Q(searched=True)),
        hits=Count("pk", filter=Q(contraband_found=True)),
    )
    assert counted == {
        "night": stops["night"].sum(),
        "night_arrests": (stops["arrested"] & stops["night"]).sum(),
        "searched": stops["searched"].sum(),
        "hits": stops["found"].sum(),
    }


@pytest.mark.django_db
def test_planted_contradictions_and_doubles_wait_for_review() -> None:
    make_stops("12000", "--seed", "11", "--until", "2026-10")
    stops = drawn(seed=11, total=12_000)
    flagged = Stop.objects.waiting_for_review()
    assert (
        flagged.flagged_with(Flag.ARREST_MISMATCH).count()
        == ((stops["outcome"] == "Arrest") != stops["arrested"]).sum()
    )
    assert (
        flagged.flagged_with(Flag.SEARCH_MISMATCH).count()
        == ((stops["search_type"] != "None") != stops["searched"]).sum()
    )
    assert flagged.flagged_with(Flag.DUPLICATE).count() > 10
    assert not flagged.flagged_with(Flag.DRUGS_MISMATCH).exists()


@pytest.mark.django_db
def test_the_written_file_is_taken_by_the_source_securecheck_without_a_refusal(
    tmp_path: Path, capsys: Any
) -> None:
    path = tmp_path / "stops.csv"
    write(path, draw(5_000, 4, UNTIL))
    call_command("import", "securecheck", str(path), "--json", stdout=(said := io.StringIO()))
    report = json.loads(said.getvalue())
    assert (report["rows_read"], report["rows_new"], report["rows_refused"], report["errors"]) == (
        5_000,
        5_000,
        0,
        [],
    )
