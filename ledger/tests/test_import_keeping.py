"""Uploads and refused rows hold plates: they go when they have served."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from ledger import tasks
from ledger.choices import ImportState
from ledger.imports import engine, refused
from ledger.models import ImportRun, RefusedRow
from ledger.tests.import_files import begun, line, written


@pytest.fixture
def run(db: None, tmp_path: Path, settings: Any) -> ImportRun:
    """A checked upload of a good row and a refused one."""
    settings.UPLOADS = tmp_path
    path = written(tmp_path, [line(), line(driver_age="0")])
    made = begun(path, stored_name=path.name, partial=True)
    engine.check(made)
    return made


def tidied(run: ImportRun, commit: Any) -> ImportRun:
    with commit(execute=True):
        tasks.tidy_uploads.func(0)
    return ImportRun.objects.get(pk=run.pk)


def test_an_undecided_upload_is_kept_for_a_month(
    run: ImportRun, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    assert tidied(run, django_capture_on_commit_callbacks).stored_name
    assert len(list(tmp_path.iterdir())) == 1
    ImportRun.objects.update(created_at=timezone.now() - timedelta(days=31))
    found = tidied(run, django_capture_on_commit_callbacks)
    assert (found.state, found.stored_name, found.rows_refused) == (ImportState.ABANDONED, "", 1)
    assert not list(tmp_path.iterdir())
    assert not RefusedRow.objects.exists()


def test_a_loaded_file_goes_and_its_refused_rows_stay_to_be_mended(
    run: ImportRun, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    engine.load(run)
    assert tidied(run, django_capture_on_commit_callbacks).state == ImportState.LOADED
    assert not list(tmp_path.iterdir())
    assert RefusedRow.objects.get().text


def test_after_a_month_only_the_causes_of_refused_rows_are_left(
    run: ImportRun, django_capture_on_commit_callbacks: Any
) -> None:
    engine.load(run)
    ImportRun.objects.update(created_at=timezone.now() - timedelta(days=31))
    tidied(run, django_capture_on_commit_callbacks)
    row = RefusedRow.objects.get()
    assert (row.value, row.text) == ("", "")
    assert [(cause.column, cause.errors) for cause in refused.causes(run)] == [("driver_age", 1)]
