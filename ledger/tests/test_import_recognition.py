"""Files of every format are recognised by a look at their beginning, within limits; rights decide what is offered."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from django.contrib.auth.models import User
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.imports import engine, recognition, rights
from ledger.imports.kinds import PUBLISHED_RATES
from ledger.imports.known import Known
from ledger.imports.look import Look, look
from ledger.imports.reader import Unreadable
from ledger.imports.report import Report
from ledger.imports.source import Source
from ledger.imports.sources import offered_sources
from ledger.imports.sources.securecheck import SecureCheck
from ledger.models import Stop
from ledger.tests.factories import make_agency, make_user
from ledger.tests.import_files import HEADER, SHARED, begun, line, written
from ledger.tests.workbooks import by_hand, cells, workbook

GOOD = f"{HEADER}\n{line()}\n"
STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context\n"
)


def seen(path: Path) -> Look:
    with path.open("rb") as file:
        return look(file)


def name_of(path: Path, among: list[Source] | None = None) -> str:
    """The source that a file is recognised as; empty for none."""
    found = recognition.recognise(seen(path), path.name, among or offered_sources())
    return found.source.name if found else ""


def zipped(path: Path, **files: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_csv_gzip_archive_and_workbook_are_recognised_by_the_header(tmp_path: Path) -> None:
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(GOOD.encode()))
    book = workbook(
        tmp_path / "a.xlsx", Notes=[("read me",)], Log=[("Stops",), HEADER.split(","), line().split(",")]
    )
    for path in (written(tmp_path, [line()]), packed, book, zipped(tmp_path / "a.zip", **{"x/a.csv": GOOD})):
        assert name_of(path) == "securecheck", path.name


def test_an_archive_is_known_by_the_names_of_its_files(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", **{"2024-01/2024-01-kent-street.csv": STREET, "read me.txt": "words"})
    assert name_of(path) == "police-uk-archive"
    other = zipped(tmp_path / "b.zip", **{"kent.csv": STREET})
    assert name_of(other) == "police-uk-street"


def test_what_nobody_knows_is_recognised_as_nothing_with_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,colour\na,b\n")
    assert name_of(path) == ""
    assert (
        recognition.about_unknown(seen(path), offered_sources())
        == "The header fits no kind of file known here."
    )
    near = tmp_path / "b.csv"
    near.write_text(HEADER.replace("stop_time,", "") + "\n")
    words = recognition.about_unknown(seen(near), offered_sources())
    assert words.startswith("The header fits no kind of file known here. Nearest is “SecureCheck post log”: ")


def test_properties_of_geojson_are_its_header(tmp_path: Path) -> None:
    features = [
        {"type": "Feature", "geometry": None, "properties": {"NAME": f"Zone {n}", "n": n}} for n in (1, 2)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    found = seen(path)
    assert (found.format, found.tables[0].lines) == (
        "geojson",
        [["NAME", "n"], ["Zone 1", "1"], ["Zone 2", "2"]],
    )


@pytest.mark.skipif(not SHARED.exists(), reason="published files are not here")
@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("ri-police-stops/*.csv", "open-policing"),
        ("securecheck-traffic-stops/*.csv", "securecheck"),
        ("uk-police-stop-search/*.csv", "police-uk-stop-search"),
        ("uk-police-street/*.csv", "police-uk-street"),
        ("uk-police-outcomes/*.csv", "police-uk-outcomes"),
        ("atlanta-cobra/COBRA*.csv", "atlanta-crime"),
        ("atlanta-cobra/*.json", "boundaries"),
        ("nibrs-offense-codes/*.csv", "nibrs-codes"),
        ("stanford-opp-aggregates/*.csv", "open-policing-rates"),
        ("mopac-pas/*.csv", "london-survey"),
        ("london-police-perceptions/*.csv", "london-perceptions"),
        ("markup-prediction-bias/departments.csv", "predpol-departments"),
        ("markup-prediction-bias/pred_count_by_dept/*.csv", "predpol-counts"),
        ("markup-prediction-bias/geojson/*.json", "predpol-block-groups"),
    ],
)
def test_published_files_are_recognised(pattern: str, expected: str) -> None:
    paths = list(SHARED.glob(pattern))
    assert paths
    assert {name_of(path) for path in paths} == {expected}


def test_a_look_at_a_huge_file_costs_little(tmp_path: Path) -> None:
    bomb = tmp_path / "a.csv.gz"
    bomb.write_bytes(gzip.compress(GOOD.encode() + (line() + "\n").encode() * 400_000))
    book = by_hand(tmp_path / "a.xlsx", cells(*HEADER.split(",")) + cells("a", "b") * 100_000)
    wide = by_hand(tmp_path / "b.xlsx", "<row>" + "<c/>" * 16_000 + "</row>" + "<row/>" * 200_000)
    tracemalloc.start()
    assert [name_of(bomb), name_of(book), name_of(wide)] == ["securecheck", "securecheck", ""]
    assert tracemalloc.get_traced_memory()[1] < 60_000_000
    tracemalloc.stop()


def test_text_that_only_resembles_geojson_is_looked_at_within_limits(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"a":' + '"properties": {"b": ' * 90_000)
    assert seen(path).tables[0].lines == [[]]
    path.write_text("{" + "[" * 100_000)
    assert seen(path).tables[0].lines == [[]]


@settings(max_examples=60, deadline=None)
@given(
    content=st.binary(max_size=400),
    start=st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08\0", b'{"', b"\xef\xbb\xbf"]),
)
def test_any_bytes_are_looked_at_or_refused_in_words(content: bytes, start: bytes) -> None:
    try:
        found = look(io.BytesIO(start + content))
    except Unreadable as why:
        found = Look("", [])
        sentence = str(why)
    else:
        sentence = recognition.about_unknown(found, offered_sources())
    assert sentence.endswith(".")
    recognition.recognise(found, "a.csv", offered_sources())


class Rates(Source):
    """Figures of no agency."""

    name, title, kind, columns = "rates-of-a-test", "Rates of a test", PUBLISHED_RATES, {}


@pytest.mark.django_db
def test_a_supervisor_is_offered_what_goes_into_the_own_agency() -> None:
    supervisor, analyst = make_user("Supervisor"), make_user("Analyst")
    assert rights.sources_for(analyst) == offered_sources()
    mine = {one.name for one in rights.sources_for(supervisor)}
    assert {"securecheck", "open-policing", "police-uk-street"} <= mine
    assert "police-uk-archive" not in mine
    assert not rights.may_import(supervisor, Rates())
    assert not rights.sources_for(make_user("Policymaker"))


def load_as(user: User, path: Path, kind: str = "securecheck", agency: str = "") -> Report:
    return engine.load(begun(path, kind, agency, user=user), path)


@pytest.mark.django_db
def test_the_work_itself_refuses_what_its_user_may_not_import(tmp_path: Path) -> None:
    """Whatever the form let through: a request made by hand, a right that was taken away since."""
    canada = make_agency("Canada", "Canada")
    supervisor = make_user("Supervisor", canada)
    path = written(tmp_path, [line()])
    archive = zipped(tmp_path / "a.zip", **{"2024-01-kent-street.csv": STREET})
    assert "an analyst imports them" in load_as(supervisor, archive, "police-uk-archive", "Canada").message
    assert "not for your agency" in load_as(supervisor, path).message
    assert load_as(supervisor, path, agency="Canada").stored
    supervisor.groups.clear()
    assert (
        "an analyst imports them"
        in load_as(User.objects.get(pk=supervisor.pk), path, agency="Canada").message
    )
    assert Stop.objects.count() == 1


class Elsewhere(SecureCheck):
    """A source that comes to another agency than the one that is imported for."""

    name = "elsewhere"

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        return frame.assign(agency="India")


@pytest.mark.django_db
def test_rows_of_another_agency_are_refused_whichever_way_they_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "source_named", lambda name: Elsewhere())
    supervisor = make_user("Supervisor", make_agency("Canada", "Canada"))
    path = written(tmp_path, [line()])
    assert "rows of another agency" in load_as(supervisor, path, agency="Canada").message
    assert not Stop.objects.exists()
    assert load_as(make_user("Analyst"), path).stored
