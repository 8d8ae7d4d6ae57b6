"""`script/bench --rows N [--json]`: builds, measures, prints. See docs/performance.md."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from securecheck.bench.database import own_database
from securecheck.postgres import ServerProblem, binaries, data_folder
from securecheck.postgres.account import own_account

if TYPE_CHECKING:
    from securecheck.bench.report import Run

LEAST, MOST = 1_000, 100_000_000


def rows(text: str) -> int:
    plain = text.replace("_", "").replace(",", "")
    if not plain.isdecimal() or not LEAST <= int(plain) <= MOST:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of stops from {LEAST:,} to {MOST:,}.")
    return int(plain)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "script/bench",
        description="Builds a made-up ledger of N stops in a database of its own (dropped at the end), and measures every "
        "question beside DuckDB and pandas on the same rows, after comparing the three answers; import, saving and the "
        "web process too; and all of it at a tenth of the size. Ten million stops need 8 GB of memory, 12 GB of disk and "
        "some twenty minutes.",
    )
    parser.add_argument("--rows", type=rows, default=10_000_000, metavar="N", help="Stops (10,000,000).")
    parser.add_argument("--json", action="store_true", help="Print one JSON object and nothing else.")
    parser.add_argument("--record", action="store_true", help="Keep the table in docs/performance.md.")
    return parser.parse_args()


def say(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


def pgbench() -> Path:
    """PostgreSQL's own program for many clients, beside the server's programs."""
    return Path(binaries.find(own_account(), None, data_folder()).program("pgbench"))


def measure(rows: int) -> Run:
    """One ledger in a database of its own, with everything that is measured of it."""
    from insights.bench import ledger_build, questions, writing
    from insights.bench.rivals import Rivals
    from ledger.models import Agency, Country
    from securecheck.bench import web
    from securecheck.bench.report import Run

    run = Run(rows)
    say(f"a ledger of {rows:,} stops")
    run.loads.append(os.getloadavg()[0])
    run.build = ledger_build.build(rows)
    user = writing.make_officer(Agency.objects.get(pk=1))
    with tempfile.TemporaryDirectory(prefix="securecheck-bench-") as folder:
        say("the same rows into DuckDB and pandas")
        rivals = Rivals(Path(folder))
        run.questions = questions.measure(rivals, say)
        rivals.close()
        say("pages")
        run.web = web.measure(Country.objects.get(name="USA").pk)
        run.writing = writing.measure(user, Path(folder), pgbench(), say)
    run.loads.append(os.getloadavg()[0])
    return run


def main() -> int:
    chosen = options()
    runs = []
    try:
        for size in (max(chosen.rows // 10, 1), chosen.rows):
            with own_database():
                runs.append(measure(size))
                if size == chosen.rows:
                    from securecheck.bench import report

                    where = report.machine()
    except ServerProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    tenth, run = runs
    if chosen.json:
        print(json.dumps(run.as_json() | {"machine": where, "a_tenth": tenth.as_json()}, ensure_ascii=False))
    text = f"{where}.\n\n{report.table(run, tenth)}"
    if not chosen.json:
        print(text)
    if chosen.record:
        report.keep(text)
    for difference in (*tenth.questions.differences, *run.questions.differences):
        print(difference, file=sys.stderr)
    return 2 if tenth.questions.differences or run.questions.differences else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "securecheck.settings")
    sys.exit(main())
