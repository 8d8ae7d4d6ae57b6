"""`manage.py insights`: what can be asked."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from insights.catalogue import CATALOGUE


class Command(BaseCommand):
    help = "Lists the insights: slug and question."

    def handle(self, *args: Any, **options: Any) -> None:
        width = max(len(insight.slug) for insight in CATALOGUE)
        for insight in CATALOGUE:
            self.stdout.write(f"{insight.slug:<{width}}  {insight.question}")
