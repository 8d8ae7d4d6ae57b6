"""Small counts on the pages: what a policymaker is shown, and what can be worked out from all of it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from insights import cubes, disclosure
from insights.catalogue import CATALOGUE, find
from insights.codes import Codes
from insights.columns import HIDDEN
from insights.filters import Filters
from insights.models import StopFact
from insights.tests.conftest import kept_for_now
from insights.tests.page_attack import Box, Leaves, Notebook
from insights.viewer import Viewer
from ledger.choices import AgeBand, Gender, Outcome
from ledger.models import Race, Violation
from ledger.tests.factories import make_agency, make_post, make_user

Row = dict[str, Any]
_ids = count(1)
FIRST_YEAR, YEARS = 2024, 2
DURATIONS = ("unknown", "short", "medium", "long")


def make_facts(**fields: Any) -> None:
    """So many (`persons`) alike facts."""
    agency = fields.pop("agency", None) or make_agency("India", "India")
    month = fields.pop("month", (FIRST_YEAR, 3))
    times = fields.pop("persons", 1)
    values = {
        "day": date(*month, 3), "year": month[0], "month": month[1], "hour": 9, "minute": 540, "post": 0, "area": 0,
        "agency": agency.pk, "country": agency.country_id, "violation": 0, "race": 0, "gender": Gender.MALE, "age": 30,
        "age_band": AgeBand.TO_34, "outcome": Outcome.WARNING, "duration_band": 1, "minutes_x10": 75,
        "searched": False, "arrested": False, "drugs": False,
    } | fields  # fmt: skip
    ids = [next(_ids) for _ in range(times)]
    StopFact.objects.bulk_create(StopFact(id=number, stop=number, **values) for number in ids)
    cubes.fold("id = ANY(%s)", [ids])


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


# Everything that can be fetched, attacked by subtraction


def write_ledger(seed: int, persons: int) -> None:
    """Skewed random facts: some groups are rare, outcome goes with arrest, as in real ledgers."""
    dice = random.Random(seed)
    agencies = [make_agency(name, name) for name in ("Canada", "India", "USA")]
    posts = {
        agency.pk: [make_post(f"{agency.name} {number}", agency).pk for number in (1, 2)]
        for agency in agencies
    }
    violations, races = ([0, *model.objects.values_list("pk", flat=True)[:4]] for model in (Violation, Race))
    facts = []
    for number in range(persons):
        agency = dice.choices(agencies, (50, 35, 15))[0]
        month, hour = dice.randint(1, 12), dice.choices((-1, 3, 9, 10, 17, 23), (2, 5, 40, 30, 20, 15))[0]
        arrested = dice.choices((True, False, None), (15, 80, 5))[0]
        age = dice.choices((-1, 16, 20, 30, 40, 70), (2, 3, 20, 40, 30, 6))[0]
        band = dice.choices((0, 1, 2, 3), (3, 60, 30, 7))[0]
        facts.append(
            StopFact(
                id=1_000_000 + number, stop=number, agency=agency.pk, country=agency.country_id,
                post=dice.choice(posts[agency.pk]), area=0, year=FIRST_YEAR + number % YEARS, month=month,
                day=date(FIRST_YEAR + number % YEARS, month, 5), hour=hour, minute=max(hour * 60, -1),
                violation=dice.choices(violations, (1, 50, 30, 15, 4))[0], race=dice.choices(races, (2, 45, 30, 20, 3))[0],
                gender=dice.choices((0, 1, 2, 3), (1, 65, 32, 2))[0], age=age,
                age_band=AgeBand.of(age if age >= 0 else None), duration_band=band, minutes_x10=(0, 75, 230, 450)[band],
                outcome=Outcome.ARREST if arrested and dice.random() < 0.95 else dice.choice((1, 2, 3)),
                searched=dice.random() < 0.15, arrested=arrested, drugs=dice.random() < 0.05,
            )
        )  # fmt: skip
    StopFact.objects.bulk_create(facts)
    cubes.fold("true", [])


@pytest.fixture(scope="module")
def ledger(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Row]]:
    """5,000 persons in the facts; the fixture gives them as leaves of the axes, to compare with."""
    with kept_for_now(django_db_blocker):
        write_ledger(seed=7, persons=5000)
        yield persons_as_leaves()


def persons_as_leaves() -> list[Row]:
    codes = Codes()
    words = {
        name: codes.labels(name) for name in ("country", "violation", "race", "gender", "age_band", "outcome")
    }
    marks = {True: "yes", False: "no", None: "unknown"}
    return [
        {name: labels[getattr(fact, name)] for name, labels in words.items()}
        | {name: marks[getattr(fact, name)] for name in ("searched", "arrested", "drugs")}
        | {
            "month": (fact.year, fact.month),
            "hour": None if fact.hour < 0 else fact.hour,
            "duration": DURATIONS[fact.duration_band],
        }
        for fact in StopFact.objects.all()
    ]


def counted(persons: list[Row], box: Box) -> int:
    return sum(all(person[axis] in leaves for axis, leaves in box) for person in persons)


def some_filters(dice: random.Random, persons: list[Row]) -> dict[str, str]:
    """One filter of any kind, as a reader might choose it."""
    example = dice.choice(persons)
    last = dice.randint(1, 12)
    kinds: list[dict[str, str]] = [
        *({name: example[name]} for name in ("country", "violation", "race", "gender", "outcome")),
        *({name: dice.choice(("yes", "no"))} for name in ("searched", "arrested", "drugs")),
        {"date_after": f"{FIRST_YEAR}-{last:02}-11"},
        {"date_before": f"{FIRST_YEAR + 1}-{last:02}-11"},
        {
            "date_after": f"{FIRST_YEAR}-{min(last, 9):02}-01",
            "date_before": f"{FIRST_YEAR}-{min(last, 9) + 3:02}-01",
        },
        {"hour_min": str(dice.choice((8, 10, 20))), "hour_max": str(dice.choice((3, 9, 17)))},
        {"age_min": dice.choice(("18", "25", "30"))},
        {"age_max": dice.choice(("24", "40", "64"))},
    ]
    return dice.choice(kinds)


def collect(client: Client, persons: list[Row], seed: int, pairs: int) -> Notebook:
    """All insights without filters, under each of random filters, and under each pair of them."""
    dice = random.Random(seed)
    leaves: Mapping[str, Leaves] = {
        axis: frozenset(person[axis] for person in persons) for axis in persons[0]
    }
    notebook = Notebook(leaves)
    wanted: list[dict[str, str]] = [{}]
    for _ in range(pairs):
        one, other = some_filters(dice, persons), some_filters(dice, persons)
        wanted += [one, other, other | one]
    for filters in wanted:
        for insight in CATALOGUE:
            found = client.get(f"/insights/{insight.slug}/", {**filters, "format": "json"})
            assert found.status_code == 200, (insight.slug, filters, found.content)
            notebook.read(found.json())
    return notebook


@pytest.fixture
def policymaker(ledger: list[Row], django_db_blocker: Any) -> Iterator[Client]:
    with django_db_blocker.unblock():
        client, user = Client(), make_user("Policymaker", username=f"reader-{next(_ids)}")
        assert isinstance(user, User)
        client.force_login(user)
        yield client


@pytest.mark.parametrize("seed", [1, 2])
def test_no_small_count_follows_by_subtraction_from_all_that_can_be_fetched(
    seed: int, ledger: list[Row], policymaker: Client
) -> None:
    notebook = collect(policymaker, ledger, seed, pairs=4)
    hidden_small = [box for box in notebook.hidden if 0 < counted(ledger, box) < 10]
    assert len(hidden_small) > 300
    assert len(notebook.known) > 400
    assert not notebook.clashes
    assert not [box for box, count in notebook.known.items() if 0 < count < 10]
    worked_out = notebook.subtract()
    assert [(sorted(box), count) for box, count in worked_out.items() if 0 < count < 10] == []
    assert all(counted(ledger, box) == count for box, count in list(worked_out.items())[:200]), (
        "the attack is sound"
    )


def test_small_counts_follow_by_subtraction_where_only_they_are_hidden(
    ledger: list[Row], policymaker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosure, "protect", partial(disclosure.protect, complementary=False))
    notebook = collect(policymaker, ledger, seed=1, pairs=2)
    hidden = {box for box in notebook.hidden if 0 < counted(ledger, box) < 10}
    worked_out = notebook.subtract()
    recovered = [box for box in hidden if worked_out.get(box) == counted(ledger, box)]
    assert len(recovered) > 20


@pytest.mark.parametrize("slug", [one.slug for one in CATALOGUE if not one.vehicles])
def test_page_and_csv_hide_what_json_hides(slug: str, ledger: list[Row], policymaker: Client) -> None:
    filters = {"violation": ledger[0]["violation"], "country": "USA"}
    found = policymaker.get(f"/insights/{slug}/", {**filters, "format": "json"}).json()
    lines = (
        policymaker.get(f"/insights/{slug}/", {**filters, "format": "csv"}).getvalue().decode().splitlines()
    )
    assert len(lines) == 1 + len(found["rows"])
    assert sum(line.count(HIDDEN) for line in lines) == sum(
        value == HIDDEN for row in found["rows"] for value in row.values()
    )


@pytest.mark.parametrize("slug", [one.slug for one in CATALOGUE if not one.vehicles])
def test_the_chart_draws_no_figure_that_the_table_hides(
    slug: str, ledger: list[Row], policymaker: Client
) -> None:
    filters = {"country": "India", "gender": "Female"}
    found = policymaker.get(f"/insights/{slug}/", {**filters, "format": "json"}).json()
    page = policymaker.get(f"/insights/{slug}/", filters).content.decode()
    shown = {value for row in found["rows"] for value in row.values()} | {None, 0}
    data = re.search(r'<script id="[^"]+" type="application/json">(.+?)</script>', page)
    assert data or not found["rows"]
    for series in json.loads(data[1])["series"] if data else []:
        drawn = [value for values in series.values() if isinstance(values, list) for value in values]
        assert {value for value in drawn if not isinstance(value, str)} <= shown
