"""What was asked, read from an address or from a kept run."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import QueryDict

from insights.codes import Codes
from insights.disparity import benchmarks
from insights.disparity.arguments import Arguments, TestFilter
from insights.disparity.tests_of_record import TestOfRecord, find_test
from insights.filters import Filters
from insights.models import FairnessRun


def form_of(test: TestOfRecord, data: QueryDict, codes: Codes) -> TestFilter:
    """The form of a test's arguments and filters."""
    return TestFilter(test, data, codes, _offered(data, codes) if "benchmark" in test.arguments else {})


def _offered(data: QueryDict, codes: Codes) -> Mapping[str, str]:
    """Benchmarks in use, and the one asked for, though it was withdrawn since."""
    offered, asked = benchmarks.choices(codes), data.get("benchmark", "")
    if asked and asked not in offered and (found := benchmarks.find(asked, codes)):
        offered[asked] = found.label
    return offered


def question_of(run: FairnessRun) -> tuple[Arguments, Filters]:
    """Arguments and filters of a kept run. Raises `FilterError` when a word of it has gone since."""
    test = find_test(run.test)
    assert test is not None, "runs are made of tests that there are"  # noqa: S101
    data = QueryDict(mutable=True)
    for name, value in {**run.arguments, **run.filters}.items():
        if value not in ("", None):
            data[name] = str(value)
    return form_of(test, data, Codes()).read()
