"""The system account that runs the embedded server: one's own, or for root another, since PostgreSQL refuses root."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from securecheck.postgres.address import ServerProblem


@dataclass(frozen=True)
class Account:
    """A system account by its name and numbers."""

    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()

    def identity(self) -> dict[str, Any]:
        """What `subprocess` needs to run a program under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}

    def own(self, path: Path, mode: int) -> None:
        """Hand a file or folder over to this account."""
        if self.is_other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)
        os.chmod(path, mode)

    def folder(self, path: Path) -> Path:
        """A folder of this account that nobody else may enter, made when absent."""
        path.mkdir(exist_ok=True, mode=0o700)
        self.check(path)
        self.own(path, 0o700)
        return path

    def check(self, path: Path) -> None:
        """Refuse a folder that somebody else may have put here, such as one of that name below /tmp."""
        about = path.lstat()
        if not stat.S_ISDIR(about.st_mode) or about.st_uid not in (self.uid, os.geteuid()):
            raise ServerProblem(
                f"{path} belongs to another account. Remove it, or choose another SECURECHECK_DATA."
            )

    def write(self, path: Path, text: str) -> None:
        """A small file of this account, whole or not at all."""
        aside = path.with_name(path.name + ".new")
        aside.unlink(missing_ok=True)
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)  # a new file, never through a link that the other account may have laid here
        self.own(aside, 0o600)
        aside.replace(path)

    def can_run(self, program: Path) -> bool:
        """Whether this account reaches and may execute a program: tried, since parent folders decide as well."""
        try:
            done = subprocess.run(
                [program, "--version"],
                capture_output=True,
                check=False,
                cwd="/",
                timeout=30,
                **self.identity(),
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return done.returncode == 0

    def run(self, command: list[str], folder: Path, **more: Any) -> tuple[int, str]:
        """Run a server's program inside a folder; its exit code and what it said."""
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TZDIR") if name in os.environ}
        with tempfile.TemporaryFile("w+", errors="replace") as said:
            code = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=kept | {"LC_ALL": "C"},
                umask=0o077,
                check=False,
                **self.identity(),
                **more,
            ).returncode
            said.seek(0)
            return code, said.read()


def own_account() -> Account:
    """Who runs this process. PostgreSQL needs its name, which a bare number in a container does not have."""
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise ServerProblem(
            f"Account number {os.geteuid()} has no name on this machine, which PostgreSQL needs. "
            "Run under a named account, or name a server by DATABASE_URL."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def server_account(data: Path) -> Account:
    """One's own account; for root the one that owns the data already, else `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return own_account()
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(str(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise ServerProblem(
        "PostgreSQL refuses to run as root, and this machine has no account “postgres” or “nobody” to run it. "
        "Make one, start SecureCheck as an ordinary user, or name a server by DATABASE_URL."
    )
