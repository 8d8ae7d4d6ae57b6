"""The full report on an import: written by the worker, handed out in a sandbox, without plates, gone after some days."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from insights import tasks
from insights.models import ImportReport, RunState
from insights.profiles import full_report
from ledger.models import AuditEvent, ImportRun, ImportUndo, Vehicle
from ledger.synthesis.calendar import Month
from ledger.synthesis.load import load
from ledger.tasks import Interrupted
from ledger.tests.factories import make_agency, make_user
from ledger.tests.stops import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImportRun:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    load(300, 3, Month(2026, 10))
    return ImportRun.objects.get()


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row of the table instead of the drawing, which takes seconds."""
    monkeypatch.setattr(
        full_report, "_drawn", lambda table, title: f"<html><head></head>{title}{table.to_csv()}</html>"
    )


def work(abort: bool = False) -> ImportReport:
    report = ImportReport.objects.get()
    context = SimpleNamespace(job=SimpleNamespace(attempts=0), should_abort=lambda: abort)
    tasks.write_import_report.func(context, report.pk)  # type: ignore[arg-type]
    report.refresh_from_db()
    return report


def downloaded(client: Any, run: ImportRun) -> str:
    return b"".join(client.get(f"/profile/imports/{run.key}/download/").streaming_content).decode()


def test_the_report_is_written_by_the_worker_and_downloaded(run: ImportRun) -> None:
    client = signed_in("Analyst")
    assert client.get("/profile/").content.decode().count(str(run.key)) == 1
    client.post(f"/profile/imports/{run.key}/")
    assert "being written" in client.get(f"/profile/imports/{run.key}/").content.decode()
    report = work()
    assert (report.state, report.rows) == (RunState.DONE, 300)
    text = downloaded(client, run)
    for word in (
        "Violation",
        "Speeding",
        "Race",
        "Hispanic",
        "Date",
    ):
        assert word in text
    assert AuditEvent.objects.filter(detail__act="full report").exists()
    _asks_nothing_of_other_places(text)


def test_the_page_of_an_import_leads_to_its_report_while_it_counts(run: ImportRun) -> None:
    """However many imports came after it: the profile lists the newest only."""
    client, link = signed_in("Analyst"), f'href="/profile/imports/{run.key}/"'
    assert link in client.get(run.get_absolute_url()).content.decode()
    ImportUndo.objects.create(import_run=run, user=make_user("Analyst"), reason="Wrong file")
    assert link not in client.get(run.get_absolute_url()).content.decode()


def test_an_archive_has_a_report_on_each_of_its_files_and_none_of_its_own(run: ImportRun) -> None:
    archive = ImportRun.objects.create(
        source="police-uk-archive", file_name="all.zip", state="loaded", rows_new=300
    )
    ImportRun.objects.filter(pk=run.pk).update(parent=archive)
    client = signed_in("Analyst")
    listed = client.get("/profile/").content.decode()
    assert (str(run.key) in listed, str(archive.key) in listed) == (True, False)
    link = f'href="/profile/imports/{archive.key}/"'
    assert link not in client.get(archive.get_absolute_url()).content.decode()
    client.post(f"/profile/imports/{archive.key}/")
    work()
    page = client.get(f"/profile/imports/{archive.key}/").content.decode()
    assert "Each has a page and a report of its own" in page


def _asks_nothing_of_other_places(text: str) -> None:
    """The file carries its policy, before anything that it could forbid, and names no address to load from."""
    head = text.split("</head>")[0]
    assert head.index("Content-Security-Policy") < head.index("<style>")
    assert "default-src 'none'" in head
    loaded = re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"([^\"]+)\"", text)
    assert [address for address in loaded if not address.startswith("data:")] == []


def test_it_is_handed_out_in_a_sandbox_as_a_download(run: ImportRun, plain: None) -> None:
    client = signed_in("Analyst")
    client.post(f"/profile/imports/{run.key}/")
    work()
    response = client.get(f"/profile/imports/{run.key}/download/")
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"].startswith("sandbox allow-scripts; default-src 'none'")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_no_vehicle_number_is_in_it(run: ImportRun, plain: None) -> None:
    full_report.ask(run)
    work()
    text = full_report.path_of(ImportReport.objects.get()).read_text()
    assert not any(number in text for number in Vehicle.objects.values_list("number", flat=True))


def test_asking_twice_writes_once_and_a_cut_off_job_leaves_no_half_file(run: ImportRun, plain: None) -> None:
    first, second = full_report.ask(run), full_report.ask(run)
    assert first.pk == second.pk
    with pytest.raises(Interrupted):
        work(abort=True)
    assert not full_report.path_of(first).exists()
    assert work().state == RunState.DONE
    assert [path.suffix for path in full_report.path_of(first).parent.iterdir()] == [".html"]


def test_a_supervisor_has_reports_on_imports_into_the_own_agency_only(run: ImportRun) -> None:
    york = make_agency("York")
    client = signed_in(make_user("Supervisor", york))
    assert client.get(f"/profile/imports/{run.key}/").status_code == 404
    ImportRun.objects.update(agency=york)
    assert client.get(f"/profile/imports/{run.key}/").status_code == 200


def test_an_import_without_rows_is_told_in_a_sentence(run: ImportRun) -> None:
    empty = ImportRun.objects.create(source="securecheck", file_name="empty.csv", state="loaded")
    full_report.ask(empty)
    assert work().state == RunState.FAILED
    assert "holds no rows" in signed_in("Analyst").get(f"/profile/imports/{empty.key}/").content.decode()


def test_files_go_after_some_days(run: ImportRun, plain: None) -> None:
    full_report.ask(run)
    path = full_report.path_of(work())
    full_report.tidy()
    assert path.exists()
    ImportReport.objects.update(asked_at=timezone.now() - timedelta(days=full_report.KEPT_DAYS + 1))
    full_report.tidy()
    assert not path.exists()
    assert not ImportReport.objects.exists()
    response = signed_in("Analyst").get(f"/profile/imports/{run.key}/download/")
    assert response.status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_hostile_value_runs_nowhere(browser: Any, live_server: Any, tmp_path: Path) -> None:
    """Opened from a disk in a real browser: its own scripts run, a script in a value does not."""
    import pandas as pd

    table = pd.DataFrame(
        {"word": ["</script><img src=x onerror=document.title='taken'>", "b"], "number": [1, 2]}
    )
    path = tmp_path / "hostile.html"
    path.write_text(full_report._drawn(table, "<script>document.title='taken'</script>"))
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    assert page.title() == "skrub report"
    assert [address for address in asked if not address.startswith(("file:", "data:"))] == []
    assert page.locator("text=word").first.is_visible()
    page.close()
