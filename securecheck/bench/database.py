"""The database of the bench: beside the product's own, made at the start and dropped at the end, whatever happens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

from securecheck.postgres import ServerProblem, database, ensure


@contextmanager
def own_database() -> Iterator[None]:
    """Everything inside, and every process started inside, uses an empty database with the product's tables."""
    import psycopg

    ensure()
    settings = database()
    name = f"{settings['NAME']}_bench"
    try:
        _remake(settings, name)
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise ServerProblem(
            f"The bench could not make its database “{name}”: {reason}. The user needs the right to create databases, "
            "and no other bench may be running."
        ) from None
    kept = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = address(settings, name)
    try:
        _make_tables()
        yield
    finally:
        _restore(kept)
        with _connect(settings) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def address(settings: dict[str, Any], name: str) -> str:
    """A DATABASE_URL for another database of the same server."""
    who = quote(settings["USER"], safe="")
    if settings.get("PASSWORD"):
        who += f":{quote(settings['PASSWORD'], safe='')}"
    where = {"host": settings["HOST"], "port": settings["PORT"], **settings.get("OPTIONS", {})}
    query = urlencode({key: value for key, value in where.items() if value})
    return f"postgresql://{who}{'@' if who else ''}/{quote(name, safe='')}?{query}"


def _remake(settings: dict[str, Any], name: str) -> None:
    with _connect(settings) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')  # what a killed run left
        connection.execute(f'CREATE DATABASE "{name}"')


def _connect(settings: dict[str, Any]) -> Any:
    import psycopg

    return psycopg.connect(address(settings, settings["NAME"]), autocommit=True)


def _make_tables() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)


def _restore(kept: str | None) -> None:
    from django.db import connections

    connections.close_all()
    if kept is None:
        del os.environ["DATABASE_URL"]
    else:
        os.environ["DATABASE_URL"] = kept
