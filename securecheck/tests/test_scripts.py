"""What the small scripts do, tried in a browser on pieces of a page, under the policy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from securecheck.tests.browser import assert_clean

Try = Callable[..., Any]
# The scripts as pages load them, in their order.
CHARTS = re.findall(
    r"{% static '(.+?)' %}", (settings.BASE_DIR / "templates/partials/chart_scripts.html").read_text()
)
LOAD = """
async paths => {
  for (const path of paths) await new Promise((done, failed) => document.head.append(
    Object.assign(document.createElement("script"), {src: `/static/${path}`, onload: done, onerror: failed})));
}
"""
PUT = "html => { document.querySelector('main').innerHTML = html; }"


@pytest.fixture
def piece(page_as: Callable[..., Any]) -> Try:
    """`piece(html, script, …)`: the page with this content and these scripts."""

    def open_piece(html: str, *scripts: str, size: str = "desktop") -> Any:
        page = page_as(None, size)
        page.goto("/sign-in/")
        page.evaluate(PUT, html)
        page.evaluate(LOAD, list(scripts))
        return page

    return open_piece


def radios(name: str, kind: str = "radio") -> str:
    choices = "".join(f'<input type="{kind}" name="{name}" value="{n}" aria-label="{n}">' for n in (1, 2, 3))
    return f"<fieldset data-chips>{choices}</fieldset>"


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.name"))


def ticked(page: Any, name: str) -> list[str]:
    found: list[str] = page.evaluate(
        "name => [...document.querySelectorAll(`[name=${name}]:checked`)].map(box => box.value)", name
    )
    return found


def test_a_digit_chooses_a_radio_and_moves_on(piece: Try) -> None:
    page = piece(f"<form>{radios('gender')}{radios('race')}<input name='words'></form>", "js/chips.js")
    page.focus("[name=gender]")
    page.keyboard.press("2")
    assert focused(page) == "race"
    page.keyboard.press("3")
    assert (ticked(page, "gender"), ticked(page, "race"), focused(page)) == (["2"], ["3"], "words")
    page.keyboard.press("1")
    assert page.input_value("[name=words]") == "1"
    assert_clean(page)


def test_a_digit_ticks_and_unticks_a_box_and_stays(piece: Try) -> None:
    page = piece(f"<form>{radios('basis', 'checkbox')}<input name='words'></form>", "js/chips.js")
    page.focus("[name=basis]")
    for key in "1312":
        page.keyboard.press(key)
    assert (ticked(page, "basis"), focused(page)) == (["2", "3"], "basis")
    page.keyboard.press("9")
    assert ticked(page, "basis") == ["2", "3"]


def test_digits_do_nothing_once_single_keys_are_off(piece: Try) -> None:
    page = piece(f"<form>{radios('gender')}</form>", "js/chips.js")
    page.evaluate("document.documentElement.dataset.singleKeys = 'off'")
    page.focus("[name=gender]")
    page.keyboard.press("2")
    assert ticked(page, "gender") == []


DATES = "<form><input name=d data-date><input name=t data-time><p data-date-spelled></p></form>"


def type_and_leave(page: Any, name: str, typed: str) -> str:
    page.fill(f"[name={name}]", typed)
    page.keyboard.press("Tab")
    return str(page.input_value(f"[name={name}]"))


def test_dates_are_completed_and_spelled_out(piece: Try) -> None:
    page = piece(DATES, "js/datetime.js")
    for typed, date, spelled in [
        ("20/11/2025", "20/11/2025", "Thursday 20 November 2025"),
        ("1.2.24", "01/02/2024", "Thursday 1 February 2024"),
        ("2024-02-29", "29/02/2024", "Thursday 29 February 2024"),
        ("30/2/2024", "30/2/2024", ""),
        ("13/13", "13/13", ""),
        ("soon", "soon", ""),
    ]:
        assert type_and_leave(page, "d", typed) == date
        assert page.inner_text("[data-date-spelled]").replace(",", "") == spelled


def test_a_date_without_a_year_never_lies_ahead(piece: Try) -> None:
    page = piece(DATES, "js/datetime.js")
    ahead = "(() => { const d = new Date(Date.now() + 5 * 86400000); return [`${d.getDate()}/${d.getMonth() + 1}`, d.getFullYear()]; })()"
    typed, year = page.evaluate(ahead)
    assert type_and_leave(page, "d", typed).endswith(str(year - 1))


def test_times_are_completed(piece: Try) -> None:
    page = piece(DATES, "js/datetime.js")
    for typed, time in [("1021", "10:21"), ("905", "09:05"), ("7:30", "07:30"), ("2460", "2460"), ("", "")]:
        assert type_and_leave(page, "t", typed) == time


SENT = "<form method=post action=/sent/><input name=a><button name=then value=view>View</button><button name=then value=more data-main>More</button></form>"


def test_ctrl_enter_presses_the_main_button_once_with_its_value(piece: Try) -> None:
    page = piece(SENT)  # submit.js is in the frame
    bodies: list[str] = []

    def take(route: Any) -> None:
        bodies.append(route.request.post_data)
        route.fulfill(status=204)  # the page stays, as while a reply is under way

    page.route("**/sent/", take)
    page.fill("[name=a]", "x")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(100)
    page.keyboard.press("Control+Enter")
    page.evaluate("document.querySelector('[data-main]').click()")
    page.wait_for_timeout(100)
    assert bodies == ["a=x&then=more"]


def test_a_draft_is_saved_while_typing_and_the_page_says_so(piece: Try) -> None:
    form = "<form data-draft-url=/draft/><input name=csrfmiddlewaretoken value=t type=hidden><input name=a><p data-draft-status></p></form>"
    page = piece(form, "js/draft.js")
    bodies: list[str] = []

    def keep(route: Any) -> None:
        bodies.append(route.request.post_data)
        route.fulfill(status=200, json={"saved": len(bodies) < 2, "why": "Too long."})

    page.route("**/draft/", keep)
    page.locator("[name=a]").press_sequentially("abc")
    expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved")
    page.keyboard.press("Tab")
    page.wait_for_timeout(500)
    assert bodies == ["csrfmiddlewaretoken=t&a=abc"]
    page.fill("[name=a]", "too long")
    expect(page.locator("[data-draft-status]")).to_have_text("Too long.")
    assert_clean(page)


def test_progress_moves_and_goes_to_the_end(piece: Try) -> None:
    page = piece("<div data-progress-url=/state/><progress></progress><p data-progress-message></p></div>")
    states = iter(
        [{"done": 62, "total": 100, "message": "Loading"}, {"done": 100, "total": 100, "url": "/healthz"}]
    )
    page.route("**/state/", lambda route: route.fulfill(status=200, json=next(states)))
    page.evaluate(LOAD, ["js/progress.js"])
    expect(page.locator("[data-progress-message]")).to_have_text("Loading")
    assert page.evaluate("document.querySelector('progress').value") == 62
    page.wait_for_url("**/healthz", timeout=5000)


def chart(kind: str, **more: Any) -> dict[str, Any]:
    one = {
        "label": "Arrest rate",
        "values": [0.1, None, 0.3],
        "low": [0.05, None, 0.2],
        "high": [0.2, None, 0.4],
        "n": [100, None, 50],
        "marks": [None, "[c]", None],
    }
    words = {"title": "Arrest rate", "x_title": "Month", "y_title": "Rate", "note": ""}
    return {"type": kind, "x": ["Jan", "Feb", "Mar"], "y_format": "percent", "series": [one], **words, **more}


INKED = """
() => { const c = document.querySelector(".chart-frame canvas"); if (!c) return 0;
  return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.filter((value, at) => at % 4 === 3 && value).length; }
