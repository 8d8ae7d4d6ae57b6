"""Where things are: the data folder, the socket, the database's address. Computes only; starts and writes nothing."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

NAME = "securecheck"  # the database and the role of the application inside the embedded server
PORT = 5432  # part of the socket's file name; the embedded server listens on no network port
ROOT_FOLDER = Path("/var/lib/securecheck")
EXAMPLE = "postgres://user:password@host:5432/name"


class ServerProblem(Exception):
    """The database cannot be used; the text is a plain sentence that says why and what to do."""


def data_folder() -> Path:
    """The folder of the embedded server, keys, uploads and collected files; it need not exist yet."""
    chosen = os.environ.get("SECURECHECK_DATA", "").strip()
    if chosen:
        return Path(os.path.abspath(os.path.expanduser(chosen)))
    if os.geteuid() == 0:
        return ROOT_FOLDER
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "SecureCheck"
    shared = os.environ.get("XDG_DATA_HOME", "")
    return (Path(shared) if os.path.isabs(shared) else Path.home() / ".local" / "share") / "securecheck"


def socket_folder(data: Path | None = None) -> Path:
    """The folder of the embedded server's socket: beside its data, or a short one where that path would be too long."""
    folder = (data or data_folder()) / "postgres" / "socket"
    longest = 103 if sys.platform == "darwin" else 107  # bytes the kernel keeps for a socket's path
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= longest:
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    as_root = os.geteuid() == 0 and Path("/run").is_dir()
    return Path("/run" if as_root else "/tmp") / f"securecheck-{os.geteuid()}-{digest}"  # noqa: S108  owner is checked


def database() -> dict[str, Any]:
    """Django's `DATABASES["default"]`: what DATABASE_URL names, else the embedded server's socket."""
    address = os.environ.get("DATABASE_URL", "").strip()
    settings: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql"}
    settings |= read_url(address) if address else embedded()
    return settings | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def embedded(data: Path | None = None) -> dict[str, Any]:
    """The embedded server's address; the system account vouches for the user, so there is no password."""
    return {"NAME": NAME, "USER": NAME, "PASSWORD": "", "HOST": str(socket_folder(data)), "PORT": str(PORT)}


def read_url(address: str) -> dict[str, Any]:
    """Name, user, password, host, port and options out of a DATABASE_URL, as libpq itself understands it."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    if not address.startswith(("postgres://", "postgresql://")):
        raise ServerProblem(f"DATABASE_URL must begin with postgres:// as in {EXAMPLE}.")
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(address).items() if value is not None}
    except ProgrammingError as error:
        raise ServerProblem(malformed(str(error))) from None
    if not parts.get("dbname"):
        raise ServerProblem(f"DATABASE_URL names no database; it should look like {EXAMPLE}.")
    port = parts.get("port", "")
    if port and not all(one.isdigit() and 0 < int(one) < 65536 for one in port.split(",")):
        raise ServerProblem(malformed(""))
    taken = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    settings: dict[str, Any] = {key: parts.pop(name, "") for key, name in taken.items()}
    return settings | {"OPTIONS": {"connect_timeout": "10"} | parts}


def malformed(reason: str) -> str:
    """The sentence for a URL that cannot be read; it never repeats the URL, which may hold a password."""
    known = f" ({reason.strip()})" if "URI query parameter" in reason else ""
    return (
        f"DATABASE_URL cannot be read{known}; it should look like {EXAMPLE}, "
        "with special characters of the password written as %40 for @, %2F for / and so on."
    )
