"""The table of what the published files hold and what became of them: its kinds, its arithmetic, its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ledger.imports.complaints import Complaint
from ledger.imports.report import Report
from ledger.imports.sources import offered_sources, source_named
from ledger.tests.import_files import SHARED
from securecheck.bench import sources
from securecheck.bench.published import PUBLISHED, Published
from securecheck.bench.sources import PAGE, Totals, files_of, keep, left_over, table

KIND = Published("*.csv", "open-policing-rates", 10, why="a place is told twice")


def report(**changes: object) -> Report:
    plain = {
        "source": "open-policing-rates",
        "file": "rates.csv",
        "rows_read": 5,
        "rows_new": 3,
        "rows_refused": 2,
    }
    return Report(**{**plain, **changes})  # type: ignore[arg-type]


def test_counts_of_all_files_of_a_kind_are_summed_with_their_causes() -> None:
    totals = Totals(KIND)
    errors = [Complaint(1, "hit_rate", "2", "is not a rate"), Complaint(2, "", "", "is cut off")]
    totals.add(report(errors=errors, notes={"passed_over": {"rows": 1, "first": ["Total"]}}))
    totals.add(report(rows_new=2, rows_same=1, errors=errors[:1]))
    assert totals.cells() == [
        "`*.csv`",
        "open-policing-rates",
        "2",
        "10",
        *("10", "5", "1", "4", "1"),
        "a place is told twice; hit_rate: is not a rate (2); is cut off (1)",
    ]


def test_files_that_cannot_be_read_and_causes_without_end_are_said() -> None:
    totals = Totals(KIND)
    totals.add(report(message="The file is empty.", rows_read=0, rows_new=0, rows_refused=0))
    totals.add(report(errors=[Complaint(at, f"c{at}", "", "is wrong") for at in range(9)]))
    assert totals.reasons()[-2:] == ["5 more causes", "rates.csv: The file is empty."]


def test_what_is_not_imported_has_no_counts_and_what_is_not_there_no_line() -> None:
    daily = Totals(Published("daily.csv", described=7, why="daily totals"), files=1)
    assert table([daily, Totals(KIND)]).splitlines()[2:] == [
        "| `daily.csv` | none   |     1 |              7 | –    | –      | –             | –       | –           | daily totals |"
    ]


def test_the_table_is_put_in_its_place_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(f"before\n{sources.BEGIN}\nold\n{sources.END}\nafter\n")
    keep("new", page)
    assert page.read_text() == f"before\n{sources.BEGIN}\nnew\n{sources.END}\nafter\n"
    page.write_text("no place")
    with pytest.raises(SystemExit, match="has no place"):
        keep("new", page)
    assert page.read_text() == "no place"


def test_every_kind_of_published_file_has_a_source_or_a_reason() -> None:
    for published in PUBLISHED:
        assert source_named(published.source) if published.source else published.why, published.files


@pytest.mark.skipif(not SHARED.exists(), reason="the published files are not beside the checkout")
def test_every_published_file_is_of_exactly_one_kind() -> None:
    assert left_over(SHARED) == []
    found = [path for published in PUBLISHED for path in files_of(published, SHARED)]
    assert len(found) == len(set(found))
    assert all(files_of(published, SHARED) for published in PUBLISHED)


def test_the_page_of_sources_names_and_links_every_source() -> None:
    page = PAGE.read_text()
    assert set(re.findall(r"^\| \[([a-z-]+)\]\(([a-z-]+)\.md\)", page, re.MULTILINE)) == {
        (source.name, source.name) for source in offered_sources()
    }


def test_the_measured_counts_add_up() -> None:
    page = PAGE.read_text().partition(sources.BEGIN)[2].partition(sources.END)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.strip().splitlines()[2:]]
    assert [row[0].strip("`") for row in rows] == [published.files for published in PUBLISHED]
    for row in rows:
        described, *counts = (int(cell.replace(",", "")) if cell != "–" else None for cell in row[3:9])
        if counts[0] is not None:
            read, new, same, refused, passed = map(int, counts)  # type: ignore[arg-type]
            assert read == new + same + refused, row
            assert described is None or described == read + passed, row
