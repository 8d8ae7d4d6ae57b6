"""Small counts on the pages: what a policymaker is shown, and what can be worked out from all of it."""

from __future__ import annotations

from typing import Any

import pytest

from insights.catalogue import CATALOGUE, find
from insights.codes import Codes
from insights.columns import HIDDEN
from insights.filters import Filters
from insights.tests.disclosure_ledger import Row, make_facts, write_ledger
from insights.viewer import Viewer
from ledger.choices import Gender
from ledger.models import Violation
from ledger.tests.factories import make_agency


def violation(label: str) -> int:
    return int(Violation.objects.get(label=label).pk)


def answer(slug: str, viewer: Viewer | None = None, **filters: str) -> Any:
    insight = find(slug)
    assert insight
    return insight.answer(Filters.read(filters, Codes()), viewer or Viewer())


def by(rows: list[Row], *names: str) -> dict[Any, Row]:
    return {row[names[0]] if len(names) == 1 else tuple(row[name] for name in names): row for row in rows}


@pytest.mark.django_db
def test_a_count_from_1_to_9_is_hidden_with_all_that_rests_on_it() -> None:
    make_facts(violation=violation("Speeding"), persons=100)
    make_facts(violation=violation("Speeding"), arrested=True, persons=30)
    make_facts(violation=violation("DUI"), persons=50)
    make_facts(violation=violation("DUI"), arrested=True, persons=9)
    rows = by(answer("violations-leading-to-search-or-arrest").rows, "violation")
    assert rows["DUI"]["stops"] == 59
    for key in ("arrests", "either", "arrest_rate", "rate", "low", "high", "arrest_low", "arrest_high"):
        assert rows["DUI"][key] == HIDDEN, key
        assert rows["Speeding"][key] == HIDDEN, f"{key}: all arrests less these are the nine"
    assert rows["DUI"]["searches"] == 0


@pytest.mark.django_db
def test_ten_and_nought_are_shown() -> None:
    make_facts(gender=Gender.MALE, persons=100)
    make_facts(gender=Gender.FEMALE, persons=10)
    found = answer("gender-by-country")
    assert [row["stops"] for row in found.rows] == [10, 100]
    assert found.hidden == 0
    assert answer("arrest-rate-by-age-band").rows[0]["arrests"] == 0
    assert not any("[c]" in note for note in found.notes)


@pytest.mark.django_db
def test_a_lone_small_group_is_not_given_away_by_its_total() -> None:
    make_facts(gender=Gender.MALE, persons=100)
    make_facts(gender=Gender.FEMALE, persons=60)
    make_facts(gender=Gender.OTHER, persons=4)
    found = answer("gender-by-country")
    rows = by(found.rows, "gender")
    assert rows["Other"]["stops"] == rows["Female"]["stops"] == rows["Female"]["share"] == HIDDEN
    assert rows["Male"]["stops"] == 100
    assert found.summary["stops"] == 164
    assert "[c]" in found.notes[0]


@pytest.mark.django_db
def test_a_filtered_page_beside_the_unfiltered_one_says_nothing_of_the_rest() -> None:
    for label, men, women in (("Speeding", 80, 70), ("DUI", 60, 3), ("Signal", 50, 40)):
        make_facts(violation=violation(label), gender=Gender.MALE, persons=men)
        make_facts(violation=violation(label), gender=Gender.FEMALE, persons=women)
    everybody = by(answer("violations-rarely-enforced").rows, "violation")
    men = by(answer("violations-rarely-enforced", gender="Male").rows, "violation")
    women = by(answer("violations-rarely-enforced", gender="Female").rows, "violation")
    assert everybody["DUI"]["stops"] == 63
    assert women["DUI"]["stops"] == men["DUI"]["stops"] == HIDDEN
    assert women["Signal"]["stops"] == men["Signal"]["stops"] == HIDDEN, (
        "all women less those shown are three"
    )
    assert (men["Speeding"]["stops"], women["Speeding"]["stops"]) == (80, 70)


@pytest.mark.django_db
def test_groups_of_nobody_beside_hidden_ones_are_hidden_not_left_out() -> None:
    make_facts(violation=violation("Speeding"), gender=Gender.MALE, persons=300)
    make_facts(violation=violation("Speeding"), gender=Gender.FEMALE, persons=200)
    make_facts(violation=violation("DUI"), gender=Gender.MALE, persons=4)
    make_facts(violation=violation("Signal"), gender=Gender.FEMALE, persons=8)
    women = by(answer("violations-rarely-enforced", gender="Female").rows, "violation")
    assert set(women) == {"Speeding", "DUI", "Signal"}
    assert women["DUI"] == dict.fromkeys(women["DUI"], HIDDEN) | {"violation": "DUI"}


@pytest.mark.django_db
def test_the_headline_and_the_ratio_go_with_the_counts_they_rest_on() -> None:
    make_facts(hour=12, persons=100)
    make_facts(hour=12, arrested=True, persons=20)
    make_facts(hour=23, persons=50)
    make_facts(hour=23, arrested=True, persons=3)
    found = answer("night-arrest-rate")
    assert found.summary == {"ratio": HIDDEN, "low": HIDDEN, "high": HIDDEN, "stops": 173}
    by_day = answer("night-arrest-rate", hour_min="5", hour_max="19")
    assert by_day.rows[0]["arrests"] == HIDDEN


