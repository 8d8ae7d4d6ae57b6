from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "fairness"
READS_THE_DATABASE = {"cells.py", "evening_cells.py", "months.py", "positions.py"}
DRAWS_STOPS = {"made_up.py"}  # knows the made-up stops of the ledger


def test_only_the_reading_of_cells_knows_django() -> None:
    for path in PACKAGE.rglob("*.py"):
        names = [
            node.module or ""
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom)
        ]
        if path.name not in READS_THE_DATABASE | DRAWS_STOPS:
            assert not any(name.split(".")[0] in ("django", "ledger", "securecheck") for name in names), (
                path.name
            )


def test_what_pages_need_loads_no_numerical_library() -> None:
    plain = [
        "benchmark",
        "comparison",
        "rates_by_group",
        "outcome",
        "intervals",
        "tables",
        "heaping",
        "checks",
    ]
    program = "".join(f"import insights.fairness.{name}\n" for name in plain)
    program += "import sys; print({'numpy', 'scipy', 'pandas', 'sklearn'} & set(sys.modules))"
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PACKAGE.parents[1]
    )
    assert told.stdout.strip() == "set()"
