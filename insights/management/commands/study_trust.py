"""`study_trust`: what moves with a measure of a survey inside areas; computed here, kept for the pages, and printed."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from insights.models import RunState, TrustStudy
from insights.trust import figures, runs
from insights.trust.figures import Survey


class Command(BaseCommand):
    help = "Computes what moves with a measure of trust inside areas, keeps it for the pages, and prints it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--survey", default="", help="such as “PAS by borough”; else that with the most periods"
        )
        parser.add_argument(
            "--measure", default="", help="what is to be explained; else the measure of trust"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        survey, measure = _asked(options["survey"], options["measure"])
        made = TrustStudy.objects.filter(
            survey=survey.slug, measure=measure, state__in=TrustStudy.UNDER_WAY
        ).first()
        made = made or TrustStudy.objects.create(survey=survey.slug, measure=measure)
        runs.compute(made.pk, lambda: None)
        made.refresh_from_db()
        if made.state != RunState.DONE:
            raise CommandError(
                made.message or "This is being computed elsewhere already. Wait until it is ready."
            )
        if options["json"]:
            self.stdout.write(json.dumps(made.findings, indent=1, ensure_ascii=False))
        else:
            self._print(made)

    def _print(self, made: TrustStudy) -> None:
        assert made.findings is not None  # noqa: S101
        for name, found in (
            ("other answers", made.findings["perceptions"]),
            ("policing", made.findings["policing"]),
        ):
            self.stdout.write(f"{made.measure}, {made.survey}: {name}")
            if "why" in found:
                self.stdout.write(f"  {found['why']}")
                continue
            self.stdout.write(
                f"  {found['rows']:,} figures, {found['areas']} areas, {found['periods']} periods, {found['first']} to {found['last']}; R² inside {found['r2']:.3f}"
            )
            self.stdout.write(
                f"  {'':26}{'effect of 1 SD':>24}{'areas drawn again':>24}{'r inside':>20}{'r of all':>20}"
            )
            for one in sorted(found["drivers"], key=lambda row: -row["effect"]["value"]):
                effects = "".join(f"{_span(one[key], 100):>24}" for key in ("effect", "drawn"))
                self.stdout.write(
                    f"  {one['name'][:25]:26}{effects}{_span(one['alone']):>20}{_span(one['pooled']):>20}"
                )
        self.stdout.write(f"{made.seconds} s")


def _asked(slug: str, measure: str) -> tuple[Survey, str]:
    found = {one.slug: one for one in figures.surveys()}
    if not found:
        raise CommandError("There are no survey figures of several periods. Import a survey's file first.")
    if slug and slug not in found:
        raise CommandError(f"There is no survey “{slug}”. There are: {', '.join(found)}.")
    survey = found[slug] if slug else next(iter(found.values()))
    known = figures.measures(survey)
    if measure and measure not in known:
        raise CommandError(f"There is no measure “{measure}”. There are: {', '.join(known)}.")
    return survey, measure or figures.main_measure(known)


def _span(estimate: dict[str, float | None], scale: float = 1) -> str:
    value, low, high = (estimate[key] for key in ("value", "low", "high"))
    if value is None or low is None or high is None:
        return "–"
    return f"{scale * value:.2f} ({scale * low:.2f}, {scale * high:.2f})"
