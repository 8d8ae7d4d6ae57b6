"""`manage.py insight SLUG`: one insight with exact figures, as a table, JSON or CSV."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from insights.catalogue import CATALOGUE, find
from insights.filters import NAMES, FilterError, Filters
from insights.insight import Answer, Insight
from insights.viewer import Viewer
from insights.wording import written
from ledger import csvsafe
from ledger.errors import first_line


class Command(BaseCommand):
    help = "Answers one question from the ledger, with exact figures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="Which insight; `insights` lists them.")
        parser.add_argument(
            "--filter",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help=f"Only these stops, such as country=India. May be repeated. Keys: {', '.join(NAMES)}.",
        )
        parser.add_argument("--format", choices=("table", "json", "csv"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        insight = find(options["slug"])
        if insight is None:
            slugs = ", ".join(one.slug for one in CATALOGUE)
            raise CommandError(f"There is no insight “{options['slug']}”. There are: {slugs}.")
        try:
            answer = insight.answer(Filters.read(given(options["filter"])), Viewer.system())
        except FilterError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The database did not answer: {first_line(error)}") from error
        WRITERS[options["format"]](self, insight, answer)

    def write_json(self, insight: Insight, answer: Answer) -> None:
        self.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False, indent=2))

    def write_csv(self, insight: Insight, answer: Answer) -> None:
        rows = ([row[name] for name in answer.columns] for row in answer.rows)
        for line in csvsafe.lines(answer.columns, rows):
            self.stdout.write(line, ending="")

    def write_table(self, insight: Insight, answer: Answer) -> None:
        """Aligned columns for a terminal; figures to the right."""
        self.stdout.write(f"{answer.question}\n")
        styles = [column.format for column in insight.columns.values()]
        cells = [
            [written(row[name], style) for name, style in zip(answer.columns, styles, strict=True)]
            for row in answer.rows
        ]
        widths = [max(map(len, column)) for column in zip(answer.columns, *cells, strict=True)]
        for row in [answer.columns, *cells]:
            self.stdout.write(aligned(row, widths, styles))
        if not cells:
            self.stdout.write("There are no stops within these filters.")
        for note in answer.notes:
            self.stdout.write(f"\n{note}")


WRITERS = {"json": Command.write_json, "csv": Command.write_csv, "table": Command.write_table}


def given(pairs: Sequence[str]) -> dict[str, str]:
    """Filters by name from KEY=VALUE. An empty value is refused: a script's empty variable must not mean all."""
    found: dict[str, str] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign or not value.strip():
            raise CommandError(f"“{pair}” is no filter. Write it as KEY=VALUE, such as country=India.")
        if found.setdefault(key, value) != value:
            raise CommandError(f"The filter {key} is given twice with different values. Give one.")
    return found


def aligned(row: Sequence[str], widths: Sequence[int], styles: Sequence[str]) -> str:
    cells = [
        cell.ljust(width) if style == "text" else cell.rjust(width)
        for cell, width, style in zip(row, widths, styles, strict=True)
    ]
    return "  ".join(cells).rstrip()
