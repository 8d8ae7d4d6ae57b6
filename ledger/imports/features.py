"""The refused features of a map, as GeoJSON to mend and import again: properties as they were, with the reason beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ledger.imports.complaints import MOST_TEXT, Complaint
from ledger.imports.geojson import GeoJson
from ledger.imports.refused import refused_records
from ledger.imports.source import REFUSED_BECAUSE
from ledger.models import ImportRun

LARGEST = 2_000_000  # characters of a feature that is kept
TOO_LARGE = "the feature is too large to be kept here: mend it in your file"
BEGIN, END = '{"type":"FeatureCollection","features":[\n', "\n]}\n"


def keep(table: GeoJson, complaints: list[Complaint]) -> None:
    """Put each refused feature, whole, in place of the line that names it. The file is read a second time for it."""
    first: dict[int, Complaint] = {}
    for one in complaints:
        first.setdefault(one.row or 0, one)
    left = MOST_TEXT
    for number, feature in table.features():
        if complaint := first.get(number):
            text = _written(feature)
            complaint.text = text if len(text) <= min(LARGEST, left) else ""
            left -= len(complaint.text)


def collection(run: ImportRun) -> Iterator[str]:
    """A FeatureCollection of the refused features, feature by feature. What is too large to be kept has no geometry."""
    yield BEGIN
    for number, (text, reason) in enumerate(refused_records(run)):
        feature = _read(text)
        if feature is None:
            feature, reason = _feature({}, None), f"{reason}; {TOO_LARGE}"
        feature["properties"] = {**feature["properties"], REFUSED_BECAUSE: reason}
        yield (",\n" if number else "") + _written(feature)
    yield END


def _feature(properties: dict[str, Any], geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _written(feature: dict[str, Any]) -> str:
    """One line of ASCII: whatever a text holds, databases and readers take it."""
    try:
        return json.dumps(feature, separators=(",", ":"), allow_nan=False)
    except ValueError:  # a number beyond all bounds, which JSON does not have
        return json.dumps(_feature({}, None), separators=(",", ":"))


def _read(text: str) -> dict[str, Any] | None:
    """The kept feature; None where it was too large, or is forgotten by now."""
    try:
        feature = json.loads(text)
    except ValueError:
        return None
    return feature if isinstance(feature, dict) and isinstance(feature.get("properties"), dict) else None
