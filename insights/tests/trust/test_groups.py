"""Groups of respondents: mean gaps by hand and by scipy, no interval where nothing is known, the real file counted by csv."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

import pytest
from scipy import stats

from insights.tests.trust import survey
from insights.trust import bands
from ledger.choices import AreaKind
from ledger.models import SurveyFigure
from ledger.tests.import_files import SHARED, loaded
from ledger.tests.stops import signed_in

pytestmark = pytest.mark.django_db
NAME = "2015-16 _to_2020-21_inclusive_neighbourhood_indicators_final_221221.csv"
REAL = SHARED / "london-police-perceptions" / NAME
FAIR = "The police in your area treat everyone fairly regardless of who they are"
SHARES = {  # White British, Asian, Black
    "Barnet - East": (0.80, 0.78, 0.60),
    "Barnet - South": (0.70, 0.74, 0.55),
    "Barnet - West": (0.75, 0.75, 0.62),
    "Brent - Kilburn": (0.60, 0.66, 0.50),
}
GROUPS = ("White British", "Asian", "Black")


def write(measure: str = "Fair", base: int | None = None) -> None:
    run = survey.import_run()
    SurveyFigure.objects.bulk_create(
        SurveyFigure(
            import_run=run, import_row=1, survey="PAS", measure=measure, meaning="% Agree", group=group, base=base,
            area=survey.area(name, AreaKind.NEIGHBOURHOOD), share=share, period_start=date(2015, 4, 1), period_end=date(2021, 3, 31),
        )
        for name, shares in SHARES.items()
        for group, share in zip(GROUPS, shares, strict=True)
    )  # fmt: skip


def answer(query: str = "") -> Any:
    reply = signed_in("Policymaker").get(f"/trust/groups/?{query}{'&' if query else ''}format=json")
    assert reply.status_code == 200, reply.content
    return reply.json()


def rows(found: Any, table: str, *keys: str) -> dict[Any, Any]:
    listed = found["tables"][table]["rows"]
    return {tuple(row[key] for key in keys) if len(keys) > 1 else row[keys[0]]: row for row in listed}


def test_mean_gaps_are_scipys() -> None:
    write()
    found = rows(answer(), "means", "measure", "group")
    gaps = [black - white for white, _, black in SHARES.values()]
    expected = stats.ttest_1samp(gaps, 0).confidence_interval(0.95)
    row = found["Fair", "Black"]
    assert row["gap"] == pytest.approx(sum(gaps) / 4)
    assert (row["gap_low"], row["gap_high"]) == (pytest.approx(expected.low), pytest.approx(expected.high))
    assert (row["told"], found["Fair", "Asian"]["told"]) == ("below", "cannot tell")


def test_one_area_has_no_interval_unless_a_number_is_known() -> None:
    write()
    row = rows(answer(), "areas", "area")["Barnet - East"]
    assert (row["Black gap"], row["Black gap_low"]) == (pytest.approx(-0.2), None)
    page = signed_in("Officer").get("/trust/groups/").content.decode()
    assert "a gap in one area has no interval" in page
    row = rows(answer("asked=150"), "areas", "area")["Barnet - East"]
    expected = bands.difference(0.60, 150, 0.80, 150)
    assert (row["Black gap_low"], row["Black gap_high"]) == (expected.low, expected.high)


def test_bases_in_the_file_serve_where_they_are_a_hundred() -> None:
    write(base=120)
    assert rows(answer(), "areas", "area")["Barnet - East"]["Black gap_low"] is not None
    SurveyFigure.objects.update(base=99)
    assert rows(answer(), "areas", "area")["Barnet - East"]["Black gap_low"] is None


def test_boroughs_are_means_of_their_neighbourhoods() -> None:
    write()
    found = rows(answer(), "boroughs", "borough")
    assert found["Barnet"]["Asian"] == pytest.approx((-0.02 + 0.04 + 0.0) / 3)
    assert found["Barnet"]["Asian_low"] is not None
    assert (found["Brent"]["areas"], found["Brent"]["Asian_low"]) == (1, None)


def test_the_reference_can_be_chosen() -> None:
    write()
    found = rows(answer("reference=Black"), "means", "measure", "group")
    assert found["Fair", "White British"]["gap"] == pytest.approx(
        sum(w - b for w, _, b in SHARES.values()) / 4
    )


@pytest.mark.parametrize(
    "query", ["asked=99", "asked=x", "reference=Martian", "measure=Height", "colour=red"]
)
def test_what_cannot_be_understood_is_refused(query: str) -> None:
    write()
    client = signed_in("Policymaker")
    assert client.get(f"/trust/groups/?{query}").status_code == 400
    assert client.get(f"/trust/groups/?{query}&format=json").json()["error"]


def test_without_figures_of_groups_the_page_says_so() -> None:
    survey.write(survey.plain)
    client = signed_in("Officer")
    assert "no survey figures by group" in client.get("/trust/groups/").content.decode()
    assert client.get("/trust/groups/?format=csv").status_code == 404


@pytest.mark.skipif(not REAL.exists(), reason="the published files are not beside the checkout")
def test_the_published_file_counted_a_second_way() -> None:
    loaded(REAL, "london-perceptions")
    with REAL.open(newline="", encoding="utf-8-sig") as lines:
        questions, groups, _, *records = csv.reader(lines)
    at = {
        group.strip(): place
        for place, (question, group) in enumerate(zip(questions, groups, strict=True))
        if question.strip() == FAIR
    }
    gaps = [
        float(row[at["Black"]].strip("%")) / 100 - float(row[at["White British"]].strip("%")) / 100
        for row in records
        if row[at["Black"]].strip() and row[at["White British"]].strip()
    ]
    row = rows(answer(), "means", "measure", "group")[FAIR, "Black"]
    assert (row["areas"], row["gap"]) == (98, pytest.approx(sum(gaps) / len(gaps)))
    expected = stats.ttest_1samp(gaps, 0).confidence_interval(0.95)
    assert (row["gap_low"], row["gap_high"]) == (pytest.approx(expected.low), pytest.approx(expected.high))
    assert round(100 * row["gap"], 1) == -8.4
