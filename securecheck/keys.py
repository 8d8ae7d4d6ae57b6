"""Secrets that are made once and kept in the data folder, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

KNOWN_DEFAULTS = ("django-insecure", "changeme", "change-me", "secret", "default", "example")


def kept_secret(data: Path, *, local: bool) -> str:
    """SECRET_KEY from the environment; on the machine itself one that was made once.

    An installation that others reach must be given one: a guessable key signs anybody in.
    """
    given = os.environ.get("SECRET_KEY", "")
    if given and (local or not is_guessable(given)):
        return given
    if local:
        return _kept(data / "secret-key")
    why = "is not set" if not given else "is too short or a known default"
    raise ImproperlyConfigured(
        f"SECRET_KEY {why}. Set it to at least 50 random characters before serving other hosts than this machine."
    )


def is_guessable(secret: str) -> bool:
    """Short, of few different characters, or one that stands in somebody's manual."""
    return len(secret) < 50 or len(set(secret)) < 10 or secret.lower().startswith(KNOWN_DEFAULTS)


def digest_key(data: Path) -> bytes:
    """Key of row digests. Never derived from SECRET_KEY, which rotates: digests must stay comparable for ever."""
    given = os.environ.get("SECURECHECK_KEY", "")
    if given and len(given) < 32:
        raise ImproperlyConfigured(
            "SECURECHECK_KEY is shorter than 32 characters. Give a longer one and keep it."
        )
    return (given or _kept(data / "digest-key")).encode()[:64]


def _kept(path: Path) -> str:
    """The secret in a file; made when absent."""
    try:
        return _read_or_make(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ImproperlyConfigured(
            f"The data folder {path.parent} cannot be used ({reason}). "
            "Let this account write there, or set SECURECHECK_DATA to another folder."
        ) from None


def _read_or_make(path: Path) -> str:
    """Written aside and linked, so that two first starts agree on one."""
    if path.exists():
        return path.read_text().strip()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(64))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    return path.read_text().strip()
