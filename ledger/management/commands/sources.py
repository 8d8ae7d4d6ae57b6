"""Lists the kinds of files that can be imported, with their headers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ledger.imports.sources import offered_sources


class Command(BaseCommand):
    help = "List the sources: the kinds of files that `import` takes, with the columns that each reads."

    def handle(self, *args: Any, **options: Any) -> None:
        for source in offered_sources():
            self.stdout.write(f"{source.name}: {source.title}")
            if source.is_archive:
                self.stdout.write("  a ZIP archive; the name of each file in it tells what it is and whose")
                continue
            self.stdout.write(f"  header: {','.join(source.header)}")
            lacking = [column.names[0] for column in source.columns.values() if column.may_lack]
            if lacking:
                self.stdout.write(f"  may lack: {', '.join(lacking)}")
            others = [
                f"{c.names[0]} or {' or '.join(c.names[1:])}" for c in source.columns.values() if c.names[1:]
            ]
            if others:
                self.stdout.write(f"  other names: {'; '.join(others)}")
            if source.file_names:
                self.stdout.write(
                    f"  agency: from the file name, as in {source.file_names}, else add --agency NAME"
                )
            elif not source.names_agency:
                self.stdout.write("  names no agency: add --agency NAME")
