"""Light and dark: as the system, or as the account chose; without a script, on every computer, never on paper."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from ledger.tests.factories import make_stop, make_user
from securecheck.models import Preference
from securecheck.tests.browser import assert_accessible

LIGHT_PAGE, DARK_PAGE = "rgb(246, 247, 249)", "rgb(18, 23, 29)"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.django_db
def test_a_choice_is_kept_with_the_account_for_every_session() -> None:
    user = make_user("Policymaker")
    client = signed_in(user)
    assert "data-appearance" not in client.get("/").content.decode()
    reply = client.post("/appearance/", {"appearance": "dark", "next": "/insights/?q=night"})
    assert (reply.status_code, reply["Location"]) == (302, "/insights/?q=night")
    for session in (client, signed_in(user)):
        html = session.get("/").content.decode()
        assert '<html lang="en-GB" data-appearance="dark">' in html
        assert '<meta name="color-scheme" content="dark">' in html
    assert "data-appearance" not in signed_in(make_user("Analyst")).get("/").content.decode()
    client.post("/appearance/", {"appearance": "system"})
    assert "data-appearance" not in client.get("/").content.decode()
    assert Preference.objects.get(user=user).appearance == "system"


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["", "pink", "dark'--", "\0", "x" * 5000])
def test_a_look_that_is_not_offered_changes_nothing_and_is_said(wrong: str) -> None:
    client = signed_in(make_user("Officer"))
    text = client.post("/appearance/", {"appearance": wrong}, follow=True).content.decode()
    assert "That look is not offered." in text
    assert not Preference.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil", ""]
)
def test_the_way_back_never_leads_elsewhere(elsewhere: str) -> None:
    reply = signed_in(make_user("Officer")).post("/appearance/", {"appearance": "dark", "next": elsewhere})
    assert reply["Location"] == "/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("chosen_on", "leads_to"),
    [
        ("/patrol/new/", "/"),  # takes forms only
        ("/password/?next=1", "/password/?next=1"),
        ("/admin/auth/user/", "/admin/auth/user/"),
        ("/no/such/page/", "/no/such/page/"),
    ],
)
def test_the_way_back_leads_to_a_page_that_can_be_opened(chosen_on: str, leads_to: str) -> None:
    client = signed_in(make_user("Administrator"))
    reply = client.post("/appearance/", {"appearance": "dark", "next": chosen_on})
    assert reply["Location"] == leads_to
    assert client.get(leads_to).status_code != 405


def background(page: Any) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


@pytest.mark.django_db(transaction=True)
def test_pages_follow_the_system_until_one_chooses_and_paper_stays_light(page_as: Any) -> None:
    page = page_as("Policymaker", color_scheme="dark", java_script_enabled=False)
    page.goto("/insights/")
    assert background(page) == DARK_PAGE
    page.click("text=Light")
    assert page.url.endswith("/insights/")
    assert background(page) == LIGHT_PAGE
    page.click(".appearance >> text=Dark")
    page.emulate_media(color_scheme="light")
    assert background(page) == DARK_PAGE
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(16, 23, 31)"


PAGES = {
    "Officer": ("/", "/stops/", "/stops/new/", "/vehicles/"),
    "Supervisor": ("/review/", "/imports/", "/imports/new/", "/admin/", "/admin/ledger/stop/"),
    "Analyst": ("/insights/", "/insights/arrest-rate-by-country-and-violation/"),
    "Administrator": ("/", "/admin/auth/user/", "/admin/auth/user/add/"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", PAGES)
def test_dark_pages_are_as_readable_as_light_ones(page_as: Any, role: str) -> None:
    make_stop(vehicle="AB1")
    page = page_as(role, color_scheme="dark")
    for address in PAGES[role]:
        page.goto(address)
        assert_accessible(page)
