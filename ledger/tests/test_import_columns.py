"""Each kind of column: what it understands, what it leaves unknown, what it complains of."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.choices import DurationBand, Gender, Outcome
from ledger.imports import columns as kinds
from ledger.imports.columns import Column
from ledger.plates import normal_plate
from ledger.tests.import_files import known_by_hand

KNOWN = known_by_hand()
BAD = "complained of"


def cleaned(column: Column, *cells: str) -> list[Any]:
    """Each cell's value, None where unknown, `BAD` where complained of."""
    read = column.read(list(cells), KNOWN)
    return [
        BAD if at in read.problems else None if value != value or value is None else value
        for at, value in enumerate(read.values)
    ]


def complaint(column: Column, cell: str) -> str:
    return str(column.read([cell], KNOWN).problems[0])


def test_blanks_and_words_for_unknown_are_unknown_in_every_kind() -> None:
    column = kinds.Age("age")
    assert cleaned(column, "", "  ", "NA", "n/a", "NULL", "Unknown", " 30 ") == [None] * 6 + ["30"]


def test_a_required_cell_must_be_filled() -> None:
    column = kinds.Date("day", required=True)
    assert complaint(column, " NA ") == "is empty, and must not be"


def test_dates_have_one_form_and_exist() -> None:
    good = ["2026-02-28", "2024-02-29", "1900-01-01", "9999-12-31"]
    bad = [
        "2026-02-30",
        "2025-02-29",
        "28/02/2026",
        "2026-2-3",
        "20260228",
        "2026-02-28 10:00",
        "1899-12-31",
        "٢٠٢٦-٠٢-٢٨",
    ]
    assert cleaned(kinds.Date("day"), *good, *bad) == good + [BAD] * len(bad)
    assert complaint(kinds.Date("day"), "2026-02-30") == "is not a date from 1900 on, written as YYYY-MM-DD"


def test_times_may_lack_padding_and_seconds() -> None:
    cells = ["0:05:00", "00:05", "12:55", "23:59:59", "9:00"]
    assert cleaned(kinds.Time("at"), *cells) == ["00:05:00", "00:05:00", "12:55:00", "23:59:59", "09:00:00"]
    assert (
        cleaned(kinds.Time("at"), "24:30", "24:00", "12:60", "12:00:60", "12", "noon", "-1:00") == [BAD] * 7
    )


CELLS = st.sampled_from(
    [
        "10:00:00",
        "23:59:59",
        "24:00:00",
        "10:00:00\n11:00:00",
        "",
        "9:00",
        "x",
        "1.5",
        "-0.0001",
        "90.5",
        "12.3456\n7",
    ]
)


@given(st.lists(CELLS, max_size=5))
def test_cells_are_read_together_as_each_alone(cells: list[str]) -> None:
    """Also where all of them seem to have one form, and where a cell has several lines that do."""
    for column in (kinds.Time("time"), kinds.Degrees("lat", limit=90)):
        assert cleaned(column, *cells) == [value for cell in cells for value in cleaned(column, cell)]


def test_ages_lie_between_1_and_120() -> None:
    assert cleaned(kinds.Age("age"), "1", "120", "020", "20.0") == ["1", "120", "20", "20"]
    bad = ["0", "121", "-5", "20.5", "1e30", "1" + "0" * 30, "1e400", "inf", "nan?", "²", "twenty", "0x10"]
    assert cleaned(kinds.Age("age"), *bad) == [BAD] * len(bad)
    assert complaint(kinds.Age("age"), "999") == "is not an age between 1 and 120"


@given(st.integers(-(10**40), 10**40))
def test_an_age_is_taken_just_when_it_is_one(number: int) -> None:
    assert cleaned(kinds.Age("age"), str(number)) == [str(number) if 1 <= number <= 120 else BAD]


def test_minutes_of_a_stop_lie_within_a_day() -> None:
    assert cleaned(kinds.Minutes("for"), "1", "1440", "0", "1441") == ["1", "1440", BAD, BAD]


def test_degrees_are_kept_to_three_decimals_within_bounds() -> None:
    assert cleaned(kinds.Degrees("lat", limit=90), "41.82405", "-90", "90.001", "1e1", "north") == [
        "41.824",
        "-90.000",
        BAD,
        BAD,
        BAD,
    ]
    assert cleaned(kinds.Degrees("lng", limit=180), "-0.0001", "0") == ["0.000", "0.000"]


def test_published_points_may_be_kept_finer() -> None:
    fine = kinds.Degrees("lng", limit=180, decimals=6)
    assert cleaned(fine, "-0.111497", "-0.1", "-0.0000001") == ["-0.111497", "-0.100000", "0.000000"]


