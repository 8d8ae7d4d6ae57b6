"""The third-party files under static/vendor are the listed ones, whole, licensed, and call nobody."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"
OWN = [path for folder in ("css", "js") for path in sorted((ROOT / "static" / folder).glob("*"))]
SERVED = sorted(path for path in VENDOR.rglob("*") if path.is_file() and path.suffix in (".css", ".js")) + OWN

# What a browser would fetch: an address in url(), @import, import, a request, or an element that a script builds.
FETCHED = re.compile(
    r"""url\(\s*["']?(?:https?:)?//"""
    r"""|@import"""
    r"""|\b(?:import|fetch|importScripts|Worker|EventSource|WebSocket)\s*\(\s*["'`](?:https?:|wss?:)?//"""
    r"""|(?<!<a )(?:src|href)\s*=\s*["'`](?:https?:)?//""",  # a link to follow is not fetched
    re.IGNORECASE,
)


def manifest() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((VENDOR / "MANIFEST.json").read_text())
    return entries


def listed_files() -> dict[str, str]:
    return {name: digest for entry in manifest() for name, digest in entry["files"].items()}


def test_manifest_lists_every_vendored_file_and_no_other() -> None:
    found = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert found - {"MANIFEST.json"} == set(listed_files())


@pytest.mark.parametrize("name", sorted(listed_files()))
def test_vendored_file_is_as_it_was_copied(name: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == listed_files()[name]


@pytest.mark.parametrize("entry", manifest(), ids=lambda entry: entry["name"])
def test_package_keeps_its_licence_text(entry: dict[str, Any]) -> None:
    licences = [name for name in entry["files"] if "LICENSE" in name]
    assert entry["licence"] in ("MIT", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "Apache-2.0")
    assert licences
    assert all("opyright" in (VENDOR / name).read_text() for name in licences)


def test_versions_are_those_of_package_json_and_the_lock_file() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert {entry["name"]: entry["version"] for entry in manifest()} == wanted
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_lock_file_has_digests_and_names_no_host() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all(about["integrity"] for name, about in packages.items() if name)
    assert not [name for name, about in packages.items() if "resolved" in about]


@pytest.mark.parametrize("path", SERVED, ids=lambda path: path.name)
def test_served_file_names_no_source_map_and_fetches_nothing_from_outside(path: Path) -> None:
    text = path.read_text()
    assert "sourceMappingURL" not in text  # without its map, collecting the static files stops
    assert not FETCHED.findall(text)


@pytest.mark.parametrize(
    "text",
    [
        "a{background:url(https://cdn.example/x.png)}",
        "@import 'x.css'",
        "fetch('//cdn.example/x')",
        'el.src="https://cdn.example/x"',
    ],
)
def test_the_search_for_outside_links_finds_them(text: str) -> None:
    assert FETCHED.search(text)
