"""Hostile files, each made to break, fill or fool one part of what takes files in."""

from __future__ import annotations

import gzip
import io
import json
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any

from ledger.tests.import_files import GOOD_LINE, HEADER, line
from ledger.tests.workbooks import by_hand

GOOD = f"{HEADER}\n{GOOD_LINE}\n"
SQUARE = [[0.0, 50.0], [1.0, 50.0], [1.0, 51.0], [0.0, 51.0], [0.0, 50.0]]


def texts() -> dict[str, str | bytes]:
    """Files that are, or claim to be, CSV."""
    head, row = f"{HEADER}\n", f"{GOOD_LINE}\n"
    return {
        "nothing.csv": b"",
        "blank-lines.csv": "\n\r\n\r" * 50_000,
        "only-a-mark.csv": b"\xef\xbb\xbf",
        "header-only.csv": head,
        "header-twice.csv": head + head + row,
        "two-columns-of-a-name.csv": f"{HEADER},stop_date\n{GOOD_LINE},2026-01-05\n",
        "nul.csv": head.encode() + row.encode().replace(b"White", b"Wh\0te"),
        "nul-in-header.csv": GOOD.replace("stop_date", "stop\0date"),
        "utf-16.csv": GOOD.encode("utf-16"),
        "utf-16-without-mark.csv": GOOD.encode("utf-16-le"),
        "utf-32.csv": GOOD.encode("utf-32"),
        "latin-1.csv": (head + line(violation_raw="Zürich")).encode("latin-1"),
        "surrogates.csv": head.encode() + row.encode().replace(b"Speeding", b"\xed\xa0\x80", 1),
        "overlong.csv": head.encode() + row.encode().replace(b"Speeding", b"\xc0\xaf", 1),
        "cut-in-a-character.csv": (head + line(violation_raw="é")).encode()[:-60] + b"\xc3",
        "carriage-returns.csv": GOOD.replace("\n", "\r"),
        "lone-returns-in-cells.csv": head + line(driver_age='"9\r9"') + "\n",
        "never-closed.csv": head + '"' + row * 5_000,
        "all-quotation-marks.csv": head + '"' * 1_000_001,
        "swallowing.csv": head + (line(violation_raw='"x') + "\n" + row * 40) * 50,
        "one-line.csv": head + "x" * 5_000_000,
        "one-cell.csv": head + line(violation_raw="x" * 900_000),
        "long-header.csv": ",".join(f"column {number}" for number in range(100_000)),
        "long-names.csv": ",".join(f"{number}" + "é" * 900 for number in range(1_000)) + "\n",
        "long-row.csv": head + "," * 500_000,
        "short-rows.csv": head + "x\n" * 55_000,
        "empty-rows.csv": head + "," * 15 + ("\n" + "," * 15) * 5_000,
        "digits.csv": head + line(driver_age="9" * 100_000, stop_time="1" * 100_000) + "\n",
        "marks-of-direction.csv": head + line(driver_race="\u202eetihW") + "\n",
        "semicolons.csv": GOOD.replace(",", ";"),
        "formula.csv": head + line(violation_raw="=cmd|' /C calc'!A0") + "\n",
        "end-of-file.csv": GOOD + "\x1a",
        "agencies-without-end.csv": head + "\n".join(line(country_name=name) for name in names(2_000)) + "\n",
        "every-row-in-the-future.csv": head + (line(stop_date="2199-01-01") + "\n") * 2_000,
        "page.html.csv": "<!doctype html><table><tr><td>stop_date</td></tr></table>",
        "xml.csv": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>',
        "report.pdf.csv": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        "picture.png.csv": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200),
        "program.csv": b"\x7fELF\x02\x01\x01" + bytes(2_000),
        "old-excel.xls.csv": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000),
    }


