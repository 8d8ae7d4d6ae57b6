"""Refused features of a map come as GeoJSON with the reason; a mended one goes in as if it had been right from the first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from ledger.imports import features, keeping
from ledger.models import Area, AreaFigure, ImportRun, RefusedRow
from ledger.tests.factories import make_user
from ledger.tests.import_files import EXAMPLES, loaded

pytestmark = pytest.mark.django_db
BOUNDARIES, GROUPS = EXAMPLES / "boundaries", EXAMPLES / "predpol-block-groups"
BEAT = {"values": {"kind": "beat"}}
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[-84.4, 33.7], [-84.39, 33.7], [-84.39, 33.71], [-84.4, 33.71], [-84.4, 33.7]]],
}
OPEN = {"type": "Polygon", "coordinates": [SQUARE["coordinates"][0][:-1]]}


@pytest.fixture
def analyst(client: Client) -> User:
    user = make_user("Analyst")
    client.force_login(user)
    return user


def written(folder: Path, *found: Any, name: str = "areas.geojson") -> Path:
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(found)}))
    return path


def feature(name: Any, geometry: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"NAME": name, **more}, "geometry": geometry}


def offered(run: ImportRun | None = None) -> list[dict[str, Any]]:
    whole = json.loads("".join(features.collection(run or ImportRun.objects.latest("pk"))))
    assert whole["type"] == "FeatureCollection"
    found: list[dict[str, Any]] = whole["features"]
    return found


def test_a_mended_feature_goes_in_again_and_the_reason_is_passed_over(
    client: Client, analyst: User, tmp_path: Path
) -> None:
    path = written(tmp_path, feature("A", SQUARE), feature("B", OPEN, number=7, share=0.5, more=["x"]))
    report = loaded(path, "boundaries", options=BEAT, partial=True, user=analyst)
    assert (report.rows_new, report.rows_refused) == (1, 1)
    run = ImportRun.objects.get()
    page = client.get(run.get_absolute_url()).content.decode()
    assert "Download the refused features as GeoJSON" in page
    reply = client.get(reverse("refused-rows", args=[run.key]))
    assert reply["Content-Type"] == "application/geo+json"
    assert reply["Content-Disposition"] == f'attachment; filename="refused-{run.pk}.geojson"'
    content = b"".join(reply.streaming_content)  # type: ignore[attr-defined]
    (one,) = json.loads(content)["features"]
    reason = one["properties"].pop("refused because")
    assert reason.startswith("row 2: geometry: has an open ring")
    assert one == feature("B", OPEN, number=7, share=0.5, more=["x"])
    again = tmp_path / "refused.geojson"
    again.write_bytes(content)
    assert loaded(again, "boundaries", options=BEAT).rows_refused == 1, "as long as it is not mended"
    again.write_bytes(content.replace(b"[-84.4,33.71]]", b"[-84.4,33.71],[-84.4,33.7]]"))
    mended = loaded(again, "boundaries", options=BEAT)
    assert (mended.rows_new, mended.rows_refused, mended.notes["extra_columns"]) == (1, 0, [])
    assert {area.name: bool(area.boundary) for area in Area.objects.all()} == {"A": True, "B": True}


def test_every_refused_feature_is_offered_whole_and_once() -> None:
    path = BOUNDARIES / "bad.geojson"
    report = loaded(path, "boundaries", options=BEAT, partial=True)
    source = json.loads(path.read_text())["features"]
    found = offered()
    assert len(found) == report.rows_refused
    refused = sorted({error.row for error in report.errors if error.row})
    for one, row in zip(found, refused, strict=True):
        original = source[row - 1] if isinstance(source[row - 1], dict) else {}
        reason = one["properties"].pop("refused because")
        assert reason.startswith(f"row {row}: ")
        properties = original.get("properties")
        assert one["properties"] == (properties if isinstance(properties, dict) else {})
        assert one["geometry"] == original.get("geometry")


def test_features_of_topojson_come_with_their_arcs_joined_where_they_can_be() -> None:
    options = {"values": {"kind": "zone"}}
    loaded(BOUNDARIES / "missing-arcs.topojson", "boundaries", options=options, partial=True)
    found = {one["properties"]["ZONE"]: one["geometry"] for one in offered()}
    assert sorted(found) == [*range(1, 10)]
    assert found[1] is None, "its arc is missing: it must be drawn anew"
    assert found[7] == {"type": "Polygon", "coordinates": [[[-84.39, 33.7], [-84.39, 33.71]]]}


def test_a_block_group_with_a_wrong_figure_comes_back(tmp_path: Path) -> None:
    whole = json.loads((GROUPS / "springfield-geojson-with-data.json").read_text())
    good = whole["features"][0]["properties"]["total_estimate"]
    whole["features"][0]["properties"]["total_estimate"] = "many"
    path = tmp_path / "springfield-geojson-with-data.json"
    path.write_text(json.dumps(whole))
    report = loaded(path, "predpol-block-groups", partial=True)
    assert report.rows_refused == 1
    (one,) = offered()
    one["properties"]["total_estimate"] = good
    mended = loaded(written(tmp_path, one, name="mended.geojson"), "predpol-block-groups")
    assert (mended.rows_new, mended.rows_refused, mended.notes["extra_columns"]) == (1, 0, [])
    area = one["properties"]["id"]
    assert AreaFigure.objects.filter(area__name=area, measure="total_estimate", value=good).exists()


def test_an_area_of_several_features_goes_in_whole_or_not_at_all(tmp_path: Path) -> None:
    """Else the mended part alone would become the boundary of the whole."""
    path = written(tmp_path, feature("A", SQUARE), feature("A", OPEN), feature("B", SQUARE))
    report = loaded(path, "boundaries", options=BEAT, partial=True)
    assert (report.rows_new, report.rows_refused) == (1, 2)
    assert "another part is refused" in report.errors[0].message
    both = offered()
    both[1]["geometry"] = json.loads(json.dumps(SQUARE).replace("-84", "-83"))
    assert loaded(written(tmp_path, *both), "boundaries", options=BEAT).rows_refused == 0
    assert Area.objects.get(name="A").boundary["type"] == "MultiPolygon"


def test_hostile_texts_and_what_is_too_large_or_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = feature("x" * 3_000, OPEN)
    path = written(tmp_path, feature("a\0b</script>", OPEN), feature("é", OPEN), large)
    monkeypatch.setattr(features, "LARGEST", 2_000)
    loaded(path, "boundaries", options=BEAT, partial=True)
    first, second, third = offered()
    assert (first["properties"]["NAME"], second["properties"]["NAME"]) == ("a\0b</script>", "é")
    assert (third["geometry"], "too large to be kept" in third["properties"]["refused because"]) == (
        None,
        True,
    )
    assert RefusedRow.objects.exclude(text="").count() == 2
    ImportRun.objects.update(created_at="2020-01-01T00:00:00Z")
    keeping.tidy()
    assert all(one["geometry"] is None for one in offered())
