"""`manage.py predict WHAT KEY=VALUE…`: what is likely at a stop of which this is known."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from insights.viewer import Viewer
from insights.wording import count, percent
from prediction import runs
from prediction.kinds import Kind, kinds_of
from prediction.stops.answer import FAMILIES, Answer, answer, serving_of
from prediction.stops.question import Known, QuestionError, QuestionForm, read
from prediction.stops.told import as_json, group_json, remarks, says
from prediction.stops.words import StopWords


class Command(BaseCommand):
    help = (
        "Tells what is likely at a stop, from the run in use (else from the newest candidate, and says so). "
        "What is known of the stop is given as KEY=VALUE; everything may be left out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("family", choices=FAMILIES, metavar="WHAT", help=" or ".join(FAMILIES))
        parser.add_argument(
            "known",
            nargs="*",
            metavar="KEY=VALUE",
            help=f"What is known, such as violation=Speeding hour=22. Keys: {', '.join(QuestionForm.LABELS)}.",
        )
        parser.add_argument("--json", action="store_true", help="One JSON object, and nothing else.")

    def handle(self, *args: Any, **options: Any) -> None:
        words = StopWords()
        try:
            known = read(given(options["known"]), words)
        except QuestionError as error:
            raise CommandError(str(error)) from error
        kinds = kinds_of(options["family"])
        first, *others = [told(kind, known, words) for kind in kinds if known.afterwards or kind is kinds[0]]
        if options["json"]:
            after = as_json(others[0], words) if others else None
            found = {"given": dict(known.given), **as_json(first, words), "after": after}
            self.stdout.write(json.dumps(found, indent=1, ensure_ascii=False))
            return
        for one in (first, *others):
            self._print(one, words)

    def _print(self, answer: Answer, words: StopWords) -> None:
        state = f" ({answer.state})" if answer.state else ""
        self.stdout.write(f"{answer.kind.title}{state}. {says(answer)}")
        for row in answer.classes:
            figures = f"{percent(row.share):>7}  ({percent(row.low)} to {percent(row.high)})"
            self.stdout.write(f"  {row.label:24} {figures:28} base rate {percent(row.base)}")
        for row in () if answer.classes else answer.base:
            span = f"({percent(row.base_low)} to {percent(row.base_high)})"
            self.stdout.write(f"  {row.label:24} {percent(row.base):>7}  {span}")
        for one in remarks(answer):
            self.stdout.write(f"  {one}")
        if answer.run is not None and answer.is_open and answer.groups:
            self.stdout.write(f"  The {len(answer.groups)} groups of past stops that are most alike:")
            for group in answer.groups:
                self._print_group(group_json(group, answer.run, answer, words))

    def _print_group(self, group: dict[str, Any]) -> None:
        shares = ", ".join(f"{label} {percent(share)}" for label, share in group["shares"].items())
        self.stdout.write(f"    {group['group']}: {count(group['stops'])} stops; {shares}")


def told(kind: Kind, known: Known, words: StopWords) -> Answer:
    run = runs.newest(kind.name)
    if run is None:
        raise CommandError(f"Nothing was trained yet. Run: manage.py train {kind.family}")
    return answer(serving_of(run.pk), kind, known, Viewer.system(), words, run.state)


def given(pairs: Sequence[str]) -> dict[str, str]:
    """What is known by name, from KEY=VALUE. An empty value is refused: a script's empty variable must not mean unknown."""
    found: dict[str, str] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign or not value.strip():
            raise CommandError(
                f"“{pair}” is nothing known. Write it as KEY=VALUE, such as violation=Speeding."
            )
        if found.setdefault(key.strip(), value) != value:
            raise CommandError(f"{key} is given twice with different values. Give one.")
    return found