def names(count: int) -> list[str]:
    """So many names without a digit."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [f"N{letters[n // 676 % 26]}{letters[n // 26 % 26]}{letters[n % 26]}" for n in range(count)]


def packed() -> dict[str, bytes]:
    """Compressed files and archives."""
    zeros = bytes(30 << 20)
    return {
        "bomb.csv.gz": gzip.compress(HEADER.encode() + b"\n" + zeros),
        "bomb-in-a-bomb.csv.gz": gzip.compress(gzip.compress(zeros)),
        "torn.csv.gz": gzip.compress(GOOD.encode())[:-9],
        "more-behind.csv.gz": gzip.compress(GOOD.encode()) + b"more",
        "nothing.csv.gz": gzip.compress(b""),
        "bomb.zip": archive({"a.csv": HEADER.encode() + b"\n" * (30 << 20)}),
        "archive-in-archive.zip": archive({"a.zip": archive({"a.csv": GOOD.encode()})}),
        "table-that-is-an-archive.zip": archive({"a.csv": archive({"a.csv": GOOD.encode()})}),
        "up.zip": archive({"../../a.csv": GOOD.encode()}),
        "root.zip": archive({"/etc/cron.d/a.csv": GOOD.encode()}),
        "drive.zip": archive({"c:\\a.csv": GOOD.encode()}),
        "twice.zip": archive({"a.csv": GOOD.encode()}, {"a.csv": GOOD.encode()}),
        "long-name.zip": archive({"x" * 300 + "/a.csv": GOOD.encode()}),
        "many.zip": archive({f"{number}.csv": b"" for number in range(10_001)}),
        "locked.zip": changed(archive({"a.csv": GOOD.encode()}), b"PK\x01\x02", 8, b"\x01\0"),
        "unknown-method.zip": changed(archive({"a.csv": GOOD.encode()}), b"PK\x01\x02", 10, b"\x63\0"),
        "no-text-for-a-name.zip": changed(archive({"é.csv": GOOD.encode()}), b"PK\x03\x04", 30, b"\xff\xff"),
        "lying-size.zip": changed(
            archive({"a.csv": GOOD.encode()}), b"PK\x01\x02", 24, struct.pack("<L", 1 << 30)
        ),
        "bad-lzma.zip": garbage(zipfile.ZIP_LZMA),
        "bad-bzip2.zip": garbage(zipfile.ZIP_BZIP2),
        "bad-sum.zip": changed(archive({"a.csv": GOOD.encode()}), b"PK\x01\x02", 16, b"\0\0\0\0"),
        "end-only.zip": b"PK\x03\x04" + b"PK\x05\x06" + bytes(18),
    }


def archive(*files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as found:
        warnings.simplefilter("ignore")  # a name that stands twice is meant
        for some in files:
            for name, content in some.items():
                info = zipfile.ZipInfo(name)
                info.compress_type = zipfile.ZIP_DEFLATED
                found.writestr(info, content)
    return out.getvalue()


def changed(data: bytes, mark: bytes, after: int, new: bytes) -> bytes:
    """Bytes written over some, so far behind the first place of a mark."""
    at = data.index(mark) + after
    return data[:at] + new + data[at + len(new) :]


def garbage(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as found:
        found.writestr("a.csv", GOOD * 50)
    return changed(out.getvalue(), b"a.csv", 12, bytes(range(60)))


def workbooks(folder: Path) -> dict[str, bytes]:
    """Spreadsheets; the reader's own tests have more."""
    empty = "".join(f'<c r="{letters}1"/>' for letters in ("A", "ZZ", "XFD"))
    wide = f'<row r="1">{"<c/>" * 1_000_000}</row>'
    laughs = '<!DOCTYPE a [<!ENTITY b "' + "x" * 10_000 + '">]>'
    made = {
        "million-columns.xlsx": by_hand(folder / "1", wide),
        "far-corner.xlsx": by_hand(folder / "2", f'<row r="1">{empty}<c r="XFD1"><v>1</v></c></row>'),
        "entities.xlsx": by_hand(folder / "3", "<row>&b;</row>", before=laughs),
        "deep.xlsx": by_hand(folder / "4", "<row>" * 200_000),
        "no-sheet.xlsx": by_hand(folder / "5", "", {"xl/workbook.xml": "<workbook/>"}),
        "no-such-text.xlsx": by_hand(folder / "6", '<row><c t="s"><v>99</v></c></row>'),
        "torn.xlsx": by_hand(folder / "7", "<row"),
    }
    return {name: path.read_bytes() for name, path in made.items()}


