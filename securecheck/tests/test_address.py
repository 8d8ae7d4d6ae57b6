"""Where the database is said to be, and what is said when it cannot be there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from manage import needs_database
from securecheck.postgres import ServerProblem, binaries, data_folder, database
from securecheck.postgres.cluster import Cluster
from securecheck.postgres.configuration import identities
from securecheck.postgres.joining import sentence
from securecheck.tests.spawned import HOUSE, environment


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_settings_start_nothing(data: Path) -> None:
    code = "import django; django.setup()"
    env = environment(data) | {"DJANGO_SETTINGS_MODULE": "securecheck.settings"}
    subprocess.run([sys.executable, "-c", code], cwd=HOUSE, env=env, check=True)
    assert not (data / "postgres").exists()


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = environment(data_folder()) | variables
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=HOUSE, env=env, capture_output=True, text=True, check=False, timeout=60
    )


def assert_plain(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in done.stderr


def test_data_of_another_major_version_is_refused_in_plain_words(data: Path) -> None:
    files = data / "postgres" / "data"
    files.mkdir(parents=True)
    (files / "PG_VERSION").write_text("14\n")
    assert_plain(manage("migrate", SECURECHECK_DATA=str(data)), "made by PostgreSQL 14", "pg_dump")


def test_a_folder_that_cannot_be_written_is_refused_in_plain_words(data: Path) -> None:
    data.parent.joinpath("file").write_text("in the way")
    assert_plain(
        manage("migrate", SECURECHECK_DATA=str(data.parent / "file" / "data")),
        "cannot be used",
        "SECURECHECK_DATA",
    )


@pytest.mark.parametrize(
    "variables, words",
    [
        ({"SECURECHECK_DATA": "/dev/null/data"}, "SECURECHECK_DATA"),
        ({"ALLOWED_HOSTS": "stops.example.org", "SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
    ],
)
def test_wrong_settings_are_named_in_plain_words(variables: dict[str, str], words: str) -> None:
    assert_plain(manage("check", **variables), words)


def test_a_full_disk_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data.mkdir()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 1000))
    with pytest.raises(OSError, match="No space") as caught:
        Cluster(data).start()
    assert "is full" in sentence(caught.value, data)


def test_a_full_disk_is_known_from_the_log(data: Path) -> None:
    said = 'LOG:  starting\nPANIC:  could not write to file "pg_wal/xlogtemp": No space left on device\n'
    failure = Cluster(data)._failure("PostgreSQL did not start", said)
    assert isinstance(failure, OSError)
    assert "is full" in sentence(failure, data)


def test_a_platform_without_programs_is_refused_in_plain_words(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "_candidates", lambda: iter([data / "bin"]))
    with pytest.raises(ServerProblem, match="No PostgreSQL 15 or newer runs on this machine"):
        binaries.find(Cluster(data).account, None, data)


def test_odd_account_names_are_quoted() -> None:
    assert '"o""dd name" securecheck' in identities({'o"dd name'})


URLS = {
    "postgres://u:p%40ss@host:5433/ledger?sslmode=require": {
        "HOST": "host",
        "PORT": "5433",
        "PASSWORD": "p@ss",
    },
    "postgresql://%2Fvar%2Frun%2Fpostgresql/ledger": {"HOST": "/var/run/postgresql", "NAME": "ledger"},
    "postgres:///ledger?host=/run/sockets&user=me": {"HOST": "/run/sockets", "USER": "me", "NAME": "ledger"},
    "postgres://u@[::1]/ledger": {"HOST": "::1"},
}


@pytest.mark.parametrize("url, expected", URLS.items())
def test_a_database_url_is_read(url: str, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    read = database()
    assert {key: read[key] for key in expected} == expected
    assert read["CONN_HEALTH_CHECKS"]


@pytest.mark.parametrize(
    "url, words",
    [
        ("mysql://u:hidden@host/name", "must begin with postgres://"),
        ("postgres://u:hidden@host", "names no database"),
        ("postgres://u:hid/den@host/name", "cannot be read"),
        ("postgres://u:hidden@host:99999/name", "cannot be read"),
        ("postgres://u:hidden@host/name?colour=red", "colour"),
        ("postgres://u:hidden@127.0.0.1:1/name", "cannot be used"),
    ],
)
def test_a_wrong_database_url_is_refused_without_telling_the_password(url: str, words: str) -> None:
    done = manage("migrate", DATABASE_URL=url)
    assert_plain(done, words)
    assert "hid" not in done.stderr


def test_the_data_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SECURECHECK_DATA")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert data_folder() == tmp_path / ".local/share/securecheck"
    monkeypatch.setenv("XDG_DATA_HOME", "/elsewhere")
    assert data_folder() == Path("/elsewhere/securecheck")
    monkeypatch.setenv("SECURECHECK_DATA", "~/ledger")
    assert data_folder() == tmp_path / "ledger"


@pytest.mark.parametrize(
    "line, needed",
    [
        ("migrate", True),
        ("import securecheck stops.csv", True),
        ("import --help", False),
        ("", False),
        ("check", False),
        ("check --database default", True),
        ("makemigrations --check", False),
    ],
)
def test_only_commands_that_need_the_database_start_it(line: str, needed: bool) -> None:
    assert needs_database(line.split()) is needed
