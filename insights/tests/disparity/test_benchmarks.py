"""Stops against a benchmark: typed in or imported, its arithmetic by hand, its cautions."""

from __future__ import annotations

from datetime import date
from math import exp, log, sqrt
from typing import Any

import pytest

from insights.codes import Codes
from insights.disparity import benchmarks
from insights.models import Benchmark, StopFact
from insights.tests.disparity.ledger import add, race
from ledger.models import Area, AreaFigure, AuditEvent, ImportRun, ImportUndo
from ledger.tests.factories import make_agency
from ledger.tests.stops import signed_in

pytestmark = pytest.mark.django_db
SENT = {
    "name": "Residents",
    "source": "Census 2021, TS021",
    "year": "2021",
    "people_3": "548,312",
    "people_1": "648846",
}


def answer(query: str = "", role: Any = "Analyst") -> dict[str, Any]:
    found: dict[str, Any] = signed_in(role).get(f"/fairness/benchmark/?format=json{query}").json()
    return found


def rows(found: dict[str, Any], table: str = "groups") -> dict[str, dict[str, Any]]:
    return {row["group"]: row for row in found["tables"][table]["rows"]}


def philadelphia() -> None:
    """One year of stops; the numbers are a hundredth of those that Open Policing printed for 2017."""
    add(507, race=race("White"))
    add(2044, race=race("Black"))
    StopFact.objects.filter(day=date(2026, 1, 1)).update(day=date(2026, 12, 31), month=12)
    people = {"White": 5483, "Black": 6488}
    Benchmark.objects.create(name="Residents", source="ACS", year=2017, group="race", people=people)


def test_rate_ratio_and_residual_are_those_worked_out_by_hand() -> None:
    philadelphia()
    black = rows(answer("&reference=White"))["Black"]
    ratio = (2044 / 6488) / (507 / 5483)
    assert black["rate"] == pytest.approx(2044 / 6488)
    assert black["ratio"] == pytest.approx(ratio)
    assert black["ratio_low"] == pytest.approx(
        exp(log(ratio) - 1.959964 * sqrt(1 / 2044 + 1 / 507)), rel=1e-6
    )
    residual = (2044 / 2551) / (6488 / 11971) - 1
    assert black["residual"] == pytest.approx(100 * residual)
    assert black["flagged"]


def test_the_largest_group_of_the_benchmark_is_the_reference_unless_another_is_asked_for() -> None:
    philadelphia()
    assert answer()["summary"]["reference"] == "Black"
    assert answer("&reference=White")["summary"]["reference"] == "White"


def test_the_caution_stands_on_every_such_page() -> None:
    philadelphia()
    assert (
        "Residents are not road users"
        in signed_in("Policymaker").get("/fairness/benchmark/").content.decode()
    )


def test_years_are_months_from_the_first_to_the_last_over_twelve() -> None:
    add(60)
    Benchmark.objects.create(
        name="R", source="S", year=2021, group="race", people={"White": 600, "Black": 10}
    )
    found = answer("&reference=White")
    assert found["summary"]["years"] == pytest.approx(3 / 12, abs=1e-4)
    assert rows(found)["White"]["rate"] == pytest.approx(60 / (600 * 0.25))


def test_groups_that_the_benchmark_lacks_are_left_out_and_named() -> None:
    philadelphia()
    add(40, race=race("Asian"))
    found = answer()
    assert "Asian" not in rows(found)
    assert any("left out of all shares: Asian" in note for note in found["notes"])


def test_a_benchmark_of_another_agency_is_warned_of() -> None:
    philadelphia()
    Benchmark.objects.update(agency=make_agency("Leeds", "UK"))
    assert any("This benchmark is of Leeds" in warning for warning in answer()["warnings"])


def test_a_benchmark_is_typed_in_with_source_and_year() -> None:
    response = signed_in("Analyst").post("/fairness/benchmarks/new/?group=race", SENT)
    kept = Benchmark.objects.get()
    assert response["Location"] == f"/fairness/benchmark/?benchmark=b{kept.pk}"
    assert (kept.people, kept.year) == ({"Black": 648846, "White": 548312}, 2021)
    assert AuditEvent.objects.filter(object_kind="benchmark", object_id=str(kept.pk)).exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"year": "21"}, "is not a year"),
        ({"source": ""}, "required"),
        ({"people_1": "", "people_3": ""}, "two groups or more"),
        ({"people_1": "-4"}, "is not a number of people"),
        ({"people_1": "1e9"}, "is not a number of people"),
        ({"people_1": "99999999999999"}, "is not a number of people"),
        ({"people_1": "0"}, "is not a number of people"),
        ({"name": "a\x00b"}, "unprintable"),
        ({"name": "x" * 200}, "Shorten it to 120"),
    ],
)
def test_a_benchmark_that_cannot_be_understood_is_not_kept(changes: dict[str, str], sentence: str) -> None:
    response = signed_in("Analyst").post("/fairness/benchmarks/new/?group=race", SENT | changes)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not Benchmark.objects.exists()


