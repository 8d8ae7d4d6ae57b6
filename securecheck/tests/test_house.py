"""The rules of the house that a reader cannot see in one file: who imports whom, and what templates may hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
MAY_IMPORT = {
    "ledger": {"ledger"},
    "insights": {"ledger", "insights"},
    "prediction": {"ledger", "insights", "prediction"},
    "securecheck": {"ledger", "insights", "prediction", "securecheck"},
}
OWN = set(MAY_IMPORT)
HEAVY = {"pandas", "numpy", "scipy", "sklearn"}
# Loaded by the worker and by commands only; a test of the web process holds that.
MAY_BE_HEAVY = re.compile(
    r"/tests/|ledger/imports/(cleaning|lines)\.py|insights/bench/|insights/fairness/|insights/trust/panel\.py|prediction/"
)


def sources(app: str) -> list[Path]:
    return sorted((HOUSE / app).rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    """The first word of every imported module, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_knowledge_flows_one_way(app: str) -> None:
    """Tests may look over the fence: what the ledger wrote is asked of the facts."""
    wrong = {
        f"{path.relative_to(HOUSE)} imports {name}"
        for path in sources(app)
        if "tests" not in path.parts
        for name in imported(ast.parse(path.read_text()))
        if name in OWN - MAY_IMPORT[app]
    }
    assert wrong == set()


def test_no_module_uses_relative_imports() -> None:
    for app in OWN:
        for path in sources(app):
            levels = [
                node.level
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.ImportFrom)
            ]
            assert not any(levels), path


def test_heavy_libraries_are_imported_where_they_are_used() -> None:
    """Inside a function, or under TYPE_CHECKING: never when a module is loaded."""
    wrong = {
        f"{path.relative_to(HOUSE)} imports {name}"
        for app in OWN
        for path in sources(app)
        if not MAY_BE_HEAVY.search(str(path.relative_to(HOUSE)))
        for node in ast.parse(path.read_text()).body
        for name in (imported(node) if isinstance(node, ast.Import | ast.ImportFrom) else ())
        if name in HEAVY
    }
    assert wrong == set()


# Tests


def test_no_test_waits_for_what_its_own_file_keeps_in_a_transaction() -> None:
    """Data kept for a module stand in an open transaction: a test that writes for other connections would wait for it."""
    apart = re.compile(r"transaction=True|\bpage_as\b|\blive_server\b")
    files = [path for app in ("ledger", "insights", "prediction", "securecheck") for path in sources(app)]
    kept = [path for path in files if re.search(r"^ +with kept_for_now\(", path.read_text(), re.MULTILINE)]
    assert kept
    assert [str(path) for path in kept if apart.search(path.read_text())] == []


# Templates under the policy

FORBIDDEN = {
    "inline style": re.compile(r"\sstyle\s*=", re.I),
    "style block": re.compile(r"<style\b", re.I),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.I),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "hx-on": re.compile(r"\bhx-on", re.I),
    "js: value": re.compile(r"=[\"']\s*(js|javascript):", re.I),
    "trigger filter": re.compile(r"hx-trigger=\"[^\"]*\[", re.I),
    "another site": re.compile(r"(src|href|action)=\"(https?:)?//", re.I),
}


def templates() -> list[Path]:
    return sorted((HOUSE / "templates").rglob("*.html"))


@pytest.mark.parametrize("name", FORBIDDEN)
def test_no_template_breaks_the_policy(name: str) -> None:
    wrong = [str(path.relative_to(HOUSE)) for path in templates() if FORBIDDEN[name].search(path.read_text())]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("inline style", '<p style="color:red">'),
        ("style block", "<style>p{}</style>"),
        ("inline script", "<script>alert(1)</script>"),
        ("event attribute", '<a href="#" onclick="go()">'),
        ("hx-on", '<a hx-on:click="go()">'),
        ("js: value", '<a href="javascript:go()">'),
        ("trigger filter", '<a hx-trigger="click[ctrlKey]">'),
        ("another site", '<img src="//cdn.example/x.png">'),
    ],
)
def test_the_checks_would_notice(name: str, text: str) -> None:
    assert FORBIDDEN[name].search(text)


def test_no_template_and_no_view_declares_text_of_people_safe() -> None:
    """`|safe` stands only behind help texts, which come from our own code; `mark_safe` stands nowhere."""
    safe = {
        str(path.relative_to(HOUSE))
        for path in templates()
        if re.search(r"\|\s*safe\b|autoescape off", path.read_text())
    }
    assert safe <= {"templates/forms/help.html"}
    marked = {
        str(path.relative_to(HOUSE))
        for app in OWN
        for path in sources(app)
        if "mark_safe" in path.read_text() and path != Path(__file__)
    }
    assert marked == set()


def test_every_template_of_a_page_has_a_title() -> None:
    for path in templates():
        text = path.read_text()
        if '{% extends "base.html" %}' in text:
            assert "{% block title %}" in text, path
