"""Functions on a real TabPy server: deployed by the command, asked as Tableau asks, and compared with the API."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ledger.tests.factories import make_user
from prediction.crime.rivals import RIVALS
from prediction.tests.crime import made_up
from prediction.tests.servers import wait_until_up

SECONDS_TO_BEGIN = 120


def find_python() -> str:
    """A Python with TabPy. Without one the test is skipped, but in CI it fails."""
    named = os.environ.get("TABPY_PYTHON", "")
    if named and shutil.which(named) and Path(named).with_name("tabpy").exists():
        return named
    reason = (
        "No TabPy on this machine (install requirements-tabpy.txt elsewhere, set TABPY_PYTHON to its python)."
    )
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A real server of its own, in a process group that ends with the test."""
    program = Path(find_python()).with_name("tabpy")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name in ("objects", "state"):
        (tmp_path / name).mkdir()
    config = tmp_path / "tabpy.conf"
    config.write_text(
        f"[TabPy]\nTABPY_PORT={port}\nTABPY_QUERY_OBJECT_PATH={tmp_path}/objects\nTABPY_STATE_PATH={tmp_path}/state\n"
    )
    process = subprocess.Popen(
        [program, "--config", config, "--disable-auth-warning"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_up("TabPy", f"{address}/info", process, SECONDS_TO_BEGIN)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def posted(address: str, data: Any, token: str = "") -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Token {token}"} if token else {})
    request = urllib.request.Request(address, json.dumps(data).encode(), headers)  # noqa: S310  our own address
    with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
        return json.load(reply)


@pytest.mark.django_db(transaction=True)
def test_tableau_is_answered_as_the_api_answers(
    live_server: Any, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prediction.crime.backtest.RIVALS", RIVALS[:4])
    monkeypatch.setenv("TABPY_PYTHON", find_python())
    made_up.make_city()
    call_command("train", "crime", stdout=StringIO())
    make_user("Policymaker", username="tableau")
    out = StringIO()
    call_command("token", "tableau", stdout=out)
    token = out.getvalue().split()[-1]
    (tmp_path / "token").write_text(token + "\n")

    for options in (
        {"token_file": str(tmp_path / "token")},
        {"user": "tableau"},
    ):  # the second time over the first
        out = StringIO()
        call_command("tabpy_deploy", server, address=live_server.url, stdout=out, **options)
        assert "predict_hourly_crime is on" in out.getvalue()

    asked = {"neighborhood": "Docks", "month": 7}
    rows = posted(f"{live_server.url}/api/predict_hourly_crime", asked, token)
    average = posted(f"{live_server.url}/api/average_daily_crime", asked, token)
    assert posted(f"{server}/query/predict_hourly_crime", {"data": asked})["response"] == rows
    assert posted(f"{server}/query/average_daily_crime", {"data": asked})["response"] == average
    columns = {"neighborhood": ["Docks"] * 24, "month": [7.0] * 24, "hour": list(range(24))}
    assert posted(f"{server}/query/predict_hourly_crime", {"data": columns})["response"] == [
        row["predicted_crimes"] for row in rows
    ]
    both = posted(
        f"{server}/query/average_daily_crime", {"data": {"neighborhood": ["Docks", "Hill"], "month": [7, 7]}}
    )
    assert both["response"][0] == average["average_daily_crime_count"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        posted(f"{server}/query/predict_hourly_crime", {"data": {"neighborhood": "Dokcs", "month": 7}})
    assert "Near it: Docks" in refused.value.read().decode()


@pytest.mark.parametrize("url", ["", "tabpy", "ftp://host", "http://", "http://[", "http://host:99999"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(CommandError, match="no address of the TabPy server"):
        call_command("tabpy_deploy", url, user="nobody")


@pytest.mark.django_db
def test_a_token_is_needed_and_a_client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Name whose token"):
        call_command("tabpy_deploy", "http://127.0.0.1:9")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("tabpy_deploy", "http://127.0.0.1:9", token_file=str(tmp_path / "none"))
    make_user("Policymaker", username="tableau")
    monkeypatch.setenv("TABPY_PYTHON", "/no/such/python")
    with pytest.raises(CommandError, match="cannot be started"):
        call_command("tabpy_deploy", "http://127.0.0.1:9", user="tableau")
    monkeypatch.delenv("TABPY_PYTHON")
    with pytest.raises(CommandError, match="has no TabPy client"):
        call_command("tabpy_deploy", "http://127.0.0.1:9", user="tableau")


@pytest.mark.django_db
def test_a_server_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABPY_PYTHON", find_python())
    make_user("Policymaker", username="tableau")
    with pytest.raises(CommandError, match="There is no TabPy server at"):
        call_command("tabpy_deploy", "http://127.0.0.1:9", user="tableau")
