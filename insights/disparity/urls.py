"""Addresses of the tests of fairness."""

from django.urls import path

from insights.disparity import benchmark_views, checks_view, views
from insights.disparity.tests_of_record import TESTS
from insights.published.views import show_published

urlpatterns = [
    path("", views.list_tests, name="fairness"),
    path("benchmark/", views.compare_with_benchmark, name="fairness-benchmark"),
    path("benchmarks/", benchmark_views.list_benchmarks, name="benchmarks"),
    path("benchmarks/new/", benchmark_views.add_benchmark, name="add-benchmark"),
    path("benchmarks/<int:number>/withdraw/", benchmark_views.withdraw_benchmark, name="withdraw-benchmark"),
    path("checks/", checks_view.show_checks, name="fairness-checks"),
    path("published/", show_published, name="fairness-published"),
    path("rates/", views.compare_rates, name="fairness-rates"),
    path("outcome/", views.test_outcomes, name="fairness-outcome"),
    path("runs/<uuid:key>/", views.show_run, name="fairness-run"),
    path("runs/<uuid:key>/progress/", views.report_run_progress, name="fairness-run-progress"),
    path("runs/<uuid:key>/stop/", views.stop_run, name="fairness-run-stop"),
]
for test in TESTS:
    if test.fitted:
        urlpatterns += [
            path(f"{test.slug}/", views.show_fitted, {"test": test.slug}, name=test.name),
            path(
                f"{test.slug}/compute/", views.compute_test, {"test": test.slug}, name=f"{test.name}-compute"
            ),
        ]
