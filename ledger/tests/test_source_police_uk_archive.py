"""The archives of data.police.uk: several forces, months and kinds in one load, archives that overlap, and taking one back."""

from __future__ import annotations

import csv
import zipfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from ledger.imports.report import Report
from ledger.imports.undo import undo
from ledger.models import Agency, ImportRun, Incident, IncidentOutcome, Stop
from ledger.tests.factories import make_agency
from ledger.tests.import_files import EXAMPLES, SHARED, checked, loaded, source

ARCHIVE = "police-uk-archive"
STREET, OUTCOMES = EXAMPLES / "police-uk-street", EXAMPLES / "police-uk-outcomes"
STOPS = EXAMPLES / "police-uk-stop-search"
ALL_KINDS = [
    STREET / "2024-03-essex-street.csv",
    STREET / "2024-03-btp-street.csv",
    STREET / "2012-06-essex-street.csv",
    OUTCOMES / "2024-04-essex-outcomes.csv",
    STOPS / "2024-07-metropolitan-stop-and-search.csv",
]
REAL = SHARED / "uk-police-street"
MONTHS = ("2018-10", "2018-11", "2018-12", "2019-01", "2019-02")


def packed(folder: Path, files: Iterable[Path], name: str = "latest.zip") -> Path:
    """The files as the publisher packs them: a folder a month."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, f"{file.name[:7]}/{file.name}")
    return path


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.rows_read, report.rows_new, report.rows_same, report.rows_refused


def of_month(*months: str) -> list[Path]:
    return [REAL / f"{month}-city-of-london-street.csv" for month in months]


def ids(files: Iterable[Path]) -> tuple[set[str], int]:
    """The ids of crimes in published files, and how many rows have none."""
    rows = [row for file in files for row in csv.DictReader(file.read_text().splitlines())]
    return {row["Crime ID"] for row in rows} - {""}, sum(not row["Crime ID"] for row in rows)


@pytest.mark.parametrize(
    "name, kind",
    [
        ("2019-01/2019-01-essex-street.csv", "police-uk-street"),
        ("2019-01/2019-01-essex-outcomes.csv", "police-uk-outcomes"),
        ("2019-01/2019-01-essex-stop-and-search.csv", "police-uk-stop-search"),
        ("2019-01-new-force-street.csv", "police-uk-street"),
        ("__MACOSX/2019-01/._2019-01-essex-street.csv", None),
        ("2019-01/2019-01-essex-street.csv.bak", None),
        ("2019-01/2019-01-essex-neighbourhoods.csv", None),
        ("README.txt", None),
        ("street.csv", None),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_name(name: str, kind: str | None) -> None:
    found = source(ARCHIVE).source_of_entry(name)
    assert (found and found.name) == kind


@pytest.mark.django_db
def test_an_archive_of_several_forces_months_and_kinds_is_loaded_whole(tmp_path: Path) -> None:
    path = packed(tmp_path, ALL_KINDS)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("README.txt", "Open Government Licence")
    report = loaded(path, ARCHIVE)
    assert counts(report) == (19 + 6 + 5 + 7 + 9, 17 + 6 + 5 + 7 + 9, 2, 0)
    assert (Incident.objects.count(), IncidentOutcome.objects.count(), Stop.objects.count()) == (28, 7, 9)
    assert report.notes["passed_over"] == {"files": 1, "first": ["README.txt"]}
    whole = ImportRun.objects.get(parent=None)
    names = {agency.name for agency in Agency.objects.filter(pk__in=whole.agencies)}
    assert names == {"Essex Police", "British Transport Police", "Metropolitan Police Service"}
    assert Counter(whole.parts.values_list("source", flat=True)) == {
        "police-uk-street": 3,
        "police-uk-outcomes": 1,
        "police-uk-stop-search": 1,
    }


@pytest.mark.django_db
def test_an_archive_is_checked_without_storing_and_undone_as_a_whole(tmp_path: Path) -> None:
    path = packed(tmp_path, ALL_KINDS)
    assert counts(checked(path, ARCHIVE)) == (46, 44, 2, 0)
    for model in (Incident, IncidentOutcome, Stop):
        assert not model.objects.exists()
    loaded(path, ARCHIVE)
    undo(ImportRun.objects.filter(parent=None).latest("pk"), None, "wrong archive")
    for model in (Incident, IncidentOutcome, Stop):
        assert not model.objects.current().exists()  # type: ignore[attr-defined]
    assert counts(loaded(path, ARCHIVE)) == (46, 44, 2, 0)


@pytest.mark.django_db
def test_one_bad_file_keeps_the_whole_archive_out_unless_good_rows_are_wanted(tmp_path: Path) -> None:
    path = packed(tmp_path, [*ALL_KINDS, STREET / "2024-03-surrey-street.csv"])
    report = loaded(path, ARCHIVE)
    assert (report.stored, report.rows_refused) == (False, 9)
    assert not Incident.objects.exists()
    assert loaded(path, ARCHIVE, partial=True).stored
    assert Incident.objects.filter(agency__name="Surrey Police").count() == 1


@pytest.mark.django_db
def test_for_one_force_the_archive_of_several_is_refused_with_the_reason(tmp_path: Path) -> None:
    make_agency("Essex Police", "United Kingdom")
    report = loaded(packed(tmp_path, ALL_KINDS), ARCHIVE, agency="Essex Police")
    assert not report.stored
    assert "By its name the file is of British Transport Police" in report.notes["failed"][0]
    assert not Incident.objects.exists()


@pytest.mark.django_db
def test_a_file_that_is_no_archive_and_an_archive_without_such_files_are_refused(tmp_path: Path) -> None:
    assert "are ZIP archives, and this is not one" in loaded(ALL_KINDS[0], ARCHIVE).message
    other = packed(tmp_path, [EXAMPLES / "securecheck-good.csv"])
    assert "holds no file of the kind “police-uk-archive”" in loaded(other, ARCHIVE).message


@pytest.mark.django_db
@pytest.mark.skipif(not REAL.exists(), reason="the published files are not beside the checkout")
def test_a_second_archive_that_overlaps_adds_only_what_is_new(tmp_path: Path) -> None:
    first = packed(tmp_path, of_month(*MONTHS[:3]), "first.zip")
    second = packed(tmp_path, of_month(*MONTHS[1:]), "second.zip")
    loaded(first, ARCHIVE)
    report = loaded(second, ARCHIVE)
    assert counts(report) == (799 + 760 + 617 + 688, 617 - 4 + 688, 799 + 760 + 4, 0)
    published, without = ids(of_month(*MONTHS))
    incidents = Incident.objects.current()
    assert incidents.count() == len(published) + without == 782 + 799 + 760 + 617 + 688 - 21
    by_month = Counter(f"{month:%Y-%m}" for month in incidents.values_list("month", flat=True))
    assert [by_month[month] for month in MONTHS] == [782 - 4, 799, 760 - 13, 617 - 4, 688]


@pytest.mark.django_db
@pytest.mark.skipif(not REAL.exists(), reason="the published files are not beside the checkout")
def test_what_only_an_undone_archive_brought_comes_back_with_the_other(tmp_path: Path) -> None:
    first = packed(tmp_path, of_month(*MONTHS[:2]), "first.zip")
    second = packed(tmp_path, of_month(*MONTHS[1:3]), "second.zip")
    loaded(first, ARCHIVE)
    undone = ImportRun.objects.get(parent=None)
    loaded(second, ARCHIVE)
    undo(undone, None, "an extract with errors")
    assert Incident.objects.current().count() == 760 - 13
    assert loaded(second, ARCHIVE).rows_new == 799
    assert Incident.objects.current().count() == 799 + 760 - 13
