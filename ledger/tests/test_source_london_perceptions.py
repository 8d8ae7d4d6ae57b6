"""The survey by neighbourhood: headers of two and three lines, groups, blanks; and the real files counted by csv."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from ledger.imports.reader import Unreadable
from ledger.imports.sources import recognised
from ledger.imports.sources.london_perceptions import period_of_name
from ledger.models import Area, SurveyFigure
from ledger.tests.import_files import EXAMPLES, SHARED, loaded, parts_of, read_as

KIND = "london-perceptions"
OURS = EXAMPLES / KIND
GROUPS = OURS / "2015-16 _to_2020-21_groups.csv"
QUESTIONS = OURS / "2019-questions.csv"
FOLDER = SHARED / "london-police-perceptions"
published = pytest.mark.skipif(not FOLDER.exists(), reason="the published files are not beside the checkout")
FAIR, JOB = (
    "The police treat everyone fairly",
    "Taking everything into account, how good a job do the police do?",
)


def test_each_question_and_group_is_a_figure_and_a_blank_is_none() -> None:
    batch, table = read_as(KIND, GROUPS)
    parts = parts_of(batch)
    assert [(p["row"], p["measure"], p["group"], p["share"]) for p in parts] == [
        (1, FAIR, "White British", "0.84"),
        (1, JOB, "White British", "0.69"),
        (1, FAIR, "Black", "0.78"),
        (2, FAIR, "White British", "1.0"),
        (2, JOB, "White British", "0.0"),
        (2, FAIR, "Black", "0.05"),
        (2, JOB, "Black", "0.06"),
    ]
    assert parts[0] == {
        "row": 1,
        "survey": "PAS",
        "measure": FAIR,
        "meaning": "% Strongly agree/Tend to agree",
        "group": "White British",
        "area_kind": "neighbourhood",
        "area_name": "Enfield - Edmonton and South",
        "period_start": "2015-04-01",
        "period_end": "2021-03-31",
        "share": "0.84",
        "apart": "f",
    }
    assert parts[3]["area_name"] == "Richmond upon Thames - Ham"
    assert table.passed_over == ["Westminster - ORB,,,,"]  # type: ignore[attr-defined]


def test_a_header_of_two_lines_has_no_groups_and_a_column_without_a_meaning_is_no_question() -> None:
    batch, _table = read_as(KIND, QUESTIONS)
    parts = parts_of(batch)
    assert [(p["row"], p["area_code"], p["meaning"], p["share"]) for p in parts] == [
        (1, "YE-YP", "% Excellent or Good", "0.71"),
        (1, "YE-YP", "% Very or Fairly informed", "0.44"),
        (2, "QK-QZ", "% Excellent or Good", "0.595"),
    ]
    assert not any("group" in part for part in parts)
    assert (parts[0]["period_start"], parts[0]["period_end"]) == ("2019-01-01", "2019-12-31")


def test_what_is_wrong_is_told_cell_by_cell() -> None:
    batch, _table = read_as(KIND, OURS / "2018-bad.csv")
    question = "How good a job do the police in your area do? | % Excellent or Good"
    assert [(error.row, error.column) for error in batch.complaints] == [
        (1, "Neighbourhood"),
        (2, "Neighbourhood"),
        (3, "Neighbourhood"),
        (4, question),
        (5, question),
        (7, ""),
    ]
    assert batch.complaints[3].message == "is not a percentage between 0 and 100"


@pytest.mark.parametrize(
    "name, period",
    [
        ("2015-16 _to_2020-21_inclusive_final_221221.csv", (date(2015, 4, 1), date(2021, 3, 31))),
        ("2016-police-perceptions.csv", (date(2016, 1, 1), date(2016, 12, 31))),
        ("indicators 2019-20.csv", (date(2019, 4, 1), date(2020, 3, 31))),
        ("indicators_2019-21.csv", (date(2019, 1, 1), date(2019, 12, 31))),
        ("indicators.csv", (None, None)),
    ],
)
def test_the_period_is_in_the_name_of_the_file(name: str, period: tuple[date | None, date | None]) -> None:
    assert period_of_name(name) == period


def renamed(folder: Path, name: str = "indicators.csv") -> Path:
    path = folder / name
    path.write_bytes(QUESTIONS.read_bytes())
    return path


def test_a_period_may_be_said_and_must_be_known(tmp_path: Path) -> None:
    path = renamed(tmp_path)
    (part, *_) = parts_of(read_as(KIND, path, period_end="2018-12-31")[0])
    assert (part.get("period_start"), part["period_end"]) == (None, "2018-12-31")
    with pytest.raises(Unreadable, match="does not say the period"):
        read_as(KIND, path)
    with pytest.raises(Unreadable, match="The last day is not a day"):
        read_as(KIND, path, period_end="31/12/2018")
    with pytest.raises(Unreadable, match="ends before it begins"):
        read_as(KIND, path, period_start="2019-01-01", period_end="2018-12-31")


@pytest.mark.parametrize(
    "lines, words",
    [
        (["Neighbourhood,Police?,Fair?", ",White,", ",% Yes,% Yes"], "group of respondents of column 3"),
        (["Neighbourhood,Police?", ",a", ",% b", ",c"], "has 4 lines"),
        (["Neighbourhood,Code", "Brent - Kilburn,X"], "names no question"),
        ([f"Neighbourhood,{'q' * 161}", ",% Yes"], "more than 160 characters"),
        (["Neighbourhood,Police?,Police?", ",% Yes,% Yes"], "twice"),
    ],
)
def test_a_header_that_cannot_be_understood_is_refused_in_plain_words(
    tmp_path: Path, lines: list[str], words: str
) -> None:
    path = tmp_path / "2019.csv"
    path.write_text("\n".join([*lines, "Brent - Kilburn,1,2"[: 15 + 2 * lines[0].count(",")]]) + "\n")
    with pytest.raises(Unreadable, match=words):
        read_as(KIND, path)


def test_the_source_is_recognised_by_a_question_about_the_police() -> None:
    found = recognised(["Neighbourhood", "Code", "Are the police fair?"])
    assert found is not None
    assert found.name == KIND
    assert recognised(["Neighbourhood", "price", "rooms"]) is None


@pytest.mark.django_db
def test_an_area_known_without_a_code_gets_it() -> None:
    loaded(GROUPS, KIND)
    assert Area.objects.get(name="Enfield - Edmonton and South").code == ""
    loaded(QUESTIONS, KIND)
    assert Area.objects.get(name="Enfield - Edmonton and South").code == "YE-YP"
    loaded(GROUPS, KIND)
    assert Area.objects.get(name="Enfield - Edmonton and South").code == "YE-YP"


REAL = {
    "2016-police-perceptions.csv": (2, 3, 106, 106 * 18, 0),
    "2015-16 _to_2020-21_inclusive_neighbourhood_indicators_final_221221.csv": (3, 1, 98, 98 * 12, 14),
}


@published
@pytest.mark.django_db
@pytest.mark.parametrize("name", REAL)
def test_the_published_tables_are_in_the_ledger_as_published(name: str) -> None:
    header, first, read, count, blank = REAL[name]
    with (FOLDER / name).open(newline="", encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))
    report = loaded(FOLDER / name, KIND)
    assert (report.rows_read, report.rows_new, report.rows_refused) == (read, read, 0)
    assert report.notes.get("passed_over", {"rows": 0})["rows"] == blank
    top, rows = lines[:header], lines[header:]
    assert len(rows) == read + blank
    figures: Counter[object] = Counter()
    for row in rows:
        place = row[0].replace("&", "and")
        for at in range(first, len(row)):
            if row[at] not in ("", "N/A"):
                group = top[1][at] if header == 3 else ""
                figures[place, top[0][at], group, top[header - 1][at], int(row[at])] += 1
    ours = Counter(
        (area, measure, group, meaning, round(share * 100))
        for area, measure, group, meaning, share in SurveyFigure.objects.values_list(
            "area__name", "measure", "group", "meaning", "share"
        )
    )
    assert ours == figures
    assert sum(figures.values()) == count


@published
@pytest.mark.django_db
def test_neighbourhoods_of_both_tables_are_the_same_areas() -> None:
    for name in REAL:
        loaded(FOLDER / name, KIND)
    assert Area.objects.filter(kind="neighbourhood").count() == 106  # none of the 98 is beside the 106