@pytest.mark.django_db
def test_running_totals_and_changes_do_not_tell_a_hidden_year() -> None:
    arrests = {2021: 40, 2022: 6, 2023: 30, 2024: 50}
    for year, arrested in arrests.items():
        make_facts(month=(year, 5), persons=100 + year - 2020)
        make_facts(month=(year, 5), arrested=True, persons=arrested)
    rows = by(answer("yearly-stops-and-arrests").rows, "year")
    assert [rows[year]["arrests"] for year in arrests] == [40, HIDDEN, HIDDEN, 50]
    assert [rows[year]["running_arrests"] for year in arrests] == [40, HIDDEN, 76, 126]
    assert rows[2022]["change"] == pytest.approx((102 + 6) / (101 + 40) - 1)


@pytest.mark.django_db
def test_a_change_on_a_hidden_year_is_hidden() -> None:
    for year, persons in {2021: 50, 2022: 4, 2023: 60, 2024: 70, 2025: 90}.items():
        make_facts(month=(year, 5), persons=persons)
    rows = by(answer("yearly-stops-and-arrests").rows, "year")
    assert [rows[year]["stops"] for year in sorted(rows)] == [HIDDEN, HIDDEN, 60, 70, 90]
    assert rows[2023]["change"] == HIDDEN
    assert rows[2024]["change"] == pytest.approx(1 / 6)


@pytest.mark.django_db
def test_a_mean_is_hidden_with_any_of_the_bands_it_is_made_of() -> None:
    for band, persons in ((1, 100), (2, 60), (3, 5)):
        make_facts(violation=violation("DUI"), duration_band=band, minutes_x10=75, persons=persons)
        make_facts(violation=violation("Signal"), duration_band=band, minutes_x10=75, persons=50)
    rows = by(answer("duration-by-violation").rows, "violation")
    assert rows["DUI"]["mean_minutes"] == rows["DUI"]["share_30_plus"] == HIDDEN
    assert rows["DUI"]["durations"] == 165


@pytest.mark.django_db
def test_a_filter_or_group_that_is_not_known_here_hides_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter added later must not pass by unprotected."""
    from insights.disclosure import narrowing

    make_facts(persons=500)
    monkeypatch.setattr(narrowing, "WORDS", tuple(name for name in narrowing.WORDS if name != "gender"))
    assert answer("gender-by-country").rows[0]["stops"] == 500
    found = answer("gender-by-country", gender="Male")
    assert [row["stops"] for row in found.rows] == [HIDDEN]
    assert found.summary["stops"] == HIDDEN


@pytest.mark.django_db
def test_so_many_filters_that_all_is_hidden_are_answered_with_a_sentence() -> None:
    make_facts(persons=400)
    make_facts(persons=300, gender=Gender.FEMALE, arrested=True, searched=True, drugs=True)
    filters = {
        "gender": "Female",
        "searched": "yes",
        "arrested": "yes",
        "drugs": "yes",
        "date_after": "2024-03-01",
    }
    found = answer(
        "violation-trends-by-age-and-race", **filters, hour_min="8", outcome="Warning", country="India"
    )
    assert found.hidden
    assert any("too few persons" in note for note in found.notes)


@pytest.mark.django_db
def test_an_officer_cannot_subtract_the_own_agency_from_all() -> None:
    """Of Riverton the officer knows everything: of the two agencies together only that is shown which keeps Hilltop safe."""
    riverton, hilltop = make_agency("Riverton", "India"), make_agency("Hilltop", "India")
    for agency, men, women, others in ((riverton, 300, 200, 30), (hilltop, 100, 90, 5)):
        make_facts(agency=agency, gender=Gender.MALE, persons=men)
        make_facts(agency=agency, gender=Gender.FEMALE, persons=women)
        make_facts(agency=agency, gender=Gender.OTHER, persons=others)
    officer = Viewer(agency=riverton)
    together = by(answer("gender-by-country", officer).rows, "gender")
    assert [together[gender]["stops"] for gender in ("Male", "Female", "Other")] == [400, HIDDEN, HIDDEN]
    own = by(answer("gender-by-country", officer, agency="Riverton").rows, "gender")
    assert [own[gender]["stops"] for gender in ("Male", "Female", "Other")] == [300, 200, 30]
    policymaker = by(answer("gender-by-country").rows, "gender")
    assert [policymaker[gender]["stops"] for gender in ("Male", "Female", "Other")] == [400, 290, 35]
    of_hilltop = by(answer("gender-by-country", agency="Hilltop").rows, "gender")
    assert [of_hilltop[gender]["stops"] for gender in ("Male", "Female", "Other")] == [100, HIDDEN, HIDDEN]


@pytest.mark.django_db
def test_every_insight_counts_all_persons_within_the_filters() -> None:
    """What is hidden is worked out from filters and labels; an insight that left persons out by its own SQL would not fit."""
    write_ledger(seed=3, persons=300)
    for filters in ({}, {"gender": "Male"}, {"hour_min": "8", "hour_max": "20"}):
        for insight in CATALOGUE:
            if not insight.vehicles:
                chosen = Filters.read(filters, Codes())
                facts = chosen.facts().filter(
                    **{f"{name}__in": codes for name, codes in insight.within.items()}
                )
                assert sum(row["stops"] for row in insight.fetch(chosen).rows) == facts.count(), insight.slug
