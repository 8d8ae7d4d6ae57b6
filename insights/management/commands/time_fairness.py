"""`time_fairness`: seconds that each test of fairness takes on this ledger."""

from __future__ import annotations

import gc
import json
import time
from argparse import ArgumentParser
from collections.abc import Callable
from statistics import median
from typing import Any

from django.core.management.base import BaseCommand
from django.http import QueryDict

from insights.codes import Codes
from insights.models import StopFact

# What is timed: test, query string, runs. The first run of each is not counted: it warms the caches.
PAGES = (
    ("rates", "place=agency", 7),
    ("rates", "place=post", 7),
    ("rates", "place=area", 7),
    ("rates", "place=post&group=age_band", 7),
    ("rates", "place=agency&action=frisks", 7),
    ("rates", "place=post&action=frisks", 7),
    ("rates", "place=post&violation=Speeding", 3),
    ("benchmark", "", 7),
    ("outcome", "place=agency", 3),
    ("outcome", "place=post", 3),
    ("adjusted", "place=agency", 3),
    ("adjusted", "place=post", 3),
    ("veil", "place=agency", 3),
    ("veil", "place=post", 3),
    ("threshold", "place=post", 1),
)


class Command(BaseCommand):
    help = "Times every test of fairness on the ledger as it is: counting and fitting, without the page around it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--test", default="", help="only this test")
        parser.add_argument(
            "--filters", default="", help="filters of all tests, as in an address: country=USA"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        rows, found = StopFact.objects.count(), []
        if not options["json"]:
            self.stdout.write(f"{rows:,} persons stopped")
        for slug, query, runs in PAGES:
            if options["test"] not in ("", slug):
                continue
            seconds = self._time(slug, f"{query}&{options['filters']}", runs)
            found.append({"test": slug, "arguments": query, "seconds": round(seconds, 4), "runs": runs})
            if not options["json"]:
                self.stdout.write(f"{slug:10} {query:28} {seconds:8.3f} s  (median of {runs})")
                self.stdout.flush()
        if options["json"]:
            self.stdout.write(json.dumps({"persons": rows, "tests": found}))

    def _time(self, slug: str, query: str, runs: int) -> float:
        act = _act(slug, query)
        if runs > 1:
            act()
        gc.collect()
        gc.freeze()  # as every web process does once it is ready
        taken = []
        for _ in range(runs):
            begun = time.perf_counter()
            act()
            taken.append(time.perf_counter() - begun)
        return median(taken)


def _act(slug: str, query: str) -> Callable[[], Any]:
    from insights.disparity import asked, benchmark, outcome, rates
    from insights.disparity.fitted import COMPUTING
    from insights.disparity.tests_of_record import find_test
    from insights.viewer import Viewer

    test = find_test(slug)
    assert test is not None, "the list names tests that there are"  # noqa: S101
    arguments, filters = asked.form_of(test, QueryDict(query), Codes()).read()
    if slug in COMPUTING:
        return lambda: COMPUTING[slug](arguments, filters, lambda share: None)
    reports = {"rates": rates.report, "benchmark": benchmark.report, "outcome": outcome.report}
    return lambda: reports[slug](arguments, filters, Viewer.system())
