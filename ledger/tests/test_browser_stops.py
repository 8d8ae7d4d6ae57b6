"""The stop pages in a browser: keys, no mouse, nothing lost, nothing blocked, at two sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User

from ledger.models import Draft, ImportRun, Stop, StopPrivate
from ledger.tests.factories import make_agency, make_post, make_stop, make_user
from ledger.tests.stops import newest
from securecheck.tests.browser import assert_accessible, assert_clean

pytestmark = pytest.mark.django_db(transaction=True)
OpenPage = Callable[..., Any]
NEW = "/stops/new/?draft=new"


class Keys:
    """Presses single keys and counts them; Ctrl+Enter counts as two."""

    def __init__(self, page: Any) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += key.count("+") + 1

    def write(self, text: str) -> None:
        self.press(*text)


@pytest.fixture
def officer() -> User:
    make_post()
    return make_user()


@pytest.fixture
def at_the_desk(page_as: OpenPage, officer: User) -> Any:
    """The log page of an officer whose post is remembered."""
    page = page_as(officer)
    page.goto(NEW)
    page.select_option("select[name=post]", label="River bridge")
    fill_plain(page, "AA11AAA")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Saved as")
    return page


def fill_plain(page: Any, plate: str) -> None:
    """A plain stop by mouse."""
    page.fill("[name=vehicle]", plate)
    page.fill("[name=age]", "34")
    for name, value in {
        "duration_band": 1,
        "gender": 1,
        "race": 4,
        "violation": 1,
        "outcome": 3,
        "search": "none",
    }.items():
        page.locator(f"[name={name}][value='{value}']").check()


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.className"))


def test_a_plain_traffic_stop_takes_24_keys_at_most_and_no_mouse(at_the_desk: Any) -> None:
    page, keys = at_the_desk, Keys(at_the_desk)
    assert focused(page) == "vehicle"
    keys.write("LB76KBP")
    keys.press("Tab", "1")  # duration
    keys.write("34")
    keys.press("Tab", "1", "4", "2", "2", "1")  # gender, race, violation, outcome, no search
    keys.press("Control+Enter")
    page.wait_for_url("**/stops/new/?draft=new")
    page.wait_for_selector("text=last: LB76KBP")
    stop = newest()
    person = stop.persons.get()
    assert (stop.private.vehicle.number, stop.duration_band, stop.violation.label) == ("LB76KBP", 1, "DUI")
    assert (person.age, person.gender, person.race.label, person.outcome, person.searched) == (
        34,
        1,
        "White",
        3,
        False,
    )
    assert focused(page) == "vehicle"
    assert keys.count <= 24
    assert_clean(page)


def test_the_plain_part_fits_a_desk_screen_without_scrolling(at_the_desk: Any) -> None:
    page = at_the_desk
    bar = page.locator(".form-bar").bounding_box()["y"]
    fields = page.locator(".stop-columns .field:visible").all()
    lowest = max(box["y"] + box["height"] for field in fields if (box := field.bounding_box()))
    assert page.evaluate("scrollY") == 0
    assert lowest <= bar


def test_choosing_moves_nothing_on_the_page(at_the_desk: Any) -> None:
    page = at_the_desk
    before = page.locator("[name=words]").bounding_box()
    for name, value in {"outcome": 4, "gender": 2, "violation": 3, "search": "none"}.items():
        page.locator(f"[name={name}][value='{value}']").check()
    assert page.locator("[name=words]").bounding_box() == before


def test_a_search_is_logged_with_keys_alone_and_asks_what_it_found(at_the_desk: Any) -> None:
    page = at_the_desk
    assert not page.locator("[name=contraband]").first.is_visible()
    fill_plain(page, "LB76KBP")
    page.locator("[name=search][value=none]").focus()
    page.keyboard.press("1")
    page.keyboard.press("2")
    assert page.locator("[name=contraband]").first.is_visible()
    page.locator("[name=contraband]").first.focus()
    page.keyboard.press("3")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=last: LB76KBP")
    person = newest().persons.get()
    assert (person.searched, person.search_bases, person.contraband_found, person.contraband) == (
        True,
        [1],
        True,
        [2],
    )


def test_short_times_are_completed_and_the_day_is_spelled_out(at_the_desk: Any) -> None:
    page = at_the_desk
    page.fill("[name=stopped_at]", "0005")
    page.fill("[name=stopped_on]", "1/2/2026")
    page.keyboard.press("Tab")
    assert page.input_value("[name=stopped_at]") == "00:05"
    assert page.input_value("[name=stopped_on]") == "01/02/2026"
    assert page.inner_text("[data-date-spelled]").startswith("Sunday")


def test_an_earlier_stop_of_the_vehicle_is_hinted_at_while_typing(at_the_desk: Any) -> None:
    make_stop(vehicle="LB76KBP", outcome=5, violation="DUI")
    page = at_the_desk
    duration = page.locator("[name=duration_band]").first.bounding_box()
    page.fill("[name=vehicle]", "lb76 kbp")
    page.keyboard.press("Tab")
    page.wait_for_selector("text=LB76KBP was stopped once before. Last: 2 Mar 2026, DUI, Arrest.")
    assert page.locator("[name=duration_band]").first.bounding_box() == duration
    assert_clean(page)


def test_a_crash_loses_nothing(page_as: OpenPage, officer: User) -> None:
    page = page_as(officer)
    page.goto(NEW)
    page.fill("[name=vehicle]", "LB76KBP")
    page.fill("[name=words]", "Broken lamp")
    with page.expect_response(lambda reply: "violation=5" in (reply.request.post_data or "")):
        page.locator("[name=violation][value='5']").check()
    page.close()
    again = page_as(officer)
    again.goto("/stops/new/")
    assert again.input_value("[name=words]") == "Broken lamp"
    assert again.input_value("[name=vehicle]") == "LB76KBP"
    assert again.locator("[name=violation][value='5']").is_checked()
    assert_clean(again)


def test_the_end_of_a_session_loses_nothing(page_as: OpenPage, officer: User) -> None:
    officer.set_password("a long pass phrase")
    officer.save()
    page = page_as(officer)
    page.goto(NEW)
    page.fill("[name=words]", "Broken lamp")
    page.wait_for_selector("text=Draft saved")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/sign-in/?next=/stops/new/")
    page.fill("[name=username]", officer.username)
    page.fill("[name=password]", "a long pass phrase")
    page.keyboard.press("Enter")
    page.wait_for_url("**/stops/new/")
    assert page.input_value("[name=words]") == "Broken lamp"


def test_a_draft_is_gone_once_its_stop_is_saved(at_the_desk: Any) -> None:
    page = at_the_desk
    fill_plain(page, "LB76KBP")
    page.wait_for_selector("text=Draft saved")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=last: LB76KBP")
    page.wait_for_timeout(600)
    assert not Draft.objects.exists()
    page.goto("/stops/new/")
    assert page.input_value("[name=vehicle]") == ""


def test_pressing_twice_saves_once(at_the_desk: Any) -> None:
    page = at_the_desk
    fill_plain(page, "LB76KBP")
    page.locator("[data-main]").dblclick(no_wait_after=True)
    page.wait_for_selector("text=last: LB76KBP")
    assert Stop.objects.count() == 2


def test_errors_take_the_focus_and_lead_to_their_fields(page_as: OpenPage, officer: User) -> None:
    page = page_as(officer)
    page.goto(NEW)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=There is a problem")
    assert focused(page) == "error-summary"
    assert page.title().startswith("Error: ")
    page.click("text=Outcome: Choose what the stop came to")
    assert focused(page) == "outcome"
    assert_accessible(page)


def test_the_log_page_works_without_javascript(page_as: OpenPage, officer: User) -> None:
    page = page_as(officer, java_script_enabled=False)
    page.goto(NEW)
    page.select_option("select[name=post]", label="River bridge")
    fill_plain(page, "LB76KBP")
    page.click("text=Add a person")
    assert page.input_value("[name=vehicle]") == "LB76KBP"
    for name, value in {"role": 2, "gender": 2, "race": 1, "outcome": 1, "search": "none"}.items():
        page.locator(f"[name=person2-{name}][value='{value}']").check()
    page.click("text=Save and view")
    assert newest().persons.count() == 2
    assert "Passenger" in page.inner_text("main")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_an_officers_pages_are_clean_and_accessible(page_as: OpenPage, officer: User, size: str) -> None:
    stop = make_stop(vehicle="LB76KBP", stop={"flags": 8})
    Draft.objects.create(user=officer, data={"fields": {"vehicle": ["X1"]}})
    page = page_as(officer, size)
    for address in (
        "/stops/new/",
        NEW,
        "/stops/",
        "/stops/?violation=Speeding&outcome=Arrest",
        "/stops/?violation=Flying&age_min=x",
        stop.get_absolute_url(),
        "/vehicles/",
    ):
        page.goto(address)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{address} is wider than the screen"
        )


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_supervisors_pages_are_clean_and_accessible(page_as: OpenPage, size: str) -> None:
    run = ImportRun.objects.create(source="securecheck", file_name="may.csv")
    for row in (1, 2):
        stop = make_stop(
            vehicle=f"LB76KB{row}", stop={"flags": 1, "import_run": run, "import_row": row}, arrested=True
        )
        StopPrivate.objects.filter(stop=stop).update(recorded="a,b")
    page = page_as("Supervisor", size)
    for address in (
        "/review/",
        f"/review/accept/?import_run={run.key}&rule=1",
        f"/review/{stop.reference}/accept/",
        f"{stop.get_absolute_url()}correct/",
        stop.get_absolute_url(),
    ):
        page.goto(address)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{address} is wider than the screen"
        )


def test_a_stop_is_corrected_with_keys_alone(page_as: OpenPage) -> None:
    stop = make_stop(make_agency(), vehicle="LB76KBP", stop={"stop_type": 1, "duration_band": 1})
    page = page_as("Supervisor")
    page.goto(f"{stop.get_absolute_url()}correct/")
    assert focused(page) == "reason"
    page.keyboard.type("Age misread")
    page.fill("[name=age]", "44")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=is corrected: this is version 2")
    assert newest().persons.get().age == 44


def test_a_vehicle_is_looked_up_with_keys_alone(page_as: OpenPage) -> None:
    make_stop(vehicle="LB76KBP")
    page = page_as("Officer")
    page.goto("/vehicles/")
    assert focused(page) == "vehicle"
    page.keyboard.type("LB76KBP")
    page.keyboard.press("Tab")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 stop since 2 Mar 2026.")
    assert "LB76KBP" not in page.url
    assert_accessible(page)
