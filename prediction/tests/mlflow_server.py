"""A real MLflow server of its own, for tests of what is logged to one."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from prediction.tests.servers import wait_until_up

SECONDS_TO_BEGIN = 120


def find_server() -> str:
    """The `mlflow` program with its server. Without one the test is skipped, but in CI it fails."""
    named = os.environ.get("MLFLOW_SERVER", "mlflow")
    beside = Path(sys.executable).with_name("mlflow")  # the client's own program has no server
    found = shutil.which(named)
    if found and Path(found).resolve() != beside.resolve():
        return found
    reason = (
        "No MLflow server on this machine (pip install mlflow elsewhere, set MLFLOW_SERVER to its program)."
    )
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server of its own, in a process group that ends with the tests."""
    program, folder = find_server(), tmp_path_factory.mktemp("mlflow")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            *(program, "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
            *("--backend-store-uri", f"sqlite:///{folder}/runs.db"),
            *("--artifacts-destination", str(folder / "files")),
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_up("MLflow", f"{address}/health", process, SECONDS_TO_BEGIN)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
