"""Times what others would do with a file in the standard Open Policing format. Used by `script/bench-import`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from ledger.bench.rivals import RIVALS, measure


class Command(BaseCommand):
    help = "Time a rival of `import` on a file; writes into this database. For script/bench-import only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rival", choices=sorted(RIVALS))
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(measure(options["rival"], options["file"])))
