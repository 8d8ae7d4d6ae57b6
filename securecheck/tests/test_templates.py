"""Rules that every template keeps, because the Content-Security-Policy would break what does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    path
    for path in ROOT.glob("**/templates/**/*.html")
    if ".venv" not in path.parts and "node_modules" not in path.parts
)

FORBIDDEN = {
    "an inline style": re.compile(r"""<[^>]*\sstyle\s*=""", re.I),
    "a style element": re.compile(r"<style\b", re.I),
    "an inline handler": re.compile(r"""<[^>]*\son[a-z]+\s*=""", re.I),
    "an inline script": re.compile(r"""<script(?![^>]*\b(?:src=|type="application/json"))[^>]*>""", re.I),
    "code for htmx to evaluate": re.compile(
        r"""\bhx-on\b|\bhx-[a-z]+=["']\s*js:|\bhx-trigger=["'][^"']*\[""", re.I
    ),
    "an address outside": re.compile(
        r"""<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=["'](?:https?:)?//""", re.I
    ),
    "a javascript: address": re.compile(r"""(?:href|action)=["']\s*javascript:""", re.I),
}
SAMPLES = {
    "an inline style": '<p class="x" style="color:red">',
    "a style element": "<style>p{}</style>",
    "an inline handler": '<button onclick="go()">',
    "an inline script": "<script>go()</script>",
    "code for htmx to evaluate": '<a hx-get="/x" hx-trigger="keyup[key==1]">',
    "an address outside": '<script src="https://cdn.example/x.js"></script>',
    "a javascript: address": '<a href="javascript:go()">',
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_template_holds_nothing_that_the_policy_blocks(path: Path) -> None:
    text = path.read_text()
    assert {what: found for what, rule in FORBIDDEN.items() if (found := rule.findall(text))} == {}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_each_rule_finds_its_sample(what: str) -> None:
    assert FORBIDDEN[what].search(SAMPLES[what])


def test_every_whole_page_declares_language_charset_viewport_and_title() -> None:
    for name in ("base.html", "error_base.html"):
        text = (ROOT / "templates" / name).read_text()
        for part in ('<html lang="en-GB"', '<meta charset="utf-8">', 'name="viewport"', "<title>"):
            assert part in text, f"{name} has no {part}"
