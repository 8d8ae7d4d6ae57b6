"""`manage.py audit_predictions`: audits of the predictions in the ledger, and of our own, computed and kept for their pages."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from insights.audit import bodies, store
from insights.models import PredictionAudit


class Command(BaseCommand):
    help = (
        "Audits bodies of predictions: whom they fall on, where they point, whether they were right. Without a name those that "
        "changed since their last audit; with --all every one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "bodies", nargs="*", metavar="NAME", help="names as in the address of the page: la, elgin"
        )
        parser.add_argument("--all", action="store_true", help="also those that did not change")
        parser.add_argument("--json", action="store_true", help="one JSON object for each audit")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.perf_counter()
        number = 0
        for made in store.audit_all(self._wanted(options)):
            number += 1
            self._tell(made, options["json"])
        gone = store.forget_gone()
        if not options["json"]:
            gone_words = f" {gone} whose predictions are gone were removed." if gone else ""
            self.stdout.write(f"{number} audited in {time.perf_counter() - begun:.1f} s.{gone_words}")

    def _wanted(self, options: dict[str, Any]) -> list[bodies.Offer]:
        names = set(options["bodies"])
        if not names:
            return bodies.offers() if options["all"] else store.outdated()
        offered = {offer.slug: offer for offer in bodies.offers()}
        if unknown := sorted(names - set(offered)):
            there = ", ".join(sorted(offered)[:50]) or "none yet: import predictions first"
            raise CommandError(f"There are no predictions “{unknown[0]}”. There are: {there}.")
        return [offered[name] for name in sorted(names)]

    def _tell(self, made: PredictionAudit, as_json: bool) -> None:
        figures = made.figures
        if as_json:
            told = {
                "slug": made.slug,
                "name": made.name,
                "seconds": made.seconds,
                "flags": made.flags,
                "outcome": made.outcome,
            }
            self.stdout.write(json.dumps(told | figures, ensure_ascii=False))
            return
        flags = f", {len(made.flags)} to look at" if made.flags else ""
        self.stdout.write(
            f"{made.slug}: {figures['predictions']:,} predictions in {figures['areas']:,} areas{flags} ({made.seconds:.1f} s)"
        )
