"""Many desks at once: pgbench sends the product's own statements, one stop a transaction, all in one agency and month.

The clients are pgbench's and not ours, since sixteen Python processes would measure themselves. What a browser, forms and
checks cost is left out: it is the database that is measured, with the ledger's rows, facts and cubes.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import connection, transaction

from insights import cubes, facts
from insights.models import SUMMARIES
from ledger.entry import StopEntry
from ledger.recording import record_stop

WRITERS, SECONDS = 16, 8
LEDGER = re.compile(r'INSERT INTO "(ledger_\w+)" \(([^)]*)\) VALUES \((.*)\)')
# What differs from stop to stop, as pgbench draws it or as the database gave it back before.
DRAWN = {
    "violation": "random(1, 8)", "hour": "random(0, 23)", "day": "random(0, 27)", "race": "random(1, 5)",
    "gender": "random(1, 2)", "age": "random(18, 80)",
}  # fmt: skip
GIVEN = {
    "client_key": "gen_random_uuid()", "at": "now()", "number": ":number", "stop_id": ":stop_id",
    "vehicle_id": ":vehicle_id", "violation_id": ":violation::smallint", "race_id": ":race::smallint",
    "gender": ":gender::smallint", "age": ":age::smallint", "stopped_at": "make_time(:hour::int, 5, 0)",
    "stopped_on": "date '2025-12-01' + :day::int",
}  # fmt: skip


def write_together(what: StopEntry, user: User, pgbench: Path, folder: Path) -> dict[str, float]:
    """Stops a second that are committed, and how long a desk waits for each."""
    script = folder / "one_stop.sql"
    script.write_text(one_stop(what, user))
    command = [str(pgbench), "--no-vacuum", "--protocol=prepared", f"--client={WRITERS}", "--jobs=2"]
    command += [f"--time={SECONDS}", "--log", f"--log-prefix={folder}/waits", f"--file={script}"]
    done = subprocess.run(command, env=os.environ | address(), capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    failed = re.search(r"failed transactions: ([1-9]\d*)", done.stdout)
    if done.returncode or not found or failed:
        raise RuntimeError(f"The writers of the bench failed: {(done.stderr or done.stdout).strip()[-400:]}")
    waits = sorted(_waits(folder))
    return {
        "writers": WRITERS,
        "stops_per_second": round(float(found[1])),
        "wait_p50_ms": round(median(waits), 1),
        "wait_p99_ms": round(waits[int(len(waits) * 0.99)], 1),
    }


def _waits(folder: Path) -> list[float]:
    """Milliseconds of each transaction, from pgbench's logs: the third word of a line, in microseconds."""
    lines = [line for path in folder.glob("waits*") for line in path.read_text().splitlines()]
    return [int(line.split()[2]) / 1000 for line in lines]


def address() -> dict[str, str]:
    """Where the database is, as libpq reads it from the environment."""
    known: dict[str, Any] = connection.settings_dict
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    found = {name: str(known[key]) for name, key in names.items() if known.get(key)}
    options = {f"PG{key.upper()}": str(value) for key, value in known.get("OPTIONS", {}).items()}
    return found | {key: value for key, value in options.items() if key.startswith("PGSSL")}


def one_stop(what: StopEntry, user: User) -> str:
    """The script of one stop: its rows in the ledger, its fact, its cells, and the commit."""
    lines = [f"\\set {name} {drawn}" for name, drawn in DRAWN.items()]
    lines += ["BEGIN;", "SELECT nextval('ledger_stop_number') AS number \\gset"]
    lines += [_ledger_row(*row) for row in _rows_of(what, user)]
    new = facts._insertion(facts.NEW).replace("%s", "ARRAY[:stop_id]")
    lines.append(f"{_one_line(new)} RETURNING {cubes.COUNTED} \\gset f_")
    for cube in SUMMARIES:
        cell = cubes._upsert(cube)
        for name in cubes.columns_of(cube):
            cell = cell.replace("%s", f":f_{name}", 1)
        lines.append(f"{cell};")
    return "\n".join([*lines, "COMMIT;", ""])


def _one_line(sql: str) -> str:
    """pgbench ends a statement before `\\gset` by the line."""
    return " ".join(line.split("--")[0].strip() for line in sql.splitlines())


Values = dict[str, Any]


def _rows_of(what: StopEntry, user: User) -> list[tuple[str, str, Values]]:
    """The INSERTs into the ledger that saving a stop sends: table, SQL, values by column."""
    seen: list[tuple[str, str, Values]] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := LEDGER.match(sql):
            given = zip(found[2].split(", "), found[3].split(", "), strict=True)
            columns = [name.strip('"') for name, value in given if "%s" in value]
            seen.append((found[1], sql, dict(zip(columns, params, strict=True))))
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        record_stop(what, author=user, officer=user.officer, client_key=uuid4(), request=None)
        transaction.set_rollback(True)
    return seen


def _ledger_row(table: str, sql: str, values: Values) -> str:
    """One INSERT with what differs from stop to stop in place of the values it was recorded with."""
    own = GIVEN | ({"number": "'Z' || :number::text"} if table == "ledger_vehicle" else {})
    marks = {name: f"<{uuid4().hex}>" for name in values if name in own and values[name] is not None}
    with connection.cursor() as cursor:
        text: str = cursor.mogrify(sql, [marks.get(name, value) for name, value in values.items()])
    for name, mark in marks.items():
        text = text.replace(f"'{mark}'", own[name])
    key = {"ledger_vehicle": "vehicle_id", "ledger_stop": "stop_id"}.get(table)
    return (
        re.sub(r"RETURNING .*", f"RETURNING id AS {key} \\\\gset", text)
        if key
        else f"{re.sub(r' RETURNING .*', '', text)};"
    )
