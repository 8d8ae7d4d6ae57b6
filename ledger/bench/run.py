"""Runs the commands that `script/bench-import` compares, each as a process, and prints what they took.

The database is a new embedded server in a folder of its own, with the settings that every installation gets.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

from ledger.bench import stanford

RIVAL_ROWS = 100_000
LINGER = 5  # seconds
AGENCY = "Bench Patrol"
Result = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000, help="stops into the empty ledger")
    parser.add_argument("--more", type=int, default=200_000, help="stops of the next year on top")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        results = measure(Path(folder), options.rows, options.more)
        print(json.dumps(results) if options.json else as_table(results), flush=True)
        time.sleep(LINGER)  # the server stops a moment after its last command, and its folder goes then


def measure(folder: Path, rows: int, more: int) -> list[Result]:
    first, second, small = (folder / f"{name}.csv" for name in ("first", "second", "small"))
    stanford.write(first, rows, date(2010, 1, 1), 3652, seed=1)
    stanford.write(second, more, date(2020, 1, 1), 366, seed=2)
    stanford.write(small, min(RIVAL_ROWS, rows), date(2021, 1, 1), 365, seed=3)
    manage(folder, "migrate", "--verbosity", "0")
    return [
        {"case": "into an empty ledger", **import_file(folder, first)},
        {"case": f"on top of {rows:,}", **import_file(folder, second)},
        {
            "case": "those rows alone, table to table",
            **json.loads(manage(folder, "bench_rival", "rows_alone", second)[0]),
        },
        {
            "case": "bulk_create, unchecked",
            **json.loads(manage(folder, "bench_rival", "bulk_create", small)[0]),
        },
        {
            "case": "pandas.to_sql, flat, unchecked",
            **json.loads(manage(folder, "bench_rival", "to_sql", small)[0]),
        },
    ]


def import_file(folder: Path, path: Path) -> Result:
    out, megabytes = manage(folder, "import", "open-policing", path, "--agency", AGENCY, "--json")
    report = json.loads(out)
    if not report["stored"]:
        raise SystemExit(f"{path.name} was not loaded: {report['errors'][:3]}")
    return {
        "rows": report["rows_new"],
        "seconds": report["seconds"],
        "rows_per_second": round(report["rows_new"] / report["seconds"]),
        "peak_mb": megabytes,
        "spent": report["notes"]["spent"],
    }


def manage(folder: Path, *arguments: object) -> tuple[str, int]:
    """Run a command. Returns what it printed, and the most memory that it and its processes held together, in MB."""
    surroundings = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "manage.py", *map(str, arguments)]
    process = subprocess.Popen(
        command,
        env={**surroundings, "SECURECHECK_DATA": str(folder / "data")},
        stdout=subprocess.PIPE,
        text=True,
    )
    peak = Peak(process.pid)
    out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}.")
    return out, peak.megabytes


class Peak:
    """Follows the memory of a process and its children, shared pages counted once (Linux; 0 elsewhere)."""

    def __init__(self, pid: int) -> None:
        self.pid, self.megabytes = pid, 0
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        while Path(f"/proc/{self.pid}").exists():
            held = sum(_held(pid) for pid in [self.pid, *_children(self.pid)])
            self.megabytes = max(self.megabytes, held // 1024)
            time.sleep(0.1)


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [
        child for one in map(int, text.split()) for child in (one, *_children(one)) if not _is_server(one)
    ]


def _is_server(pid: int) -> bool:
    """The guardian of the database server is begun by the first command and is no part of it."""
    try:
        return b"guardian" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _held(pid: int) -> int:
    """Proportional memory of a process, in KB."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def as_table(results: list[Result]) -> str:
    lines = [f"{'':34}{'rows':>11}{'seconds':>10}{'rows/s':>10}{'MB':>7}"]
    for one in results:
        lines.append(
            f"{one['case']:34}{one['rows']:>11,}{one['seconds']:>10.1f}{one['rows_per_second']:>10,}"
            f"{one.get('peak_mb', ''):>7}"
        )
        if spent := one.get("spent"):
            lines.append("    " + ", ".join(f"{step} {seconds:.1f} s" for step, seconds in spent.items()))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
