"""The embedded server, tried with real processes that are killed at the worst moments."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from securecheck.postgres import ServerProblem, processes
from securecheck.postgres.cluster import Cluster
from securecheck.tests.spawned import HOUSE, SITE, Spawned, listed, python_for

HELLO = "ensure(); say(ask('SELECT pg_postmaster_start_time()')); wait()"
WRITE = """
ensure()
with connect() as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS written (n int)")
    for n in range(1_000_000):
        connection.execute("INSERT INTO written VALUES (%s)", [n])
        say(n)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """A new data folder below one that only its owner may enter, as a private home is."""
    above = Path(tempfile.mkdtemp(prefix="securecheck-postgres-"))
    yield above / "data"
    clean_up(above / "data")
    shutil.rmtree(above)


@pytest.fixture(scope="module")
def kept() -> Iterator[Path]:
    """A data folder whose server several tests bring up, kill and bring up again."""
    above = Path(tempfile.mkdtemp(prefix="securecheck-postgres-"))
    yield above / "data"
    clean_up(above / "data")
    shutil.rmtree(above)


@pytest.fixture
def spawn() -> Iterator[Callable[..., Spawned]]:
    """Start Python code in a process of its own; whatever is left of it is killed after the test."""
    started: list[Spawned] = []

    def start(code: str, data: Path) -> Spawned:
        started.append(Spawned(code, data))
        return started[-1]

    yield start
    for process in started:
        process.kill()


def clean_up(data: Path) -> None:
    """Nothing may run on after a test, not even one that failed."""
    cluster = Cluster(data)
    left = processes.servers(cluster.mark)
    processes.end(left, cluster.mark, (signal.SIGKILL, 5.0))


def eventually(happens: Callable[[], bool], seconds: float = 8.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := happens()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return done


def postmaster(data: Path) -> int:
    return int((Cluster(data).files / "postmaster.pid").read_text().split()[0])


def running(data: Path) -> list[int]:
    return processes.servers(Cluster(data).mark)


def guardians(data: Path) -> bool:
    return any(f"securecheck.postgres guardian {data}" in line for _, _, line in listed())


def test_six_first_starts_at_once_end_in_one_server_that_stops_after_the_last(
    data: Path, spawn: Callable[..., Spawned]
) -> None:
    clients = [spawn(HELLO, data) for _ in range(6)]
    assert len({client.line() for client in clients}) == 1
    assert running(data)
    for client in clients:
        client.kill()
    assert eventually(lambda: not running(data))
    assert eventually(lambda: not guardians(data))


def test_a_killed_postmaster_is_started_again_for_clients_that_live_on(
    kept: Path, spawn: Callable[..., Spawned]
) -> None:
    client = spawn("ensure(); say('up'); input(); ensure(); say(ask('SELECT 1'))", kept)
    assert client.line() == "up"
    pid = postmaster(kept)
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not processes.serves(pid, Cluster(kept).mark))
    client.tell("go on")
    assert client.line() == "1"


@pytest.mark.parametrize("whom", ["the postmaster", "every server process"])
def test_no_acknowledged_row_is_lost_by_a_kill_in_mid_write(
    kept: Path, spawn: Callable[..., Spawned], whom: str
) -> None:
    spawn("ensure(); ask('DROP TABLE IF EXISTS written'); say('clean')", kept).line()
    writer = spawn(WRITE, kept)
    assert writer.line() == "0"
    time.sleep(0.5)
    for pid in running(kept) if whom == "every server process" else [postmaster(kept)]:
        os.kill(pid, signal.SIGKILL)
    acknowledged = writer.lines()
    assert len(acknowledged) > 50
    found = spawn("ensure(); say(ask('SELECT count(*) FROM written'))", kept).line()
    assert int(found) >= len(acknowledged)


def test_a_killed_guardian_is_replaced_by_the_next_client(kept: Path, spawn: Callable[..., Spawned]) -> None:
    first = spawn(HELLO, kept)
    first.line()
    os.kill(int((kept / "locks" / "guardian.lock").read_text()), signal.SIGKILL)
    first.kill()
    assert running(kept)
    second = spawn(HELLO, kept)
    second.line()
    second.kill()
    assert eventually(lambda: not running(kept))


def test_a_client_that_leaves_stops_the_server_at_once(kept: Path, spawn: Callable[..., Spawned]) -> None:
    client = spawn("ensure(); say('up'); leave(); say('left'); wait()", kept)
    assert [client.line(), client.line()] == ["up", "left"]
    assert not running(kept)
    assert eventually(lambda: not guardians(kept), 1.0)


