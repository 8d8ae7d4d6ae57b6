"""Tests that fit a model: asked for on a page, computed by the worker once, kept; cut off and taken up again."""

from __future__ import annotations

import json
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, OperationalError, transaction

from insights import cubes, tasks
from insights.disparity import fitted, runs
from insights.fairness import planted
from insights.fairness.threshold_sampling import Effort
from insights.models import FairnessRun, RunState, StopFact
from insights.tests.disparity.ledger import add, add_searches, race
from ledger.models import AuditEvent
from ledger.tasks import MOST_ATTEMPTS, Interrupted
from ledger.tests.factories import make_agency, make_post, make_stop
from ledger.tests.stops import signed_in

pytestmark = pytest.mark.django_db


class Context:
    """What a job is told by its worker."""

    def __init__(self, attempts: int = 0, stop_after: int = 10**9) -> None:
        self.job = SimpleNamespace(attempts=attempts)
        self.asked, self.stop_after = 0, stop_after

    def should_abort(self) -> bool:
        self.asked += 1
        return self.asked > self.stop_after


def work(context: Context | None = None) -> FairnessRun:
    """What the worker does with the newest run."""
    run = FairnessRun.objects.latest("id")
    tasks.compute_fairness.func(context or Context(), run.pk)  # type: ignore[arg-type]
    return FairnessRun.objects.get(pk=run.pk)


def compute(path: str, **more: Any) -> dict[str, Any]:
    """Ask on the page, let the worker work, read the page's JSON."""
    client = signed_in("Analyst")
    name, _, query = path.partition("?")
    response = client.post(f"{name}compute/?{query}")
    assert response.status_code == 302, response.content
    assert work(**more).state == RunState.DONE
    joint = "&" if query else "?"
    found: dict[str, Any] = client.get(f"{path}{joint}format=json").json()
    return found


def row_of(found: dict[str, Any], table: str, key: str, value: Any) -> dict[str, Any]:
    return next(row for row in found["tables"][table]["rows"] if row[key] == value)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sampler that takes a second."""
    effort = Effort(draws=80, warmup=60, chains=4, attempts=1)
    monkeypatch.setattr("insights.disparity.threshold.Effort", lambda **_: effort)
    monkeypatch.setattr("insights.disparity.threshold.SCALES", (1.0, 1.5))


def facts_of(rows: list[dict[str, Any]], post_of: Any, **fixed: Any) -> None:
    """Facts for cells of `planted.searches_and_hits`, in bulk."""
    for row in rows:
        label = {"North": "White", "South": "Black", "East": "Hispanic"}[row["group"]]
        add_searches(
            row["stops"], row["searches"], row["hits"], post=post_of(row["place"]), race=race(label), **fixed
        )


def test_the_difference_at_the_same_place_and_hour_is_not_the_crude_one() -> None:
    """At each hour both groups are searched alike; Black drivers are stopped at the hour of many searches."""
    for hour, share, white, black in ((10, 10, 400, 100), (23, 2, 100, 400)):
        for label, stops in (("White", white), ("Black", black)):
            add_searches(stops, stops // share, 0, race=race(label), hour=hour)
    found = compute("/fairness/adjusted/?reference=White")
    black = row_of(found, "groups", "group", "Black")
    assert black["rate"] == pytest.approx(0.42)
    assert black["difference"] == pytest.approx(0.0, abs=1e-6)
    assert black["odds_ratio"] == pytest.approx(1.0, abs=1e-6)
    assert not black["flagged"]
    assert list(black)[:3] == ["group", "reference", "stops"]  # the order of columns outlives the database


def test_the_veil_finds_a_planted_effect_and_shows_its_variants() -> None:
    york = make_agency("York", "USA", time_zone="America/New_York")
    random = np.random.default_rng(3)
    light_and_dark(york, random, odds_in_the_dark=0.5)
    found = compute("/fairness/veil/?compared=Black&reference=White&place=agency")
    rows = found["tables"]["variants"]["rows"]
    assert [row["variant"] for row in rows][:2] == ["Clock held", "Clock and agency held"]
    assert rows[0]["odds_ratio"] == pytest.approx(0.5, rel=0.2)
    assert rows[0]["flagged"]
    assert "lower, beyond chance" in found["findings"][0]
    assert found["tables"]["clock"]["rows"]
    assert any("the sun at the main town of America/New_York" in note for note in found["notes"])


def light_and_dark(agency: Any, random: Any, odds_in_the_dark: float, persons: int = 6000) -> None:
    """Evenings of a year; light or dark by a sun of the test's own: a cosine through the year."""
    days = [date(2025, 1, 1) + timedelta(days=int(day)) for day in random.integers(0, 365, persons)]
    minutes = random.integers(990, 1290, persons)
    facts, black_code, white_code = [], race("Black"), race("White")
    for number, (day, minute) in enumerate(zip(days, minutes, strict=True)):
        turn = (day.timetuple().tm_yday - 172) / 365 * 2 * np.pi
        dusk = 1135 + 125 * np.cos(turn)
        odds = 0.5 * (odds_in_the_dark if minute > dusk else 1.0)
        black = random.random() < odds / (1 + odds)
        facts.append(
            StopFact(
                id=9_000_000 + number, stop=number, agency=agency.pk, country=agency.country_id, post=0, area=0, day=day,
                year=day.year, month=day.month, hour=int(minute) // 60, minute=int(minute), violation=1, outcome=2, gender=1,
                race=black_code if black else white_code, age=30, age_band=3, duration_band=1, minutes_x10=75,
            )
        )  # fmt: skip
    StopFact.objects.bulk_create(facts)
    cubes.fold("agency = %s", [agency.pk])