def test_choices_take_labels_and_words_of_sources_in_any_case() -> None:
    outcome = kinds.Choice("outcome", words=Outcome)
    assert cleaned(outcome, "Ticket", "CITATION", "Arrest Driver", "N/D", "No Action") == [
        "3",
        "3",
        "5",
        "0",
        "1",
    ]
    assert cleaned(kinds.Choice("gender", words=Gender), "M", "female", "X") == ["1", "2", BAD]
    assert cleaned(kinds.Choice("band", words=DurationBand), "0-15 Min", "30+ Min", "1 hour") == [
        "1",
        "3",
        BAD,
    ]
    assert "Known are: No action, Warning, Citation, Summons, Arrest" in complaint(outcome, "Lecture")


def test_codes_come_from_the_code_list_and_the_known_ones_are_named() -> None:
    violation = kinds.Code("violation", words="violation")
    assert cleaned(violation, "Speeding", "drunk driving", "Registration/plates") == ["1", "2", "6"]
    assert complaint(violation, "Flying").startswith(
        "is not a known violation. Known are: Speeding, DUI, Seatbelt"
    )
    assert len(complaint(violation, "Flying")) <= 300


def test_several_grounds_stand_in_one_cell() -> None:
    search = kinds.SearchTypes("type", none=("none",))
    assert cleaned(
        search, "Vehicle Search", "Incident to Arrest,Protective Frisk", "Inventory, Incident to Arrest"
    ) == [
        "{1}",
        "{5,7}",
        "{5,6}",
    ]
    assert cleaned(search, "plain view|k9", "None", "", "Telepathy", "Frisk,Telepathy", "Frisk,") == [
        "{11,12}",
        "{}",
        None,
        BAD,
        BAD,
        BAD,
    ]


def test_the_word_none_is_only_a_word_where_the_source_says_so() -> None:
    assert cleaned(kinds.SearchTypes("type"), "None") == [None]
    assert cleaned(kinds.SearchTypes("type", none=("none",)), "None") == ["{}"]


def test_empty_cells_are_counted() -> None:
    assert kinds.Age("age").read(["", "30", "NA", "none", "x", " "], KNOWN).empty == 4


def test_marks_are_yes_no_or_unknown() -> None:
    assert cleaned(kinds.YesNo("flag"), "TRUE", "false", "Y", "0", "", "perhaps") == [
        "t",
        "f",
        "t",
        "f",
        None,
        BAD,
    ]


@given(st.text(max_size=12))
def test_vehicle_numbers_are_written_down_as_the_form_does(text: str) -> None:
    if text.strip().lower() in kinds.UNKNOWN or "'" in text:
        return
    assert cleaned(kinds.VehicleNumber("plate"), text) == [normal_plate(text.strip()) or BAD]


def test_vehicle_numbers_lose_blanks_and_hyphens_only() -> None:
    assert cleaned(kinds.VehicleNumber("plate"), "ka 01-hh.1234", "=1+1", "A" * 21, "КА01") == [
        "KA01HH1234",
        BAD,
        BAD,
        BAD,
    ]


def test_text_has_a_longest() -> None:
    assert cleaned(kinds.Text("words", longest=5), "hello", "hello!", "a\nb") == ["hello", BAD, "a\nb"]


def test_names_of_agencies_are_spelt_as_the_ledger_spells_them() -> None:
    known = known_by_hand(agencies={"canada": "Canada"})
    read = kinds.AgencyName("country").read(["CANADA", "brazil", "Brazil", "=1+1", "12"], known)
    assert list(read.values[:3]) == ["Canada", "brazil", "brazil"]
    assert set(read.problems) == {3, 4}


def test_a_cell_that_our_own_export_escaped_is_read_as_it_was() -> None:
    assert cleaned(kinds.Text("words", longest=50), "'=1+1", "'quoted'", "O'Hara") == [
        "=1+1",
        "'quoted'",
        "O'Hara",
    ]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_no_kind_of_column_fails_on_any_text(cells: list[str]) -> None:
    for column in [
        kinds.Date("x"),
        kinds.Time("x"),
        kinds.Age("x"),
        kinds.Degrees("x", limit=90),
        kinds.Choice("x", words=Outcome),
        kinds.Code("x", words="race"),
        kinds.SearchTypes("x"),
        kinds.YesNo("x"),
        kinds.VehicleNumber("x"),
        kinds.Text("x", longest=5),
        kinds.AgencyName("x"),
    ]:
        assert len(cleaned(column, *cells)) == len(cells)
