"""`script/server` as a newcomer meets it: started, looked at, killed here and there, stopped, started again."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from securecheck.postgres import processes
from securecheck.postgres.cluster import Cluster
from securecheck.tests.spawned import HOUSE, Spawned, environment, listed

DEMO_ROWS = 20_000


class Site:
    """One run of script/server on a port of its own."""

    def __init__(self, data: Path, **variables: str) -> None:
        self.data, self.cluster, self.port = data, Cluster(data), free_port()
        self.log = (data.parent / "said.txt").open("w+")
        env = environment(data, PORT=str(self.port), **variables)
        self.process = subprocess.Popen(
            [HOUSE / "script" / "server"], env=env, stdout=self.log, stderr=self.log
        )

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and text of a page; 0 while nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def counted(self, view: str) -> float:
        """Requests of an address so far, as /metrics tells them."""
        _, text = self.get("/metrics", Authorization="Bearer of tests")
        found = re.search(rf'^django_http_requests_total_by_view.*view="{view}"}} (\S+)$', text, re.M)
        return float(found[1]) if found else 0

    def is_healthy(self) -> bool:
        return self.get("/healthz")[0] == 200

    def said(self) -> str:
        self.log.seek(0)
        return self.log.read()

    def child(self, words: str) -> int:
        """The process started by the server whose command line has these words; 0 when there is none."""
        return next(
            (pid for pid, parent, line in listed() if parent == self.process.pid and words in line), 0
        )

    def family(self) -> list[int]:
        """Every process of this run: parent, children and theirs, the database with its guardian."""
        found, known = listed(), {self.process.pid}
        for _ in range(3):
            known |= {pid for pid, parent, _ in found if parent in known}
        known |= {pid for pid, _, line in found if str(self.data) in line}
        return sorted(known | set(processes.servers(self.cluster.mark)))

    def stop(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(15)

    def clean_up(self) -> None:
        self.process.kill()
        self.process.wait()
        processes.end(processes.servers(self.cluster.mark), self.cluster.mark, (signal.SIGKILL, 5.0))
        self.log.close()


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def eventually(happens: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := happens()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return done


def all_ended(pids: list[int]) -> bool:
    return not {pid for pid, _, _ in listed()} & set(pids)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data folder that the tests below use one after the other, as one machine would."""
    above = Path(tempfile.mkdtemp(prefix="securecheck-serve-"))
    yield above / "data"
    shutil.rmtree(above)


@pytest.fixture
def start(data: Path) -> Iterator[Callable[..., Site]]:
    started: list[Site] = []

    def start_site(**variables: str) -> Site:
        started.append(Site(data, **variables))
        assert eventually(started[-1].is_healthy, 60.0), started[-1].said()
        return started[-1]

    yield start_site
    for site in started:
        site.clean_up()


def test_a_first_start_serves_and_stops_with_everything_even_in_mid_load(start: Callable[..., Site]) -> None:
    site = start()
    status, page = site.get("/sign-in/")
    assert (status, "Sign in" in page) == (200, True)
    sheet = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert sheet
    assert site.get(sheet[1])[0] == 200
    assert eventually(lambda: bool(site.child("manage.py demo")))
    family = site.family()
    assert len(family) > 8
    assert site.stop(signal.SIGINT) == 0
    assert eventually(lambda: all_ended(family), 3.0)
    assert f"http://127.0.0.1:{site.port}" in site.said()
    assert "Traceback" not in site.said()


def test_the_next_start_loads_the_demo_whole_and_mends_what_is_killed(
    start: Callable[..., Site], data: Path
) -> None:
    site = start(SECURECHECK_METRICS_TOKEN="of tests")
    assert eventually(lambda: f"{DEMO_ROWS:,} made-up stops" in site.said(), 60.0), site.said()
    with site.cluster.connect() as connection:
        assert connection.execute("SELECT count(*) FROM ledger_stop").fetchone()[0] == DEMO_ROWS
    assert eventually(lambda: bool(site.child("procrastinate worker")))
    assert [site.get("/sign-in/")[0] for _ in range(8)] == [200] * 8
    assert [site.counted("sign-in") for _ in range(4)] == [8] * 4  # whichever process answers
    for words in ("procrastinate worker", "gunicorn"):
        killed = site.child(words)
        os.kill(killed, signal.SIGKILL)
        assert eventually(lambda w=words, k=killed: site.child(w) not in (0, k))  # type: ignore[misc]
    os.kill(int((site.cluster.files / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    assert eventually(lambda: not site.is_healthy())
    assert eventually(site.is_healthy, 30.0)
    assert site.counted("sign-in") == 8  # counted by processes that are gone
    family = site.family()
    assert site.stop(signal.SIGTERM) == 0
    assert eventually(lambda: all_ended(family), 3.0)


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux ends children with their parent.")
def test_nothing_outlives_a_killed_parent(start: Callable[..., Site]) -> None:
    site = start()
    family = site.family()
    site.process.kill()
    assert eventually(lambda: all_ended(family), 15.0)


def refused(data: Path, **variables: str) -> str:
    """What a start says that is expected to end by itself, in plain words."""
    env = environment(data, **variables)
    command = [sys.executable, "-m", "securecheck.serve"]
    done = subprocess.run(
        command, cwd=HOUSE, env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = refused(tmp_path / "data", PORT=str(taken.getsockname()[1]))
    assert "is taken by another program" in said
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_no_number_is_refused(tmp_path: Path) -> None:
    assert "Set it to a number" in refused(tmp_path / "data", PORT="eighty")


def test_tables_that_cannot_be_made_stop_the_start_in_plain_words(tmp_path: Path) -> None:
    data = tmp_path / "data"
    odd = Spawned("ensure(); ask('CREATE TABLE ledger_country (odd int)'); leave(); say('made')", data)
    assert odd.lines() == ["made"]
    said = refused(data, PORT=str(free_port()))
    assert "could not be brought up to date" in said
    assert "ledger_country" in said
    assert not processes.servers(Cluster(data).mark)
    shutil.rmtree(data)