def test_heaped_times_and_shift_changes_are_warned_of() -> None:
    york = make_agency("York", "USA", time_zone="America/New_York")
    light_and_dark(york, np.random.default_rng(4), 1.0, persons=1500)
    StopFact.objects.filter(minute__range=(1020, 1079)).update(minute=1020)
    found = compute("/fairness/veil/?compared=Black&reference=White&shifts=18:00")
    told = " ".join(found["warnings"])
    assert "recorded on a full hour" in told
    assert "A shift changes at 18:00" in told


def test_the_threshold_test_finds_the_lower_threshold_and_shows_its_checks(short: None) -> None:
    york = make_agency("York", "USA", time_zone="America/New_York")
    cells = planted.searches_and_hits(2, effect=0.5, size=planted.Size(places=4, stops=9_000))
    facts_of(cells, lambda place: make_post(f"Post {place}", york))
    found = compute("/fairness/threshold/?place=post&least=20&reference=White")
    black = row_of(found, "thresholds", "group", "Black")
    assert black["gap"] < 0
    assert black["below"] > 0.9
    assert [row["scale"] for row in found["tables"]["sensitivity"]["rows"]] == [1.0, 1.0, 1.5, 1.5]
    assert [row["rate"] for row in found["tables"]["check"]["rows"]] == ["Search rate", "Hit rate"]
    assert any("sampled posterior" in note and "N(0, 1)" in note for note in found["notes"])
    assert len(found["tables"]["places"]["rows"]) == 12


def test_too_few_places_are_told_and_no_model_is_fitted() -> None:
    add_searches(400, 100, 30)
    found = compute("/fairness/threshold/")
    assert "wants 3 places or more" in found["warnings"][0]
    assert found["tables"] == {}


def test_before_it_is_computed_the_page_offers_to_and_the_json_says_so() -> None:
    client = signed_in("Analyst")
    assert "Compute with these arguments" in client.get("/fairness/veil/").content.decode()
    response = client.get("/fairness/veil/?format=json")
    assert response.status_code == 404
    assert "has not been computed" in response.json()["error"]


def test_asking_twice_gives_one_run_and_one_job() -> None:
    client = signed_in("Analyst")
    for query in ("place=post&country=USA", "country=USA&place=post&group=race"):
        make_agency("York", "USA")
        client.post(f"/fairness/veil/compute/?{query}")
    assert FairnessRun.objects.count() == 1
    client.post("/fairness/veil/compute/?country=USA&place=agency")
    assert FairnessRun.objects.count() == 2


def test_the_database_refuses_a_second_run_of_the_same_question() -> None:
    FairnessRun.objects.create(test="veil", fingerprint="f", state=RunState.RUNNING)
    FairnessRun.objects.create(test="veil", fingerprint="f", state=RunState.DONE)
    with pytest.raises(IntegrityError), transaction.atomic():
        FairnessRun.objects.create(test="veil", fingerprint="f")


