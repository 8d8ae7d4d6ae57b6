"""What the embedded server is told: its settings, who may sign in, and as whom."""

from __future__ import annotations

import os
from pathlib import Path

from securecheck.postgres.address import NAME, PORT

MB = 1024 * 1024
SUPERUSER = "postgres"
INCLUDE = "include = 'securecheck.conf'"


def settings(sockets: str, *, durable: bool) -> str:
    """The settings file. Sizes follow the machine's memory modestly: the server shares it with web and worker."""
    memory = _memory()
    values = {
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_directories": sockets,
        "unix_socket_permissions": "0700",
        "shared_buffers": _megabytes(memory / 16, 64, 1024),
        "effective_cache_size": _megabytes(memory / 2, 256, 65536),
        "work_mem": _megabytes(memory / 256, 8, 64),
        "maintenance_work_mem": _megabytes(memory / 32, 64, 512),
        "max_wal_size": "2GB",
        "random_page_cost": 1.1,
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # Rows hold personal data: the log names errors, never statements or values.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_checkpoints": "off",
    }
    if _small_shared_memory():
        values["dynamic_shared_memory_type"] = "mmap"
    if not durable:
        values |= {
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "autovacuum": "off",
        }
    head = "# Written by SecureCheck at every start. Own settings belong in postgresql.conf, below the include.\n"
    return head + "".join(f"{name} = {_quoted(value)}\n" for name, value in values.items())


def sign_in() -> str:
    """pg_hba.conf: only over the socket, only whom the system itself vouches for."""
    return f"# Written by SecureCheck at every start.\nlocal all all peer map={NAME}\n"


def identities(accounts: set[str]) -> str:
    """pg_ident.conf: which system accounts may act as the application and as the server's administrator."""
    lines = [f"{NAME} {_named(account)} {role}" for account in sorted(accounts) for role in (NAME, SUPERUSER)]
    return "\n".join(["# Written by SecureCheck at every start.", *lines, ""])


def _memory() -> int:
    """Bytes of memory of the machine, or of the container where that is given less."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(memory, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    except (OSError, ValueError):
        return memory  # no such limit


def _megabytes(size: float, least: int, most: int) -> str:
    return f"{min(max(int(size / MB), least), most)}MB"


def _small_shared_memory() -> bool:
    """Containers often give 64 MB of /dev/shm, too little for a parallel hash join."""
    shared = Path("/dev/shm")  # noqa: S108  measured, not written to
    if not shared.is_dir():
        return False
    size = os.statvfs(shared)
    return size.f_blocks * size.f_frsize < 256 * MB


def _quoted(value: object) -> str:
    return "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"


def _named(account: str) -> str:
    return '"' + account.replace('"', '""') + '"'
