"""Our own forecasts under the audit of everybody's: handed over unasked, with their back-tests, on the same pages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from insights.audit import bodies, queue, store
from insights.audit.bodies import Offer
from insights.models import PredictionAudit
from ledger.models import Agency, Area, AreaFigure, ImportRun
from ledger.tests.factories import make_agency
from ledger.tests.stops import signed_in
from prediction import audited, jobs
from prediction.hotspots.finding import look
from prediction.hotspots.subjects import SUBJECTS
from prediction.models import CrimeRate, HotspotRun, JobAct, ModelRun, PredictionJob, RunState
from prediction.tests.hotspots.test_finding import write_crimes

pytestmark = pytest.mark.django_db


def offered(start: str) -> list[Offer]:
    return [one for one in audited.offers() if one.slug.startswith(start)]


def square(west: float, south: float, side: float) -> dict[str, Any]:
    east, north = west + side, south + side
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def test_hot_spots_are_handed_over_with_their_back_tests() -> None:
    agency = make_agency("Atlanta")
    write_crimes(agency)
    run = look(agency, SUBJECTS[0])
    (offer,) = offered("hot-spots-")
    body = offer.load()
    flagged = run.counted.filter(flagged=True).count()
    assert (body.ours, len(body.spots), flagged > 0) == (True, flagged, True)
    assert [(one.reports, one.foreseen) for one in body.scored] == [
        (one["of"], one["n"]) for one in run.tests
    ]
    assert body.scored[0].land == pytest.approx(run.tests[0]["flagged_km2"] / run.tests[0]["km2"])
    made = store.audit(offer)
    assert made.outcome["foreseen"] == sum(one["n"] for one in run.tests)
    assert made.outcome["reports"] == sum(one["of"] for one in run.tests)
    page = signed_in("Policymaker").get(f"/audit/{made.slug}/").content.decode()
    assert "Hot spots of Atlanta (all reported crimes)" in page
    assert "Our own forecasts are audited like those of others." in page
    assert "had been predicted for their place and time" in page
    assert "No areas are known for these predictions" in page
    assert "demonstration" not in [flag["key"] for flag in made.flags]


def test_who_sees_no_exact_figures_reads_no_small_count_of_crimes_in_an_audit() -> None:
    """The page of hot spots hides them; the audit of the same back-tests must not give them back."""
    agency = make_agency("Atlanta")
    write_crimes(agency)
    run = look(agency, SUBJECTS[0])
    tests = [run.tests[0] | {"of": of, "n": n} for of, n in ((43, 7), (38, 0), (144, 21))]
    HotspotRun.objects.filter(pk=run.pk).update(tests=tests, unplaced=3)
    (offer,) = offered("hot-spots-")
    made = store.audit(offer)
    address, figures = f"/audit/{made.slug}/", ("reports", "foreseen", "recall")

    def rows(role: str) -> list[list[Any]]:
        told = signed_in(role).get(f"{address}?format=json").json()
        return [[row[name] for name in figures] for row in told["tables"]["back-tests"]["rows"]]

    assert rows("Analyst") == [[43, 7, 7 / 43], [38, 0, 0], [144, 21, 21 / 144], [225, 28, 28 / 225]]
    for role in ("Policymaker", "Officer", "Supervisor"):
        assert rows(role) == [[40, "[c]", "[c]"], [40, 0, 0], [140, 20, 1 / 7], [220, 30, 30 / 220]]
        page = signed_in(role).get(address).content.decode()
        assert "Of 220 reported crimes of the predicted kinds 30 had been predicted" in page
        assert "Fewer than ten reported crimes of these months have no place" in page
        for shown in (page, signed_in(role).get("/audit/").content.decode()):
            assert "225" not in shown
            assert "28 of" not in shown
    assert "Of 225 reported crimes" in signed_in("Analyst").get(address).content.decode()


def test_few_crimes_of_an_audit_are_told_to_none_but_those_who_see_exact_figures() -> None:
    agency = make_agency("Atlanta")
    write_crimes(agency)
    run = look(agency, SUBJECTS[0])
    HotspotRun.objects.filter(pk=run.pk).update(tests=[run.tests[0] | {"of": 43, "n": 7}])
    (offer,) = offered("hot-spots-")
    made = store.audit(offer)
    for role, shown in (("Analyst", True), ("Policymaker", False)):
        for address in (f"/audit/{made.slug}/", "/audit/"):
            assert ("7 of 43" in signed_in(role).get(address).content.decode()) is shown, (role, address)


def test_hot_spots_are_set_against_who_lives_in_the_areas_that_are_known() -> None:
    agency = make_agency("Atlanta")
    write_crimes(agency)
    figures = ImportRun.objects.create(source="census-figures", file_name="people.csv")
    beats = [
        Area.objects.create(
            agency=agency,
            kind="beat",
            name=f"Beat {at}",
            boundary=square(-84.45 + at % 4 * 0.03, 33.70 + at // 4 * 0.03, 0.03),
        )
        for at in range(16)
    ]
    for at, beat in enumerate(beats):
        for measure, value in (("population", 1000), ("black", 50 * at)):
            AreaFigure.objects.create(
                import_run=figures, import_row=at + 1, area=beat, measure=measure, value=value
            )
    agency.incidents.update(area=beats[0])
    look(agency, SUBJECTS[0])
    (offer,) = offered("hot-spots-")
    made = store.audit(offer)
    assert (made.figures["areas"], set(made.figures["groups"]), made.figures["people"]) == (
        16,
        {"black"},
        16000,
    )
    assert made.figures["predictions"] == HotspotRun.objects.get().counted.filter(flagged=True).count()


def test_a_look_that_found_too_little_is_not_handed_over() -> None:
    agency = make_agency("Atlanta")
    write_crimes(agency, months=3)
    assert look(agency, SUBJECTS[0]).why
    assert offered("hot-spots-") == []


def model_run(state: RunState = RunState.IN_USE) -> ModelRun:
    day = {"data_first": date(2025, 1, 1), "data_last": date(2025, 12, 31)}
    return ModelRun.objects.create(
        kind="crime-hours", state=state, data_rows=900, digest="x", seed=1, code_version="1", seconds=1, **day
    )


def rates(run: ModelRun, agency: Agency, area: Area, group: int, hourly: float) -> None:
    CrimeRate.objects.create(
        run=run, agency=agency, area=area, group=group, incidents=9, rates=[hourly] * 168
    )


def test_crime_by_the_hour_is_counted_by_area_over_a_year() -> None:
    agency = make_agency("Atlanta")
    beats = [Area.objects.create(agency=agency, kind="beat", name=f"Beat {at}") for at in range(3)]
    zone = Area.objects.create(agency=agency, kind="zone", name="Zone 1")
    run, old = model_run(), model_run(RunState.CANDIDATE)
    rates(run, agency, beats[0], 1, 0.01)
    rates(run, agency, beats[0], 2, 0.02)
    rates(run, agency, beats[1], 1, 0.001)
    rates(run, agency, zone, 1, 9.0)  # the same crimes, in a larger area
    rates(old, agency, beats[2], 1, 5.0)
    (offer,) = offered("crime-by-the-hour-")
    made = store.audit(offer)
    assert made.ours
    counted = {row["area"]: row["predictions"] for row in made.report["sections"][-1]["table"]["rows"]}
    assert counted == {"Beat 0": round(0.03 * 24 * 365.25), "Beat 1": round(0.001 * 24 * 365.25)}


def test_the_app_hands_over_by_itself_and_a_new_look_asks_for_an_audit() -> None:
    agency = make_agency("Atlanta")
    write_crimes(agency)
    job = PredictionJob.objects.create(act=JobAct.HOTSPOTS, subject="")
    jobs.look_for_hotspots(job, lambda: None)
    assert queue.is_under_way()
    assert {one.slug for one in bodies.offers()} == {
        f"hot-spots-{one.name}-{agency.pk}"
        for one in SUBJECTS
        if not HotspotRun.objects.get(subject=one.name).why
    }
    assert (
        len(list(store.audit_all(store.outdated()))) == PredictionAudit.objects.filter(ours=True).count() > 0
    )
    assert store.outdated() == []


def test_areas_declared_for_a_vendor_at_the_same_place_tell_who_lives_there() -> None:
    agency = make_agency("Atlanta")
    write_crimes(agency)
    figures = ImportRun.objects.create(source="predpol-block-groups", file_name="groups.json")
    for client, west in (("elsewhere", -74.0), ("near", -84.45)):
        for at in range(16):
            group = Area.objects.create(
                kind="block-group",
                name=f"{client} {at}",
                boundary=square(west + at % 4 * 0.03, 33.70 + at // 4 * 0.03, 0.03),
            )
            for measure, value in (("total_estimate", 1000), ("white_alone", 50 * at), ("count", 77)):
                AreaFigure.objects.create(
                    import_run=figures,
                    import_row=at + 1,
                    area=group,
                    client=client,
                    measure=measure,
                    value=value,
                )
    look(agency, SUBJECTS[0])
    made = store.audit(offered("hot-spots-")[0])
    assert (made.figures["areas"], set(made.figures["groups"])) == (16, {"white"})
    assert made.figures["predictions"] == HotspotRun.objects.get().counted.filter(flagged=True).count()
