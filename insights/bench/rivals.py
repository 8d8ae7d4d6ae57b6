"""The same rows in DuckDB's own file and in pandas in memory, with the narrowest types that hold them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    import duckdb

    from insights.bench.within import Frame

COLUMNS = {
    "stop": "INTEGER",
    "vehicle": "INTEGER",
    "day": "DATE",
    **dict.fromkeys(
        ("agency", "post", "country", "year", "month", "hour", "violation", "outcome"), "SMALLINT"
    ),
    **dict.fromkeys(("gender", "race", "age", "age_band", "minutes_x10", "duration_band"), "SMALLINT"),
    **dict.fromkeys(("searched", "arrested", "drugs"), "BOOLEAN"),
}
BLOCK = 1 << 20


class Rivals:
    """Both rivals over the facts that the database holds at this moment."""

    def __init__(self, folder: Path) -> None:
        import duckdb

        started = time.perf_counter()
        path = folder / "stops.csv"
        copy_facts(path)
        self.duckdb: duckdb.DuckDBPyConnection = duckdb.connect(str(folder / "stops.duckdb"))
        named = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
        self.duckdb.execute("SET threads = 2")
        self.duckdb.execute(
            f"CREATE TABLE stops AS FROM read_csv('{path}', header = false, columns = {{{named}}})"
        )
        path.unlink()
        self.frame: Frame = self.duckdb.execute("FROM stops").df()
        self.seconds = time.perf_counter() - started

    def close(self) -> None:
        self.duckdb.close()
        del self.frame


def copy_facts(path: Path) -> None:
    """The facts as a file, in the order in which the database holds them."""
    query = f"COPY insights_stopfact ({', '.join(COLUMNS)}) TO STDOUT (FORMAT csv)"
    cursor: Any
    with connection.cursor() as cursor, path.open("wb") as file, cursor.copy(query) as copy:
        for block in copy:
            file.write(block)
