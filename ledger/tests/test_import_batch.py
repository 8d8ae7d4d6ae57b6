"""Several files at once: each has its run and its errors, and fifty hostile ones do no harm."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from ledger.choices import ImportState
from ledger.models import ImportRun, Stop
from ledger.tests.factories import make_agency, make_user
from ledger.tests.import_files import EXAMPLES, HEADER, line
from ledger.tests.test_import_tasks import check, load
from ledger.tests.workbooks import by_hand, cells

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.UPLOADS = tmp_path / "uploads"
    return tmp_path / "uploads"


@pytest.fixture
def analyst(client: Client) -> User:
    user = make_user("Analyst")
    client.force_login(user)
    return user


def good(age: int) -> bytes:
    return f"{HEADER}\n{line(driver_age=str(age))}\n".encode()


def send(client: Client, files: dict[str, bytes], **data: Any) -> Any:
    sent = [SimpleUploadedFile(name, content) for name, content in files.items()]
    return client.post(reverse("new-import"), {"file": sent, **data})


def page_of(client: Client) -> str:
    return client.get(reverse("import-batch", args=[ImportRun.objects.latest("pk").batch])).content.decode()


def test_each_file_has_its_run_and_its_errors(client: Client, analyst: User) -> None:
    files = {
        "a.csv": good(30),
        "bad.csv": (EXAMPLES / "securecheck-bad-cells.csv").read_bytes(),
        "torn.csv.gz": gzip.compress(good(31))[:-5] + b"12345",
        "nothing.csv": b"one column\n1\n",
        "unknown.csv": b"x,y\n1,2\n",
    }
    reply = send(client, files)
    runs = {run.file_name: run for run in ImportRun.objects.all()}
    assert reply["Location"] == reverse("import-batch", args=[runs["a.csv"].batch])
    assert {name: run.state for name, run in runs.items()} == {
        "a.csv": ImportState.UPLOADED,
        "bad.csv": ImportState.UPLOADED,
        "torn.csv.gz": ImportState.FAILED,
        "nothing.csv": ImportState.FAILED,
        "unknown.csv": ImportState.ASKING,
    }
    assert ProcrastinateJob.objects.filter(task_name="ledger.check_import").count() == 2
    for name in ("a.csv", "bad.csv"):
        check(runs[name])
    found = page_of(client)
    assert "1 waits for your answers" in " ".join(found.split())
    assert "The compressed file is damaged" in found
    assert "2 files are checked: 2 new rows can be loaded, 21 are refused" in " ".join(found.split())


def test_all_checked_files_are_loaded_at_once(client: Client, analyst: User) -> None:
    send(client, {"a.csv": good(30), "b.csv": good(31), "c.csv": b"one column\n1\n"})
    for run in ImportRun.objects.filter(state=ImportState.UPLOADED):
        check(run)
    batch = ImportRun.objects.earliest("pk").batch
    address = reverse("load-import-batch", args=[batch])
    for _ in range(2):
        assert client.post(address)["Location"] == reverse("import-batch", args=[batch])
    assert ProcrastinateJob.objects.filter(task_name="ledger.load_import").count() == 2
    for run in ImportRun.objects.filter(state=ImportState.LOADING):
        load(run)
    assert Stop.objects.count() == 2
    assert "2 loaded" in page_of(client)


def test_progress_of_several_files_is_their_common_share(client: Client, analyst: User) -> None:
    send(client, {"a.csv": good(30), "b.csv": good(31)})
    address = reverse("import-batch-progress", args=[ImportRun.objects.earliest("pk").batch])
    told = client.get(address).json()
    assert (told["done"], told["total"], told["url"]) == (0, 200, "")
    first, second = ImportRun.objects.order_by("pk")
    check(first)
    ImportRun.objects.filter(pk=second.pk).update(state=ImportState.CHECKING, progress=50, progress_total=200)
    assert client.get(address).json()["done"] == 125
    check(second)
    assert client.get(address).json()["url"] == reverse("import-batch", args=[first.batch])


def test_what_others_uploaded_together_is_not_theirs_to_load(client: Client, analyst: User) -> None:
    send(client, {"a.csv": good(30), "b.csv": good(31)})
    for run in ImportRun.objects.all():
        check(run)
    batch = ImportRun.objects.earliest("pk").batch
    client.force_login(make_user("Analyst"))
    assert "can be loaded" not in client.get(reverse("import-batch", args=[batch])).content.decode()
    client.post(reverse("load-import-batch", args=[batch]))
    assert {run.state for run in ImportRun.objects.all()} == {ImportState.CHECKED}
    client.force_login(make_user("Supervisor", make_agency()))
    assert client.get(reverse("import-batch", args=[batch])).status_code == 404


def test_more_files_than_are_taken_at_once_are_refused(client: Client, analyst: User) -> None:
    reply = send(client, {f"{number}.csv": b"x,y\n" for number in range(101)})
    assert "Choose at most 100 at once" in reply.content.decode()
    assert not ImportRun.objects.exists()


def hostile(tmp_path: Path) -> list[bytes]:
    """Ten kinds of bad files."""
    bomb = gzip.compress(b"a,b\n" + b"0" * 30_000_000)
    wide = by_hand(
        tmp_path / "wide.xlsx", "<row>" + "<c/>" * 16_000 + "</row>" + "<row/>" * 100_000
    ).read_bytes()
    entity = by_hand(
        tmp_path / "entity.xlsx", cells("&b;"), before='<!DOCTYPE x [<!ENTITY b "x">]>'
    ).read_bytes()
    return [
        *(
            bomb,
            wide,
            entity,
            b"PK\x03\x04" + b"\0" * 200,
            b"\x1f\x8b\x08" + b"\xff" * 300,
            b'{"properties": {' * 5_000,
        ),
        *(b"\0" * 5_000, b'"' + b"x" * 2_000_000, ("a," * 5_000).encode(), HEADER.encode() + b"\n\xff\xfe\n"),
    ]


def test_fifty_hostile_files_at_once_do_no_harm(
    client: Client, analyst: User, tmp_path: Path, folder: Path
) -> None:
    contents = hostile(tmp_path) * 5
    files = {f"{number}.csv": content for number, content in enumerate(contents)} | {"good.csv": good(30)}
    assert send(client, files).status_code == 302
    assert ImportRun.objects.count() == 51
    for run in ImportRun.objects.filter(state=ImportState.UPLOADED):
        check(run)
    states = dict(ImportRun.objects.values_list("file_name", "state"))
    assert states.pop("good.csv") == ImportState.CHECKED
    assert set(states.values()) <= {ImportState.FAILED, ImportState.ASKING}
    messages = ImportRun.objects.filter(state=ImportState.FAILED).values_list("message", flat=True)
    assert [text for text in messages if not text.endswith((".", "?")) or "fault on our side" in text] == []
    assert not Stop.objects.exists()
    assert len(list(folder.iterdir())) == ImportRun.objects.exclude(stored_name="").count()
    assert page_of(client)
    for run in ImportRun.objects.filter(state=ImportState.ASKING):
        assert client.get(reverse("import-reading", args=[run.key])).status_code == 200


def test_a_full_disk_keeps_all_files_out(
    client: Client, analyst: User, folder: Path, monkeypatch: Any
) -> None:
    from ledger.imports import uploads

    keep = uploads.keep
    kept: list[Any] = []

    def keep_one(file: Any) -> tuple[str, str]:
        if kept:
            raise OSError(28, "No space left on device")
        kept.append(file)
        return keep(file)

    monkeypatch.setattr(uploads, "keep", keep_one)
    assert "no room on the server" in send(client, {"a.csv": good(30), "b.csv": good(31)}).content.decode()
    assert not ImportRun.objects.exists()
    assert not list(folder.iterdir())