"""


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("kind", ["bar", "line", "grid", "doughnut"])
def test_each_kind_of_chart_draws_within_the_page(piece: Try, kind: str, size: str) -> None:
    declaration = json.dumps(chart(kind, reference={"value": 0.2, "label": "all stops"}))
    html = f'<figure data-chart="c"><div class="chart-frame"></div><script type="application/json" id="c">{declaration}</script></figure>'
    page = piece(html, *CHARTS, size=size)
    page.wait_for_timeout(400)
    assert page.evaluate(INKED) > 1000
    assert page.get_attribute("canvas[role=img]", "aria-label").startswith("Chart: Arrest rate")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.secureCheckChartParts === undefined")
    assert_clean(page)


def test_a_hidden_figure_is_marked_on_the_axis_and_in_words(piece: Try) -> None:
    html = f'<figure data-chart="c"><div class="chart-frame"></div><script type="application/json" id="c">{json.dumps(chart("bar"))}</script></figure>'
    page = piece(html, *CHARTS)
    drawn = "Object.values(Chart.instances)[0]"
    assert page.evaluate(f"{drawn}.data.labels") == ["Jan", "Feb [c]", "Mar"]
    said = f"index => {drawn}.options.plugins.tooltip.callbacks.label({{dataset: {{label: 'Rate'}}, datasetIndex: 0, dataIndex: index}})"
    assert page.evaluate(said, 0) == "Rate: 10.0% (95% interval 5.0% to 20.0%), of 100"
    assert page.evaluate(said, 1) == "Rate: [c]"


def test_a_doughnut_says_shares_only_when_every_part_is_known(piece: Try) -> None:
    labels = {}
    for name, values in {"whole": [30, 10], "gap": [30, None]}.items():
        series = [{"label": "Stops", "values": values, "marks": [None, "[c]"]}]
        declaration = json.dumps(chart("doughnut", x=["A", "B"], y_format="count", series=series))
        html = f'<figure data-chart="c"><div class="chart-frame"></div><script type="application/json" id="c">{declaration}</script></figure>'
        page = piece(html, *CHARTS)
        labels[name] = page.evaluate("Object.values(Chart.instances)[0].data.labels")
    assert labels == {"whole": ["A: 30 (75.0%)", "B: 10 (25.0%)"], "gap": ["A: 30", "B: [c]"]}