@pytest.mark.parametrize("whose", ["a living process", "a zombie"])
def test_stale_lock_files_heal(kept: Path, spawn: Callable[..., Spawned], whose: str) -> None:
    spawn("ensure(); leave(); say('made')", kept).line()
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    try:
        if whose == "a zombie":
            os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)  # it ended, and nobody took notice
        pid = zombie.pid if whose == "a zombie" else os.getpid()
        cluster = Cluster(kept)
        lines = f"{pid}\n{cluster.files}\n1700000000\n5432\n{cluster.sockets}\n\n 1 1\nready\n"
        (cluster.files / "postmaster.pid").write_text(lines)
        (cluster.sockets / ".s.PGSQL.5432.lock").write_text(lines)
        assert spawn("ensure(); say(ask('SELECT 1'))", kept).line() == "1"
    finally:
        zombie.wait()


def test_the_server_is_safe_and_the_application_no_superuser(
    kept: Path, spawn: Callable[..., Spawned]
) -> None:
    code = """
ensure()
for setting in ("fsync", "full_page_writes", "synchronous_commit", "listen_addresses", "server_encoding"):
    say(ask(f"SHOW {setting}"))
say(ask("SELECT rolsuper::text || rolcreatedb FROM pg_roles WHERE rolname = current_user"))
say(ask("SELECT 'Ä' ILIKE 'ä'"))
"""
    assert spawn(code, kept).lines() == ["on", "on", "on", "", "UTF8", "falsetrue", "True"]
    files = Cluster(kept).files
    assert files.stat().st_mode & 0o777 == 0o700
    rules = [line for line in (files / "pg_hba.conf").read_text().splitlines() if not line.startswith("#")]
    assert rules == ["local all all peer map=securecheck"]


def test_a_long_path_gets_its_socket_elsewhere(data: Path, spawn: Callable[..., Spawned]) -> None:
    deep = data / ("long" * 20) / "with a blank"
    deep.parent.mkdir(parents=True)
    sockets = Cluster(deep).sockets
    try:
        assert spawn("ensure(); say(ask('SELECT 1'))", deep).line() == "1"
        assert deep not in sockets.parents
        assert sockets.stat().st_mode & 0o777 == 0o700
    finally:
        clean_up(deep)
        shutil.rmtree(sockets, ignore_errors=True)


@pytest.mark.skipif(
    not list(Path("/usr/lib/postgresql").glob("1[5-9]/bin")), reason="No other PostgreSQL here."
)
def test_a_postgresql_of_the_machine_serves_where_the_package_has_none(
    data: Path, spawn: Callable[..., Spawned]
) -> None:
    without = "from securecheck.postgres import binaries; binaries.PACKAGE = 'no_such_package'\n"
    code = "ensure(); say(ask(\"SELECT 'Ä' ILIKE 'ä'\")); say(ask('SHOW server_version_num')); leave(); say('left')"
    first = spawn(without + code, data).lines()
    assert first[0] == "True"
    assert spawn(code, data).lines() == first  # data stay with the version that made them


def test_a_socket_folder_of_somebody_else_is_not_trusted(data: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("Only root can make a folder of somebody else.")
    cluster = Cluster(data)
    cluster.sockets.mkdir(parents=True)
    (cluster.sockets / ".s.PGSQL.5432").touch()
    os.chown(cluster.sockets, 54321, 54321)
    with pytest.raises(ServerProblem, match="belongs to another account"):
        cluster.state()


def test_an_ordinary_user_runs_a_server_too() -> None:
    if os.geteuid() != 0:
        pytest.skip("These tests run as an ordinary user already.")
    nobody = pwd.getpwnam("nobody")
    identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    python = python_for(identity)
    if not python:
        pytest.skip("The account nobody reaches no Python that has SecureCheck's packages.")
    home = Path(tempfile.mkdtemp(prefix="securecheck-nobody-"))
    shutil.chown(home, nobody.pw_uid, nobody.pw_gid)
    data = home / ".local/share/securecheck"
    try:
        more = {"HOME": str(home), "PYTHONPATH": f"{HOUSE}:{SITE}"}
        code = "ensure(); say(ask('SELECT 1')); leave(); say('left')"
        client = Spawned(code, None, more, identity, python)
        assert client.lines() == ["1", "left"]
        assert (data / "postgres" / "data").stat().st_uid == nobody.pw_uid
    finally:
        clean_up(data)
        shutil.rmtree(home)