def maps() -> dict[str, bytes]:
    """GeoJSON and TopoJSON."""
    return {
        "open-ring.geojson": areas([SQUARE[:-1]]),
        "swapped-axes.geojson": areas(
            [[[lat, lng] for lng, lat in [[-150.0, 50.0], [-151.0, 50.0], [-151.0, 51.0], [-150.0, 50.0]]]]
        ),
        "two-points.geojson": areas([[[0, 50], [0, 50]]]),
        "no-numbers.geojson": areas([[["a", "b"], [None, {}], [[], 1], ["a", "b"]]]),
        "not-a-number.geojson": areas([SQUARE]).replace(b"50.0", b"NaN"),
        "without-end.geojson": areas([SQUARE]).replace(b"50.0", b"1e999"),
        "huge-number.geojson": areas([SQUARE]).replace(b"50.0", b"5" * 5_000),
        "lone-surrogate.geojson": areas([SQUARE], name="\ud800"),
        "nul-in-name.geojson": areas([SQUARE], name="a\0b"),
        "no-geometry.geojson": json.dumps(
            {"type": "FeatureCollection", "features": [{"type": "Feature"}]}
        ).encode(),
        "features-are-no-list.geojson": b'{"type": "FeatureCollection", "features": 7}',
        "features-are-numbers.geojson": b'{"type": "FeatureCollection", "features": [1, null, []]}',
        "names-are-lists.geojson": areas([SQUARE], name=["a"]),
        "deep.geojson": b'{"type": "FeatureCollection", "features": ' + b"[" * 100_000,
        "deep-inside.geojson": b'{"features": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
        "torn.geojson": areas([SQUARE])[:-20],
        "not-json.geojson": b"{type: FeatureCollection}",
        "brace.geojson": b"{",
        "utf-16.geojson": areas([SQUARE]).decode().encode("utf-16"),
        "bad-bytes.geojson": areas([SQUARE], name="X").replace(b'"X"', b'"\xff"'),
        "missing-arcs.topojson": topology([[5]]),
        "arcs-below-the-first.topojson": topology([[-99]]),
        "arcs-are-words.topojson": topology(["a"]),
        "no-arcs.topojson": b'{"type": "Topology", "objects": {"a": {"type": "Polygon", "arcs": [[0]]}}}',
        "huge-scale.topojson": topology([[0]], transform={"scale": [1e308, 1e308], "translate": [1e308, 0]}),
        "itself.topojson": b'{"type": "Topology", "objects": {"type": "GeometryCollection", "geometries": "a"}, "arcs": []}',
    }


def areas(rings: list[Any], name: Any = "A") -> bytes:
    """A collection of one polygon."""
    feature = {"type": "Feature", "properties": {"name": name, "NAME": name, "kind": "beat"}}
    feature |= {"geometry": {"type": "Polygon", "coordinates": rings}}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def topology(arcs: list[Any], **more: Any) -> bytes:
    """A topology of one polygon and one arc."""
    one = {"type": "Polygon", "arcs": arcs, "properties": {"name": "A", "NAME": "A"}}
    return json.dumps(
        {
            "type": "Topology",
            "objects": {"a": {"type": "GeometryCollection", "geometries": [one]}},
            "arcs": [SQUARE],
        }
        | more
    ).encode()


def hostile(folder: Path) -> list[Path]:
    """All of them, written into a folder."""
    made = texts() | packed() | workbooks(folder) | maps()
    inside = folder / "hostile"
    inside.mkdir()
    for name, content in made.items():
        (inside / name).write_bytes(
            content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        )
    return sorted(inside.iterdir())
