"""Python code in a process of its own that uses the embedded server, and can be killed."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parents[2]
SITE = sysconfig.get_path("purelib")  # the packages of this environment
PRELUDE = """
import time
from securecheck.postgres import ensure, leave
from securecheck.postgres.address import data_folder
from securecheck.postgres.cluster import Cluster

def say(word): print(word, flush=True)
def wait(): time.sleep(60)
def connect(): return Cluster(data_folder()).connect()
def ask(query):
    with connect() as connection:
        cursor = connection.execute(query)
        return cursor.fetchone()[0] if cursor.description else None
"""


def environment(data: Path | None, **more: str) -> dict[str, str]:
    """The environment of a newcomer: nothing of the tests' own but the data folder, where one is given."""
    ours = (
        "SECURECHECK_DATA",
        "DATABASE_URL",
        "DJANGO_SETTINGS_MODULE",
        "XDG_DATA_HOME",
        "PORT",
        "PYTEST_CURRENT_TEST",
    )
    env = {name: value for name, value in os.environ.items() if name not in ours} | more
    return env | ({"SECURECHECK_DATA": str(data)} if data else {})


def python_for(identity: dict[str, Any]) -> str | None:
    """A Python of this version that another account can run, and that finds the packages there too."""
    plain = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for name in (sys.executable, f"/usr/bin/{plain}", f"/usr/local/bin/{plain}"):
        command = [name, "-c", "import psycopg, securecheck"]
        env = {"PYTHONPATH": f"{HOUSE}:{SITE}"}
        try:
            subprocess.run(command, cwd="/", env=env, check=True, stderr=subprocess.DEVNULL, **identity)
        except (OSError, subprocess.CalledProcessError):
            continue
        return name
    return None


def listed() -> list[tuple[int, int, str]]:
    """Process, its parent and its command line, for all that run; a small container may have no `ps`."""
    if not Path("/proc/self/stat").exists():
        return _listed_by_ps()
    found = []
    for pid in [int(name) for name in os.listdir("/proc") if name.isdigit()]:
        try:
            state, parent = (
                Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
            )
            line = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue  # it ended meanwhile
        if state != "Z":
            found.append((pid, int(parent), line))
    return found


def _listed_by_ps() -> list[tuple[int, int, str]]:
    command = ["ps", "-axww", "-o", "pid=,ppid=,stat=,command="]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    split = [line.split(None, 3) for line in lines]
    return [(int(s[0]), int(s[1]), s[3]) for s in split if len(s) == 4 and not s[2].startswith("Z")]


class Spawned:
    """A process that runs some code after the prelude; it says lines, and can be told some."""

    def __init__(
        self,
        code: str,
        data: Path | None,
        more: dict[str, str] | None = None,
        identity: dict[str, Any] | None = None,
        python: str = sys.executable,
    ) -> None:
        self.process = subprocess.Popen(
            [python, "-c", PRELUDE + code],
            cwd="/",
            env=environment(data, **{"PYTHONPATH": str(HOUSE)} | (more or {})),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **(identity or {}),
        )

    def line(self) -> str:
        """The next line it says; empty when it ended."""
        assert self.process.stdout
        return str(self.process.stdout.readline()).strip()

    def lines(self) -> list[str]:
        """All it says until its end; a line torn by its death does not count."""
        assert self.process.stdout
        return [line.strip() for line in self.process.stdout if line.endswith("\n")]

    def tell(self, word: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()
