"""Reading pages and downloads, to hold one against the other."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from openpyxl import load_workbook

Table = list[list[str]]


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Table] = {}
        self.caption, self.inside = "", ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "caption":
            self.caption, self.inside = "", "caption"
        elif tag == "tr":
            self.found.setdefault(self.caption, []).append([])
        elif tag in ("td", "th"):
            self.found[self.caption][-1].append("")
            self.inside = "cell"
        elif tag == "br" and self.inside == "cell":
            self.found[self.caption][-1][-1] += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "caption"):
            self.inside = ""

    def handle_data(self, text: str) -> None:
        if self.inside == "caption":
            self.caption += text
        elif self.inside == "cell":
            self.found[self.caption][-1][-1] += text


def tables_of(html: str) -> dict[str, Table]:
    """The tables of a page by caption: texts of their cells, the head first."""
    reader = _Tables()
    reader.feed(html)
    return {
        caption.strip(): [[" ".join(cell.split()) for cell in row] for row in rows]
        for caption, rows in reader.found.items()
    }


def page_tables(client: Client, address: str) -> dict[str, Table]:
    reply = client.get(address)
    assert reply.status_code == 200
    return tables_of(reply.content.decode())


def taken(client: Client, address: str, table: str = "", style: str = "csv") -> list[dict[str, Any]]:
    """A table as CSV: rows by the names of their columns."""
    joint = "&" if "?" in address else "?"
    reply = client.get(f"{address}{joint}format={style}{f'&table={table}' if table else ''}")
    assert reply.status_code == 200, b"".join(reply)
    text = b"".join(reply.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def sheets(client: Client, address: str) -> dict[str, list[list[Any]]]:
    reply = client.get(f"{address}{'&' if '?' in address else '?'}format=xlsx")
    assert reply.status_code == 200
    book = load_workbook(io.BytesIO(reply.content))
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets
    }


def same_in_every_form(client: Client, address: str, tables: list[str]) -> None:
    """CSV, JSON and spreadsheet hold the same rows; JSON and spreadsheet say what was asked, found and meant."""
    told = client.get(f"{address}{'&' if '?' in address else '?'}format=json").json()
    book = sheets(client, address)
    assert list(book) == [*tables, "Notes"]
    for name in tables:
        head, *rows = book[name]
        by_json = told["tables"][name]
        assert len(head) == len(by_json["columns"])
        assert [_plain(row) for row in rows] == [_plain(row.values()) for row in by_json["rows"]]
        by_csv = taken(client, address, name)
        assert [list(row) for row in by_csv[:1]] in ([by_json["columns"]], [])
        assert [[_number(cell) for cell in row.values()] for row in by_csv] == [
            _plain(row.values()) for row in by_json["rows"]
        ]
    notes = {text for _, text in book["Notes"]}
    assert {told["question"], *told["findings"], *told["notes"], *told["definitions"].values()} <= notes


def _plain(row: Any) -> list[Any]:
    return [None if cell in (None, "") else _number(cell) for cell in row]


def _number(cell: Any) -> Any:
    if cell in ("", None):
        return None
    try:
        return float(cell)
    except (TypeError, ValueError):
        return cell
