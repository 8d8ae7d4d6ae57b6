"""/metrics: closed without a token, true figures with it, and a monitoring kit that uses only what is there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from insights.models import Comparison, StopFact
from ledger.choices import ImportState
from ledger.models import AuditEvent, Country, ImportRun, ImportUndo
from ledger.tests.factories import make_agency, make_stop, make_user
from prediction import jobs
from prediction.models import DriftReport, JobAct, JobState, PredictionJob
from prediction.tests.served import serve_example
from securecheck.metrics import collector, gauges
from securecheck.metrics.collector import GAUGES

pytestmark = pytest.mark.django_db
KIT = Path(__file__).parents[2] / "deploy" / "monitoring"
TOKEN = "a token of these tests"
NAME = re.compile(r"\b(?:securecheck|django)_[a-z_]+")


@pytest.fixture(autouse=True)
def fresh(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    GAUGES.forget()


def scrape(**headers: str) -> Any:
    return Client().get("/metrics", headers=headers or {"Authorization": f"Bearer {TOKEN}"})


def figures() -> dict[tuple[str, ...], float]:
    """Every sample of ours, freshly read: its name and the values of its labels, by the names of these."""
    GAUGES.forget()
    families = text_string_to_metric_families(scrape().content.decode())
    return {
        (one.name.removeprefix("securecheck_"), *one.labels.values()): one.value
        for family in families
        for one in family.samples
        if one.name.startswith("securecheck_")
    }


def do(sql: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


# The door


def test_without_a_token_of_its_own_it_is_closed_and_says_what_to_do(settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    for given in ("", "Bearer ", "Bearer x"):
        response = scrape(Authorization=given)
        assert (response.status_code, response["Content-Type"]) == (403, "text/plain; charset=utf-8")
        assert "Set SECURECHECK_METRICS_TOKEN" in response.content.decode()


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN}x",
        f"Basic {TOKEN}",
        TOKEN,
        "Bearer ä\u2026",
        "Bearer " + "x" * 9000,
    ],
)
def test_only_the_token_opens_it(given: str) -> None:
    response = scrape(Authorization=given)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert b"securecheck_" not in response.content


def test_an_account_does_not_open_it_and_a_refusal_leaves_no_line() -> None:
    """A monitoring system with an old token asks each half minute: that must not fill the audit trail."""
    client = Client()
    client.force_login(make_user("Administrator"))
    before = AuditEvent.objects.count()
    assert client.get("/metrics").status_code == 401
    assert AuditEvent.objects.count() == before


def test_with_the_token_it_needs_no_session_and_makes_none() -> None:
    response = scrape()
    assert response.status_code == 200
    assert not response.cookies
    assert response["Cache-Control"] == "no-store, private"
    assert Client().post("/metrics").status_code == 405


# The figures


def test_an_empty_ledger_tells_no_ages() -> None:
    found = figures()
    assert found["rows", "form"] == found["persons_stopped",] == found["slice_lag_stops",] == 0
    names = {key[0] for key in found}
    assert not names & {"newest_stop_age_seconds", "slices_compared_age_seconds", "gate_open"}
    assert all(value == 1 for key, value in found.items() if key[0] == "group_read")


def test_rows_are_told_by_source_without_undone_imports() -> None:
    user = make_user("Analyst")
    for rows, source, state in (
        (5, "securecheck", ImportState.LOADED),
        (7, "securecheck", ImportState.LOADED),
        (11, "open-policing", ImportState.LOADED),
        (13, "open-policing", ImportState.CHECKED),
    ):
        ImportRun.objects.create(source=source, file_name="a.csv", user=user, state=state, rows_new=rows)
    undone = ImportRun.objects.create(
        source="securecheck", file_name="b.csv", state=ImportState.LOADED, rows_new=17
    )
    ImportUndo.objects.create(import_run=undone, user=user, reason="Wrong file")
    make_stop(make_agency(), stop={"author": user})
    found = figures()
    assert (found["rows", "securecheck"], found["rows", "open-policing"], found["rows", "form"]) == (
        12,
        11,
        1,
    )
    assert found["persons_stopped",] == StopFact.objects.count() == 1


def test_the_newest_stop_is_as_old_as_its_agencys_clock_says() -> None:
    for name, zone, day in (
        ("East", "Asia/Kolkata", "2026-03-02"),
        ("West", "America/New_York", "2026-03-01"),
    ):
        agency = make_agency(name, time_zone=zone)
        for on, at in (("2026-02-27", "23:59"), (day, "10:30"), (day, "08:00")):
            make_stop(agency, date.fromisoformat(on), clock.fromisoformat(at))
    found, now = figures(), timezone.now().timestamp()
    for name, moment in (("East", "2026-03-02T05:00:00+00:00"), ("West", "2026-03-01T15:30:00+00:00")):
        expected = now - datetime.fromisoformat(moment).timestamp()
        assert found["newest_stop_age_seconds", name] == pytest.approx(expected, abs=30)


def test_stops_that_no_fact_follows_are_told_and_undone_ones_are_not() -> None:
    agency = make_agency()
    make_stop(agency)
    assert figures()["slice_lag_stops",] == 0
    for day in ("2026-03-01", "2026-03-02", "2026-04-02"):
        late = make_stop(agency, date.fromisoformat(day))
        StopFact.objects.filter(stop=late.pk).delete()
    run = ImportRun.objects.create(source="securecheck", file_name="b.csv", state=ImportState.LOADED)
    gone = make_stop(agency, date(2026, 5, 5), stop={"import_run": run, "import_row": 1})
    StopFact.objects.filter(stop=gone.pk).delete()
    ImportUndo.objects.create(import_run=run, user=make_user("Analyst"), reason="Wrong file")
    found = figures()
    assert (found["slice_lag_stops",], found["slice_lag_slices",]) == (3, 2)


def test_figures_that_differ_are_counted_by_country_and_year() -> None:
    country = Country.objects.first() or Country.objects.create(name="India")
    at = timezone.now() - timedelta(hours=2)
    Comparison.objects.create(country=country.pk, year=2025, at=at, differences={"Who": 2})
    Comparison.objects.create(country=country.pk, year=2024, at=at - timedelta(days=9), differences={})
    found = figures()
    assert found["slices_differing",] == 1
    assert found["slices_compared_age_seconds",] == pytest.approx(7200, abs=60)


def test_the_queue_tells_what_is_due_and_how_long_it_waits() -> None:
    do("DELETE FROM procrastinate_jobs")
    assert (figures()["queue_jobs", "todo"], figures()["queue_oldest_seconds",]) == (0, 0)
    jobs.ask(JobAct.TRAIN, "outcome")
    jobs.ask(JobAct.TRAIN, "violation")
    do("UPDATE procrastinate_events SET at = now() - interval '10 minutes'")
    do(
        "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 day' WHERE id = (SELECT max(id) FROM procrastinate_jobs)"
    )
    found = figures()
    assert (found["queue_jobs", "todo"], found["workers",]) == (2, 0)
    assert found["queue_oldest_seconds",] == pytest.approx(600, abs=30)
    do("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()), (now() - interval '1 minute')")
    do(
        "INSERT INTO procrastinate_events (job_id, type, at) SELECT max(id), 'failed', now() FROM procrastinate_jobs"
    )
    found = figures()
    assert (found["workers",], found["queue_failed_jobs",]) == (1, 1)


def test_drift_gate_and_training_are_told_by_feature_and_kind() -> None:
    serve_example()
    serve_example(kind="violation", gate="closed")
    measure = {"kind": "psi", "subject": "hour", "state": "drift", "value": 0.5, "name": "psi hour"}
    DriftReport.objects.create(
        month=date(2026, 3, 1),
        reference_first=date(2025, 3, 1),
        reference_last=date(2026, 2, 28),
        state="drift",
        measures=[measure, {**measure, "subject": "agency", "state": "ok", "value": 0.01}],
    )
    for state in (JobState.FAILED, JobState.DONE):
        PredictionJob.objects.create(act=JobAct.TRAIN, subject="outcome", state=state)
        PredictionJob.objects.create(act=JobAct.DRIFT, state=JobState.FAILED)
    found = figures()
    assert (found["gate_open", "outcome"], found["gate_open", "violation"]) == (1, 0)
    assert ("gate_open", "outcome-after") not in found
    assert (found["drift_state", "hour", "psi"], found["drift_value", "hour", "psi"]) == (2, 0.5)
    assert (found["drift_state", "agency", "psi"], found["drift_notices",]) == (0, 1)
    assert found["last_training_timestamp_seconds", "outcome"] == pytest.approx(
        timezone.now().timestamp(), abs=60
    )
    assert found["last_training_duration_seconds", "outcome"] == 1.0
    assert (
        found["prediction_job_failed", "train", "outcome"],
        found["prediction_job_failed", "drift", ""],
    ) == (0, 1)


def test_many_scrapes_read_the_ledger_once(django_assert_num_queries: Any) -> None:
    scrape()
    with django_assert_num_queries(0):
        scrape()


def test_a_group_that_cannot_be_read_is_told_and_the_others_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gauges, "PERSONS", "SELECT no_such_column FROM ledger_stop")
    found = figures()
    assert (found["group_read", "ledger"], found["group_read", "queue"]) == (0, 1)
    assert ("rows", "form") not in found
    monkeypatch.setattr(gauges, "PERSONS", "SELECT pg_sleep(30)")
    monkeypatch.setattr(collector, "LONGEST", "50ms")
    assert figures()["group_read", "ledger"] == 0


def test_requests_are_counted_by_address_and_not_by_what_was_asked() -> None:
    Client().get("/healthz?vehicle=ABC123")
    text = scrape().content.decode()
    assert (
        'django_http_requests_total_by_view_transport_method_total{method="GET",transport="http",view="health"}'
        in text
    )
    assert "ABC123" not in text


# The kit


def exposed() -> set[str]:
    """Names of all series that Prometheus would find, once each metric has something to tell."""
    serve_example()
    make_stop(make_agency())
    Comparison.objects.create(country=1, year=2025, at=timezone.now(), differences={})
    PredictionJob.objects.create(act=JobAct.DRIFT, state=JobState.DONE)
    measure = {"kind": "psi", "subject": "hour", "state": "ok", "value": 0.0, "name": "psi hour"}
    days = {
        "month": date(2026, 3, 1),
        "reference_first": date(2025, 3, 1),
        "reference_last": date(2026, 2, 28),
    }
    DriftReport.objects.create(state="ok", measures=[measure], **days)
    GAUGES.forget()
    scrape()
    GAUGES.forget()
    families = text_string_to_metric_families(scrape().content.decode())
    return {sample.name for family in families for sample in family.samples}


def test_dashboard_and_alerts_use_only_metrics_that_exist() -> None:
    there = exposed()
    dashboard = json.loads((KIT / "dashboard.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    asked.append(re.sub(r"^\s*(summary|what_to_do):.*$", "", (KIT / "alerts.yml").read_text(), flags=re.M))
    used = {name for expression in asked for name in NAME.findall(expression)}
    assert len(used) > 20
    assert used <= there, f"not there: {sorted(used - there)}"
    ours = {name for name in there if name.startswith("securecheck_")}
    assert ours <= used, f"on no panel and in no alert: {sorted(ours - used)}"


def test_every_panel_has_a_place_of_its_own() -> None:
    panels = json.loads((KIT / "dashboard.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells


def test_every_alert_is_tried_and_says_what_to_do() -> None:
    rules, tried = ((KIT / name).read_text() for name in ("alerts.yml", "alerts.test.yml"))
    for name in re.findall(r"alert: (\w+)", rules):
        assert f"{name} is raised" in tried
        assert f"{name} is not raised" in tried
    assert rules.count("what_to_do:") == rules.count("alert:") == len(re.findall("summary:", rules))


def test_prometheus_takes_configuration_and_alerts(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        assert not os.environ.get("CI"), "promtool is missing: install Debian's package “prometheus”"
        pytest.skip("promtool is not installed (Debian: apt-get install prometheus)")
    shutil.copytree(KIT, tmp_path, dirs_exist_ok=True)
    (tmp_path / "metrics-token").write_text(TOKEN)
    for asked in (
        ["check", "config", "--lint=all", "prometheus.yml"],
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts.test.yml"],
    ):
        done = subprocess.run([promtool, *asked], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
    metrics = subprocess.run(
        [promtool, "check", "metrics"], input=scrape().content, capture_output=True, timeout=60, check=False
    )
    complaints = [line for line in metrics.stderr.decode().splitlines() if line.startswith("securecheck_")]
    assert not complaints