def test_a_page_that_waits_follows_its_run() -> None:
    client = signed_in("Analyst")
    client.post("/fairness/veil/compute/")
    run = FairnessRun.objects.get()
    page = client.get("/fairness/veil/").content.decode()
    assert f"/fairness/runs/{run.key}/progress/" in page
    told = client.get(f"/fairness/runs/{run.key}/progress/").json()
    assert (told["state"], told["url"]) == ("waiting", "")
    work()
    assert client.get(f"/fairness/runs/{run.key}/progress/").json()["url"].startswith("/fairness/veil/")


def test_a_stopping_worker_interrupts_by_raising_and_the_next_one_finishes() -> None:
    add(300)
    signed_in("Analyst").post("/fairness/adjusted/compute/")
    with pytest.raises(Interrupted):
        work(Context(stop_after=1))
    run = FairnessRun.objects.get()
    assert (run.state, run.report) == (RunState.RUNNING, None)
    assert work().state == RunState.DONE


def test_a_run_is_computed_once_though_its_job_runs_twice() -> None:
    add(300)
    signed_in("Analyst").post("/fairness/adjusted/compute/")
    first = work()
    again = work()
    assert (first.finished_at, first.report) == (again.finished_at, again.report)


def test_a_run_cut_off_again_and_again_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: Any) -> None:
        raise OperationalError

    signed_in("Analyst").post("/fairness/veil/compute/")
    monkeypatch.setitem(fitted.COMPUTING, "veil", lost)
    with pytest.raises(OperationalError):
        work()
    run = work(Context(attempts=MOST_ATTEMPTS - 1))
    assert run.state == RunState.FAILED
    assert "again and again" in run.message


def test_a_fault_is_told_in_a_sentence_and_the_question_can_be_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = signed_in("Analyst")
    client.post("/fairness/veil/compute/")
    monkeypatch.setitem(fitted.COMPUTING, "veil", lambda *_: 1 / 0)
    assert work().state == RunState.FAILED
    page = client.get("/fairness/veil/").content.decode()
    assert "fault on our side" in page
    client.post("/fairness/veil/compute/")
    assert FairnessRun.objects.count() == 2


def test_a_run_can_be_stopped_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in("Analyst")
    client.post("/fairness/veil/compute/")
    run = FairnessRun.objects.get()

    def stopped_meanwhile(_arguments: Any, _filters: Any, follow: Any) -> Any:
        client.post(f"/fairness/runs/{run.key}/stop/")
        follow(0.5)
        raise AssertionError("went on after it was stopped")

    monkeypatch.setitem(fitted.COMPUTING, "veil", stopped_meanwhile)
    assert work().state == RunState.STOPPED
    assert FairnessRun.objects.get().report is None


def test_a_stopped_run_that_waits_is_never_begun() -> None:
    client = signed_in("Analyst")
    client.post("/fairness/veil/compute/")
    client.post(f"/fairness/runs/{FairnessRun.objects.get().key}/stop/")
    assert work().state == RunState.STOPPED


def test_the_page_says_when_the_ledger_has_changed_since() -> None:
    add(300)
    compute("/fairness/adjusted/")
    client = signed_in("Analyst")
    assert "ledger has changed" not in client.get("/fairness/adjusted/").content.decode()
    make_stop()
    assert "ledger has changed" in client.get("/fairness/adjusted/").content.decode()


def test_an_earlier_run_is_kept_and_can_be_read() -> None:
    add(300)
    compute("/fairness/adjusted/?action=arrests")
    run = FairnessRun.objects.get()
    page = signed_in("Analyst").get(run.get_absolute_url()).content.decode()
    assert "Groups by: Race; Action: Arrested; Place: Agency" in page
    assert "Download CSV" in page


def test_asking_leaves_a_line_in_the_trail() -> None:
    signed_in("Analyst").post("/fairness/veil/compute/")
    assert AuditEvent.objects.get(object_kind="fairness").detail["act"] == "computation asked for"


def test_two_equal_groups_are_no_comparison() -> None:
    add(300)
    found = compute("/fairness/veil/?compared=White&reference=White")
    assert "Two groups with stops are needed" in found["warnings"][0]


def test_a_report_holds_nothing_that_json_cannot() -> None:
    add(300)
    compute("/fairness/adjusted/")
    report = FairnessRun.objects.get().report
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_the_mark_of_the_ledger_changes_with_a_stop() -> None:
    before = runs.ledger_mark()
    make_stop()
    assert runs.ledger_mark() != before
