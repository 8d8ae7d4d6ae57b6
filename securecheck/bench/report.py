"""What a run of the bench found: as JSON, as a table for a terminal, and the same table for docs/performance.md."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from insights.bench.questions import Measured
from securecheck.bench.web import Web
from securecheck.children import HOUSE

PAGE = HOUSE / "docs" / "performance.md"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
WITHINS = ("all", "country and period", "outside the cubes")
WHO = {"ours_ms": "ours", "duckdb_ms": "DuckDB", "pandas_ms": "pandas"}


@dataclass
class Run:
    """One ledger, measured. Seconds by step of the build; loads are the machine's average before and after."""

    rows: int
    build: dict[str, float] = field(default_factory=dict)
    questions: Measured = field(default_factory=Measured)
    web: Web = field(default_factory=Web)
    writing: dict[str, dict[str, float]] = field(default_factory=dict)
    loads: list[float] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        by_filter = {
            name: {one.slug: one.as_json() for one in self.questions.under(name)} for name in WITHINS
        }
        return {
            "rows": self.rows,
            "import_rows_per_second": self.writing["import"]["rows_per_second"],
            "web_peak_mb": self.web.peak_mb,
            "questions": by_filter["all"],
            "questions_of_a_country_and_period": by_filter["country and period"],
            "questions_outside_the_cubes": by_filter["outside the cubes"],
            "answers_agree": not self.questions.differences,
            "geometric_means": {name: self.means(name) for name in WITHINS},
            "pages_ms": self.web.pages,
            "stop_visible_ms": self.web.visible_ms,
            "build_seconds": self.build,
            **self.writing,
            "load_average": self.loads,
        }

    def means(self, within: str, *, cubed: bool = False) -> dict[str, float | None]:
        return {who: self.questions.mean(within, who, cubed=cubed) for who in WHO}


def machine() -> str:
    """Where and by what it was measured."""
    import duckdb
    import pandas
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0].split()[0]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return (
        f"{date.today():%-d %B %Y}, {_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}; "
        f"PostgreSQL {postgres}, DuckDB {duckdb.__version__} (2 threads), pandas {pandas.__version__}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )


def table(run: Run, tenth: Run) -> str:
    """All figures of a run, as Markdown that also reads well in a terminal."""
    parts = [
        f"{run.rows:,} stops; milliseconds, medians of seven warm runs (pandas: three), all rows fetched. Load average of the "
        f"machine {run.loads[0]:.1f} before and {run.loads[-1]:.1f} after. "
        + ("All three gave the same answers." if not run.questions.differences else "The answers differed!"),
        _questions(run),
        _means(run, tenth),
        _rest(run, tenth),
    ]
    return "\n\n".join(parts)


def _questions(run: Run) -> str:
    heads = [f"{name} {who}" for name in ("", "country+period", "no cube") for who in WHO.values()]
    rows = []
    for one in run.questions.under("all"):
        figures = [
            _ms(getattr(same, who))
            for within in WITHINS
            for same in run.questions.under(within)
            if same.slug == one.slug
            for who in WHO
        ]
        rows.append([one.slug, one.reads, *figures, _ms(run.web.pages["all"][one.slug])])
    return lines(["question", "reads", *(head.strip() for head in heads), "page"], rows)


def _means(run: Run, tenth: Run) -> str:
    rows = []
    for within in WITHINS:
        cubed = within != "outside the cubes"
        name = f"{within}{', from cubes' if cubed else ''}"
        large, small = run.means(within, cubed=cubed), tenth.means(within, cubed=cubed)
        growth = large["ours_ms"] / small["ours_ms"] if large["ours_ms"] and small["ours_ms"] else None
        rows.append(
            [
                name,
                *(_ms(large[who]) for who in WHO),
                *(_ms(small[who]) for who in WHO),
                f"×{growth:.1f}" if growth else "–",
            ]
        )
    sizes = [f"{who}, {each.rows:,}" for each in (run, tenth) for who in WHO.values()]
    return lines(["geometric mean", *sizes, "ours, ten times the rows"], rows)


def _rest(run: Run, tenth: Run) -> str:
    def both(name: str, unit: str, of: Any) -> list[str]:
        return [name, *(f"{of(each):,} {unit}" for each in (run, tenth))]

    def wrote(part: str, name: str) -> Any:
        return lambda each: each.writing[part][name]

    rows = [
        both("import of 65,538 rows, all of it", "rows/s", wrote("import", "rows_per_second")),
        both("… of which facts", "s", wrote("import", "facts_seconds")),
        both("… of which cubes", "s", wrote("import", "cubes_seconds")),
        both("one stop, from “save” until in an insight", "ms", lambda each: each.web.visible_ms),
        both("one stop saved, forms left out", "ms", wrote("save", "save_ms")),
        both("… of which facts and cubes", "ms", wrote("save", "facts_and_cubes_ms")),
        both("16 writers of one agency and month", "stops/s", wrote("together", "stops_per_second")),
        both("… wait of a writer, median", "ms", wrote("together", "wait_p50_ms")),
        both("… wait of a writer, 99 of 100", "ms", wrote("together", "wait_p99_ms")),
        both("web process, most memory", "MB", lambda each: each.web.peak_mb),
        both("slowest page of an insight, no filter", "ms", lambda each: max(each.web.pages["all"].values())),
        both("rebuild of facts and cubes", "s", lambda each: each.build["facts and cubes"]),
    ]
    return lines(["", f"{run.rows:,} stops", f"{tenth.rows:,} stops"], rows)


def lines(heads: list[str], rows: list[list[str]]) -> str:
    """A Markdown table with aligned columns; figures to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]

    def line(cells: list[str]) -> str:
        return (
            "| "
            + " | ".join(
                cell.ljust(width) if not place or not _is_figure(cell) else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
            )
            + " |"
        )

    return "\n".join(
        [line(heads), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)]
    )


def _is_figure(cell: str) -> bool:
    return cell[:1].isdigit() or cell[:1] == "×"


def _ms(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def keep(text: str) -> None:
    """Put the table into docs/performance.md, in place of the one before."""
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
