"""What the browser tests share: a headless Chromium, the troubles a page caused, and axe."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).parent / "assets" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIZES = {"desktop": {"width": 1366, "height": 768}, "phone": {"width": 390, "height": 844}}
PAPER = {"width": 688, "height": 971}  # what the margins leave of A4, at 96 dots an inch
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--no-first-run",
]
REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", event =>
  reportTrouble(`policy: ${event.effectiveDirective} blocked ${event.blockedURI} ${event.sample} (${location.pathname})`));
"""
RUN_AXE = """
async rules => (await axe.run(document, {runOnly: rules, resultTypes: ["violations"]})).violations.map(
  v => `${v.id} (${v.impact}): ${v.help}: ${v.nodes.map(n => n.target.join(" ")).slice(0, 5).join("; ")}`)
"""
TRIES = 5  # of axe on a page that loads itself anew
SETTLED = 500  # milliseconds after which nothing on a page moves
LOOKS = 200  # at 20 a second
_troubles: dict[Any, list[str]] = {}


def find_chromium() -> str:
    """The Chromium to drive. Without one the browser tests are skipped, but in CI they fail."""
    named = os.environ.get("CHROMIUM")
    for name in [named] if named else ["chromium", "chromium-browser", "google-chrome"]:
        if found := shutil.which(name):
            return found
    reason = "No Chromium on this machine (install chromium, or set CHROMIUM to its path): no browser tests."
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def watch(page: Any) -> None:
    """Note every violation of the policy, error in the console and uncaught exception, over all pages visited."""
    troubles = _troubles.setdefault(page, [])
    # A function of our own: Playwright cannot wrap a built-in such as `troubles.append`.
    page.expose_function("reportTrouble", lambda said: troubles.append(said))
    page.add_init_script(REPORT_VIOLATIONS)
    page.on(
        "console", lambda said: troubles.append(f"console: {said.text}") if said.type == "error" else None
    )
    page.on("pageerror", lambda error: troubles.append(f"script: {error}"))


def forget(page: Any) -> None:
    _troubles.pop(page, None)


def assert_clean(page: Any, expected: str = "") -> None:
    """Fail when a page broke the policy or logged an error; `expected` is part of a message meant to be there."""
    page.wait_for_timeout(0)  # lets reports on their way arrive
    found = [trouble for trouble in _troubles[page] if not (expected and expected in trouble)]
    assert not found, "\n".join(found)


def assert_accessible(page: Any) -> None:
    """Fail when axe finds a fault of WCAG 2.2 A or AA. The policy is read first, since axe itself offends it."""
    assert_clean(page)
    found = _run_axe(page)
    if found:  # a page that is still scrolling may cover a field for a moment: what is wrong stays wrong
        page.wait_for_timeout(SETTLED)
        found = _run_axe(page)
    _troubles[page].clear()
    assert not found, f"{page.url}\n" + "\n".join(found)


def _run_axe(page: Any) -> list[str]:
    """What axe finds. A page that shows progress may load itself anew under it, and then it begins again."""
    from playwright.sync_api import Error

    for _ in range(TRIES):
        try:
            page.evaluate(AXE.read_text())
            return list(page.evaluate(RUN_AXE, RULES))
        except Error as error:
            said = error
            page.wait_for_load_state()
    raise said


def wait_until(page: Any, expression: str) -> None:
    """Wait until a script's expression is true. Playwright's own way evaluates inside the page, which the policy forbids
    from the second look on."""
    for _ in range(LOOKS):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{page.url}: never true: {expression}")
