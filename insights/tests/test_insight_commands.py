from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from insights.catalogue import CATALOGUE
from insights.models import StopFact
from ledger.tests.factories import make_agency, make_stop

pytestmark = pytest.mark.django_db


def said(*args: str) -> str:
    out = io.StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def told(*args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said("insight", *args, "--format", "json"))
    return found


def refused(*args: str) -> str:
    with pytest.raises(CommandError) as caught:
        said(*args)
    assert caught.value.returncode == 1
    return str(caught.value)


def test_all_insights_are_listed_with_their_questions() -> None:
    lines = said("insights").splitlines()
    assert [line.split()[0] for line in lines] == [insight.slug for insight in CATALOGUE]
    assert all(line.endswith(insight.question) for line, insight in zip(lines, CATALOGUE, strict=True))


def test_json_holds_exactly_what_scripts_rely_on() -> None:
    make_stop(at=None)
    found = told("stops-by-hour", "--filter", "gender=m")
    assert list(found) == ["slug", "title", "question", "filters", "columns", "rows", "summary", "notes"]
    assert found["filters"] == {"gender": "Male"}
    assert found["columns"] == ["hour", "stops", "share"]
    assert found["rows"] == [{"hour": None, "stops": 1, "share": 1.0}]
    assert found["summary"] == {"stops": 1}


def test_the_night_ratio_is_in_the_summary() -> None:
    assert told("night-arrest-rate")["summary"] == {"ratio": None, "low": None, "high": None, "stops": 0}


def test_small_counts_are_exact_on_the_command_line() -> None:
    make_stop(vehicle="AB1", drugs=True)
    assert told("top-drug-vehicles")["rows"] == [{"vehicle": "AB1", "stops": 1}]
    assert told("drug-rate-by-country")["rows"][0]["drug_stops"] == 1


def test_csv_has_the_columns_as_header_and_escapes_formulas() -> None:
    make_stop(agency=make_agency("A", "=1+1"))
    rows = list(csv.reader(io.StringIO(said("insight", "gender-by-country", "--format", "csv"), newline="")))
    assert rows == [["country", "gender", "stops", "share"], ["'=1+1", "Male", "1", "1.0"]]


def test_the_table_is_aligned_and_says_when_it_is_empty() -> None:
    assert "There are no stops within these filters." in said("insight", "stops-by-hour")
    make_stop()
    lines = said("insight", "top-arrest-violations").splitlines()
    assert lines[0] == "Which five violations have the highest arrest rate (at least 10 stops)?"
    assert said("insight", "arrest-rate-by-age-band").splitlines()[1:] == [
        "age_band  stops  arrests  rate   low   high",
        "25-34         1        0  0.0%  0.0%  79.3%",
    ]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("insight", "no-such"), "There is no insight “no-such”. There are: top-drug-vehicles,"),
        (
            ("insight", "stops-by-hour", "--filter", "country"),
            "“country” is no filter. Write it as KEY=VALUE",
        ),
        (("insight", "stops-by-hour", "--filter", "country="), "“country=” is no filter."),
        (
            ("insight", "stops-by-hour", "--filter", "hour_min=9", "--filter", "hour_min=8"),
            "The filter hour_min is given twice",
        ),
        (("insight", "stops-by-hour", "--filter", "colour=red"), "There is no filter “colour”."),
        (("insight", "stops-by-hour", "--filter", "gender=x"), "gender: “x” is not known here."),
        (("rebuild", "--agency", "Nowhere"), "There is no agency “Nowhere”. There are: none yet."),
        (("rebuild", "--month", "2026-13"), "“2026-13” is not a month. Write it as 2026-11."),
    ],
)
def test_errors_are_plain_sentences_with_exit_code_1(args: tuple[str, ...], says: str) -> None:
    assert refused(*args).startswith(says)


def test_a_value_may_hold_an_equals_sign() -> None:
    make_agency("Dept. A=B")
    assert told("stops-by-hour", "--filter", "agency=Dept. A=B")["filters"] == {"agency": "Dept. A=B"}


def test_rebuild_mends_what_was_lost_and_says_how_much() -> None:
    for month in (1, 2, 2):
        make_stop(on=date(2026, month, 3))
    StopFact.objects.all().delete()
    assert said("rebuild", "--month", "2026-02") == "Rebuilt the facts of 2026-02: 2 persons stopped.\n"
    assert said("rebuild", "--agency", "riverton police", "--month", "2026-01").startswith(
        "Rebuilt the facts of Riverton Police of 2026-01: 1 "
    )
    assert said("rebuild") == "Rebuilt the facts of all agencies: 3 persons stopped.\n"
