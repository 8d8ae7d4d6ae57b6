"""Policing figures by area and quarter: what is counted, what is not, and planted effects found in the quarter after."""

from __future__ import annotations

from datetime import date
from io import StringIO
from itertools import count
from math import log

import numpy as np
import pytest
from django.core.management import call_command

from insights.models import StopFact, TrustStudy
from insights.tests.trust import survey
from insights.trust import figures
from insights.trust.policing import CRIMES, FINDS, SEARCHES, owners, policing, quarter_before
from insights.trust.study import study
from ledger.choices import AreaKind
from ledger.imports.london import BOROUGHS, CODES
from ledger.models import Area, Incident
from ledger.tests.factories import make_agency, make_post
from ledger.tests.stops import signed_in

pytestmark = pytest.mark.django_db
_numbers = count(1)


def facts(
    number: int, area: int, day: date, searched: bool = True, hit: bool | None = False, post: int = 0
) -> list[StopFact]:
    """Persons stopped, each a fact of its own, all else unknown."""
    codes = dict.fromkeys(("violation", "outcome", "gender", "race", "age_band", "duration_band"), 0)
    return [
        StopFact(
            agency=1, id=(own := next(_numbers)), stop=own, country=1, area=area, post=post, day=day, year=day.year, month=day.month,
            hour=-1, minute=-1, age=-1, minutes_x10=0, searched=searched, hit=hit, **codes,
        )
        for _ in range(number)
    ]  # fmt: skip


def incidents(number: int, area: Area, month: date) -> list[Incident]:
    run, agency = survey.import_run(), make_agency("Met", "United Kingdom")
    return [
        Incident(
            import_run=run, import_row=1, agency=agency, key=f"k{next(_numbers)}", area=area, month=month
        )
        for _ in range(number)
    ]


def months(year: int, quarter: int) -> list[date]:
    return [date(year, 3 * quarter - 2 + at, 1) for at in range(3)]


def test_counts_and_rates_of_a_quarter_by_hand() -> None:
    survey.write(survey.plain)
    barnet = survey.area("Barnet")
    lsoa = Area.objects.create(name="Barnet 001A", kind=AreaKind.LSOA)
    elsewhere = Area.objects.create(name="Barnetshire 001A", kind=AreaKind.LSOA)
    for month in months(2021, 1):
        rows = (
            facts(10, barnet.pk, month, hit=True)
            + facts(5, lsoa.pk, month)
            + facts(7, barnet.pk, month, searched=False, hit=None)
        )
        StopFact.objects.bulk_create([*rows, *facts(50, elsewhere.pk, month)])
        Incident.objects.bulk_create(incidents(4, lsoa, month))
    found, key = policing(figures.surveys()[0]), (barnet.pk, (2021, 1))
    assert found[SEARCHES] == {key: pytest.approx(log(45))}
    assert found[FINDS] == {key: pytest.approx(30 / 45)}
    assert found[CRIMES] == {key: pytest.approx(log(12))}


def test_a_stop_without_an_area_is_where_its_post_is() -> None:
    survey.write(survey.plain)
    post = make_post("Front office")
    post.area = survey.area("Brent")
    post.save()
    for month in months(2021, 2):
        StopFact.objects.bulk_create(facts(20, 0, month, post=post.pk) + facts(9, 0, month))
    assert policing(figures.surveys()[0])[SEARCHES] == {(post.area.pk, (2021, 2)): pytest.approx(log(60))}


def test_a_quarter_with_a_month_missing_and_few_counts_are_left_out() -> None:
    survey.write(survey.plain)
    barnet, brent = survey.area("Barnet"), survey.area("Brent")
    StopFact.objects.bulk_create(
        [row for month in months(2021, 1)[:2] for row in facts(30, barnet.pk, month)]
    )
    StopFact.objects.bulk_create(
        [row for month in months(2021, 2) for row in facts(12, barnet.pk, month) + facts(3, brent.pk, month)]
    )
    found = policing(figures.surveys()[0])
    assert set(found[SEARCHES]) == {(barnet.pk, (2021, 2))}
    assert set(found[FINDS]) == {(barnet.pk, (2021, 2))}


def test_areas_are_matched_by_record_code_and_lsoa_only() -> None:
    survey.write(survey.plain)
    camden = survey.area("Camden")
    by_code = Area.objects.create(name="LB Camden", kind=AreaKind.DISTRICT, code=CODES["Camden"])
    ward = Area.objects.create(name="Camden Town", kind=AreaKind.WARD)
    no_code = Area.objects.create(name="Nowhere", kind=AreaKind.DISTRICT)
    found = owners(figures.areas_of(figures.surveys()[0]))
    assert found[camden.pk] == found[by_code.pk] == camden.pk
    assert ward.pk not in found
    assert no_code.pk not in found


def test_the_quarter_before_crosses_years() -> None:
    assert quarter_before((2021, 1)) == (2020, 4)
    assert quarter_before((2021, 3)) == (2021, 2)


def test_few_areas_are_counted_in_the_sentence() -> None:
    survey.write(survey.plain)
    for quarter in (1, 2):
        rows = [row for month in months(2021, quarter) for row in facts(20, survey.area("Barnet").pk, month)]
        StopFact.objects.bulk_create(rows)
    found = study(figures.surveys()[0], "Trust MPS")["policing"]["why"]
    assert "in 1 areas and 2 quarters" in found


def test_planted_effects_come_a_quarter_later() -> None:
    """Trust falls by 0.05 for each unit of log searches of the quarter before; it does not follow recorded crime."""
    random = np.random.default_rng(2)
    names, days = BOROUGHS[1:13], survey.QUARTERS
    searches = {
        (name, at): int(30 * np.exp(random.normal(0, 0.5))) + 20 for name in names for at in range(len(days))
    }
    crimes = {key: int(random.integers(20, 60)) for key in searches}

    def share(name: str, measure: str, day: date) -> float:
        at = days.index(day)
        before = log(3 * searches[name, at - 1]) if name and at else 5.0
        return 0.9 - 0.05 * before + float(random.normal(0, 0.004))

    survey.write(share, names, ("Trust MPS",), days)
    for at, day in enumerate(days):
        for month in months(day.year, day.month // 3):
            rows = [row for name in names for row in facts(searches[name, at], survey.area(name).pk, month)]
            StopFact.objects.bulk_create(rows)
            Incident.objects.bulk_create(
                [row for name in names for row in incidents(crimes[name, at], survey.area(name), month)]
            )
    StopFact.objects.filter(
        id__in=[pk for pk in StopFact.objects.values_list("id", flat=True) if pk % 3 == 0]
    ).update(hit=True)
    call_command("study_trust", stdout=StringIO())
    kept = TrustStudy.objects.get().findings
    assert kept is not None
    found = {one["name"]: one for one in kept["policing"]["drivers"]}
    page = signed_in("Officer").get("/trust/drivers/").content.decode()
    assert "Policing figures of the quarter before, all together, inside areas" in page
    assert f"{np.exp(found[SEARCHES]['sd']):.2f} times" in page
    effect = found[SEARCHES]["effect"]
    assert effect["low"] < -0.05 * found[SEARCHES]["sd"] < effect["high"] < 0
    assert abs(found[CRIMES]["effect"]["value"]) < abs(effect["value"]) / 5
