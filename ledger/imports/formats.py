"""Formats of files in words: what a file is, and which ones a kind of file comes in."""

from __future__ import annotations

from ledger.imports.reader import Unreadable
from ledger.imports.source import Source

ONE = {
    "csv": "a CSV file",
    "xlsx": "an Excel workbook (XLSX)",
    "geojson": "a GeoJSON or TopoJSON file",
}
MANY = {
    "csv": "CSV files",
    "xlsx": "Excel workbooks (XLSX)",
    "geojson": "GeoJSON or TopoJSON files",
    "zip": "ZIP archives",
}


def refuse_format(found: str, source: Source, called: str) -> None:
    """Refuse a file in a format that a source does not read. `called` is what the user knows the source by."""
    if found == "zip":
        raise Unreadable(
            "The file holds a ZIP archive, which is not read inside of another. Unpack it first."
        )
    if found not in source.formats:
        taken = " or ".join(MANY[one] for one in source.formats)
        raise Unreadable(f"The file is {ONE[found]}; files of the kind “{called}” are {taken}.")
