"""Pages of the tests of fairness: each test as page, CSV or JSON of the same figures; tests that fit a model by run."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from insights import presenting
from insights.codes import Codes
from insights.disparity import asked, benchmark, outcome, rates, runs
from insights.disparity.arguments import Arguments, TestFilter
from insights.disparity.presenting import meanings_of, page_of, sections_of, words_of_run
from insights.disparity.reports import Report, from_kept
from insights.disparity.tests_of_record import BENCHMARK, OUTCOME, RATES, TESTS, TestOfRecord, find_test
from insights.downloads import no_such_table, say, table_as_csv
from insights.filters import FilterError, Filters
from insights.models import FairnessRun
from insights.viewer import Viewer
from ledger.access import permit
from ledger.audit import record
from ledger.choices import AuditVerb

FORMATS = ("", "csv", "json")
NOT_RUN = "This test has not been computed for these arguments. Have it computed on its page first."


@permit("insights.view_insights")
@require_safe
def list_tests(request: HttpRequest) -> HttpResponse:
    """The tests: what each asks, shows and cannot show."""
    exact = request.user.has_perm("insights.view_exact")
    return render(request, "fairness/index.html", {"tests": TESTS, "sees_exact": exact})


@permit("insights.view_insights")
@require_safe
def compare_with_benchmark(request: HttpRequest) -> HttpResponseBase:
    return _show(request, BENCHMARK, benchmark.report)


@permit("insights.view_insights")
@require_safe
def compare_rates(request: HttpRequest) -> HttpResponseBase:
    return _show(request, RATES, rates.report)


@permit("insights.view_exact")
@require_safe
def test_outcomes(request: HttpRequest) -> HttpResponseBase:
    return _show(request, OUTCOME, outcome.report)


@permit("insights.view_exact")
@require_safe
def show_fitted(request: HttpRequest, test: str) -> HttpResponseBase:
    """A test that fits a model: the kept report of these arguments, or the offer to compute it."""
    chosen = _fitted(test)
    return _show(request, chosen, lambda arguments, filters, viewer: _kept(chosen, arguments, filters))


def _fitted(slug: str) -> TestOfRecord:
    test = find_test(slug)
    assert test is not None, "the addresses name tests that there are"  # noqa: S101
    return test


Asked = tuple[Arguments, Filters]
Answer = Report | FairnessRun | None  # a report; or a run that has none (yet); or nothing was computed


def _kept(test: TestOfRecord, arguments: Arguments, filters: Filters) -> Answer:
    """What is kept of a question: the run under way, else the newest that ended."""
    print_ = runs.fingerprint(test, arguments, filters)
    return runs.under_way(print_) or runs.newest(print_)


def _show(
    request: HttpRequest, test: TestOfRecord, answer: Callable[[Arguments, Filters, Viewer], Answer]
) -> HttpResponseBase:
    style = request.GET.get("format", "")
    if (
        not style and "" in request.GET.values()
    ):  # a form sends every field; the address that is passed on is short
        return redirect(presenting.address(request))
    viewer = Viewer.of(request.user)
    form = asked.form_of(test, request.GET, Codes())
    try:
        if style not in FORMATS:
            raise FilterError({"format": [f"“{style[:40]}” is not offered. Choose csv or json."]})
        arguments, filters = form.read()
        filters = viewer.reach(filters)
        found = answer(arguments, filters, viewer)
    except FilterError as error:
        return _refuse(request, test, form, error, style)
    report, run = (found, None) if isinstance(found, Report) else (_report_of(found), found)
    exact = viewer.sees_exact(filters)
    if style:
        return _download(request, test, (arguments, filters), report, style, exact)
    context = page_of(request, test, form, arguments, filters, viewer, report, run)
    return render(request, "fairness/test.html", context)


def _report_of(run: FairnessRun | None) -> Report | None:
    return from_kept(run.report) if run is not None and run.report else None


def _download(
    request: HttpRequest, test: TestOfRecord, question: Asked, report: Report | None, style: str, exact: bool
) -> HttpResponseBase:
    arguments, filters = question
    if report is None:
        return say(style, NOT_RUN, 404)
    if refused := no_such_table(request, report, style):
        return refused
    told = arguments.as_words(test.arguments)
    if exact:
        with transaction.atomic():
            record(
                request,
                AuditVerb.DISCLOSURE,
                "fairness",
                test.slug,
                arguments=told,
                filters=filters.as_words(),
                format=style,
            )
    if style == "json":
        head = {"test": test.slug, "title": test.title, "question": test.question}
        body = head | {"arguments": told, "filters": filters.as_words()} | report.as_json()
        return JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    return table_as_csv(request, report, f"fairness-{test.slug}")


def _refuse(
    request: HttpRequest, test: TestOfRecord, form: TestFilter, error: FilterError, style: str
) -> HttpResponse:
    """No figures for what cannot be understood; the page says so at the field. Its form leads to the question, also where a run was asked for."""
    if style:
        return say(style, str(error), 400)
    presenting.put_errors(form.form, error)
    context = {
        "test": test,
        "filter": form,
        "form": form.form,
        "first": len(test.arguments),
        "clear_url": reverse(test.name),
        "form_url": reverse(test.name),
    }
    return render(request, "fairness/refused.html", context, status=400)


# Runs


@permit("insights.view_exact")
@require_POST
def compute_test(request: HttpRequest, test: str) -> HttpResponse:
    """Have a test computed by the worker; the page of the question follows it."""
    chosen = _fitted(test)
    form = asked.form_of(chosen, request.GET, Codes())
    try:
        arguments, filters = form.read()
        filters = Viewer.of(request.user).reach(filters)
    except FilterError as error:
        return _refuse(request, chosen, form, error, "")
    with transaction.atomic():
        run = runs.ask(chosen, arguments, filters, request.user, request.GET.urlencode())
        record(
            request,
            AuditVerb.CONSULTATION,
            "fairness",
            run.key,
            act="computation asked for",
            test=chosen.slug,
        )
    query = request.GET.urlencode()
    return redirect(f"{reverse(chosen.name)}?{query}" if query else reverse(chosen.name))


@permit("insights.view_exact")
@require_safe
def show_run(request: HttpRequest, key: str) -> HttpResponseBase:
    """One kept run, with the words of its own question; older runs stay readable."""
    run = get_object_or_404(FairnessRun, key=key)
    test = _fitted(run.test)
    if run.is_under_way:
        return redirect(f"{reverse(test.name)}?{run.address}")
    report = _report_of(run)
    context = {
        "test": test,
        "run": run,
        "report": report,
        "words": words_of_run(run),
        "sections": sections_of(request, report, words_of_run(run)) if report else [],
        "meanings": meanings_of(report) if report else [],
        "data_as_at": timezone.localtime(run.finished_at) if run.finished_at else None,
    }
    return render(request, "fairness/run.html", context)


@permit("insights.view_exact")
@require_safe
def report_run_progress(request: HttpRequest, key: str) -> JsonResponse:
    """How far a run is, for the page that waits for it."""
    run = get_object_or_404(FairnessRun, key=key)
    address = f"{reverse(_fitted(run.test).name)}?{run.address}"
    started = run.progress > 0
    return JsonResponse(
        {
            "state": run.state,
            "done": run.progress,
            "total": runs.FULL if started else 0,
            "message": run.get_state_display() + ".",
            "url": "" if run.is_under_way else address,
        }
    )


@permit("insights.view_exact")
@require_POST
def stop_run(request: HttpRequest, key: str) -> HttpResponse:
    """Stop a run that is under way."""
    run = get_object_or_404(FairnessRun, key=key)
    with transaction.atomic():
        if runs.stop(run):
            record(
                request, AuditVerb.CONSULTATION, "fairness", run.key, act="computation stopped", test=run.test
            )
            messages.success(request, "The computation is stopped.")
        else:
            messages.info(request, "The computation had come to its end already.")
    return redirect(f"{reverse(_fitted(run.test).name)}?{run.address}")