def test_a_withdrawn_benchmark_is_no_longer_offered_and_still_found() -> None:
    philadelphia()
    kept, client = Benchmark.objects.get(), signed_in("Analyst")
    client.post(f"/fairness/benchmarks/{kept.pk}/withdraw/")
    assert benchmarks.choices(Codes()) == {}
    found = benchmarks.find(f"b{kept.pk}", Codes())
    assert found is not None
    assert "withdrawn" in found.says
    page = client.get(f"/fairness/benchmark/?benchmark=b{kept.pk}").content.decode()
    assert "This benchmark was withdrawn." in page


def areas(source: str = "Census 2021", year: int = 2021, **options: Any) -> list[Area]:
    """Two districts with their people by race, imported."""
    run = ImportRun.objects.create(source="census-figures", file_name="people.csv")
    found = []
    for name, white, black in (("East", 1000, 100), ("West", 3000, 900)):
        area = Area.objects.create(kind="district", name=f"{name} {source}", **options)
        found.append(area)
        for measure, value in (
            ("white_alone", white),
            ("Population: Black", black),
            ("median income", 41_000.0),
        ):
            AreaFigure.objects.create(
                import_run=run,
                import_row=1,
                area=area,
                measure=measure,
                value=value,
                source=source,
                year=year,
            )
    return found


def test_imported_figures_of_areas_are_a_benchmark() -> None:
    east, west = areas()
    add(30, area=east.pk)
    add(60, area=west.pk)
    add(20, area=east.pk, race=race("Black"))
    add(10, area=west.pk, race=race("Black"))
    found = answer("&reference=White")
    assert rows(found)["White"]["people"] == 4000
    assert rows(found)["Black"]["people"] == 1000
    assert any("name no group, not used: median income" in note for note in found["notes"])
    by_area = {(row["place"], row["group"]): row for row in found["tables"]["areas"]["rows"]}
    assert by_area["East Census 2021", "Black"]["rate"] == pytest.approx(
        20 / (100 * found["summary"]["years"])
    )
    page = signed_in("Analyst").get("/fairness/benchmark/?reference=White").content.decode()
    assert "higher than that of White in 1 of 2 areas" in page


def test_each_set_of_figures_is_offered_by_source_and_year() -> None:
    areas()
    areas("ACS", 2019, agency=make_agency("Leeds", "UK"))
    offered = benchmarks.choices(Codes())
    assert [label.split(":")[0] for label in offered.values()] == ["ACS, 2019, Leeds", "Census 2021, 2021"]


def test_figures_of_an_undone_import_are_none() -> None:
    areas()
    ImportUndo.objects.create(import_run=ImportRun.objects.get(), reason="wrong file")
    assert benchmarks.choices(Codes()) == {}


def test_areas_are_for_those_who_see_exact_figures() -> None:
    east, _west = areas()
    add(40, area=east.pk)
    add(40, area=east.pk, race=race("Black"))
    assert "areas" not in answer("", "Policymaker")["tables"]


@pytest.mark.parametrize(
    ("measure", "group"),
    [
        ("black_alone", "Black"),
        ("Population: Black", "Black"),
        ("latino_alone", "Hispanic"),
        ("WHITE", "White"),
    ],
)
def test_a_measure_names_its_group(measure: str, group: str) -> None:
    assert benchmarks.groups_of([measure], "race", Codes()) == {measure: group}


@pytest.mark.parametrize("measure", ["total_estimate", "median income", "count", "unknown", ""])
def test_a_measure_that_names_no_group_is_none(measure: str) -> None:
    assert benchmarks.groups_of([measure], "race", Codes()) == {}


def test_a_benchmark_that_is_not_there_is_refused() -> None:
    philadelphia()
    response = signed_in("Analyst").get("/fairness/benchmark/?benchmark=b99999")
    assert response.status_code == 400
