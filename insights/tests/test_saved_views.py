"""Saved views: own and shared, the one a page opens with, and what is never kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from insights.models import DefaultView, SavedView
from ledger.tests.factories import make_stop, make_user
from securecheck.tests.browser import assert_accessible, assert_clean

PAGE, VIEWS = "/insights/stops-by-hour/", "/insights/views/"


def signed_in(role: str) -> tuple[Client, User]:
    client, user = Client(), make_user(role)
    client.force_login(user)
    return client, user


def keep(client: Client, **given: str) -> Any:
    return client.post(
        VIEWS, {"name": "Nights", "page": "stops-by-hour", "query": "hour_min=20", "role": "", **given}
    )


@pytest.mark.django_db
def test_a_view_is_kept_found_again_and_removed() -> None:
    client, user = signed_in("Policymaker")
    make_stop()
    reply = keep(client, query="hour_min=20&hour_max=4&page=3&format=csv&gender=")
    assert reply["Location"] == f"{PAGE}?hour_min=20&hour_max=4"
    view = SavedView.objects.get(owner=user)
    for address in (f"{PAGE}?all=yes", "/insights/"):
        assert f'href="{PAGE}?hour_min=20&amp;hour_max=4">Nights</a>' in client.get(address).content.decode()
    assert client.post(f"{VIEWS}{view.pk}/remove/").status_code == 302
    assert not SavedView.objects.exists()


@pytest.mark.django_db
def test_the_same_name_takes_the_place_of_what_it_was() -> None:
    client, _ = signed_in("Analyst")
    keep(client)
    keep(client, query="hour_min=22")
    assert [view.query for view in SavedView.objects.all()] == ["hour_min=22"]


@pytest.mark.django_db
def test_a_shared_view_is_seen_by_its_role_and_changed_by_nobody_else() -> None:
    owner, _ = signed_in("Analyst")
    keep(owner, role="Policymaker")
    view = SavedView.objects.get()
    reader, _ = signed_in("Policymaker")
    officer, _ = signed_in("Officer")
    assert "Nights" in reader.get("/insights/").content.decode()
    assert "Nights" not in officer.get("/insights/").content.decode()
    assert reader.post(f"{VIEWS}{view.pk}/remove/").status_code == 404
    assert officer.post(f"{VIEWS}{view.pk}/default/").status_code == 404
    assert reader.post(f"{VIEWS}{view.pk}/default/").status_code == 302
    SavedView.objects.update(role="")
    assert reader.get(PAGE).status_code == 200, "a default that is no longer shared is forgotten"


@pytest.mark.django_db
def test_a_page_opens_with_its_default_until_it_is_chosen_again() -> None:
    client, _ = signed_in("Policymaker")
    make_stop()
    keep(client)
    view = SavedView.objects.get()
    client.post(f"{VIEWS}{view.pk}/default/")
    assert client.get(PAGE)["Location"] == f"{PAGE}?hour_min=20"
    html = client.get(f"{PAGE}?hour_min=20").content.decode()
    assert f'href="{PAGE}?all=yes">Clear all' in html
    assert client.get(f"{PAGE}?all=yes").status_code == 200
    assert client.get(f"{PAGE}?format=json").json()["filters"] == {}, "scripts get what they ask for"
    client.post(f"{VIEWS}{view.pk}/default/")
    assert not DefaultView.objects.exists()
    assert client.get(PAGE).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": " "}, "Give the view a name."),
        ({"name": "x" * 61}, "A name has 60 characters at most."),
        ({"page": "no-such-page"}, "There is no such page to keep a view of."),
        ({"page": "data"}, "There is no such page to keep a view of."),
        ({"role": "Administrator"}, "Views are shared with a role of the list"),
        ({"query": "vehicle=AB1"}, "A vehicle number is not kept in a view."),
        ({"query": "a=" + "x" * 2500}, "The address is too long to be kept."),
        ({"name": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_kept_is_said_in_words(given: dict[str, str], says: str) -> None:
    client, _ = signed_in("Policymaker")
    assert keep(client, **given).status_code == 302
    assert says in client.get("/insights/").content.decode()
    assert not SavedView.objects.exists()


@pytest.mark.django_db
def test_a_name_is_text_and_an_address_leads_nowhere_else() -> None:
    client, _ = signed_in("Analyst")
    reply = keep(client, name="<b>x</b>", query="//evil.example/?x=1")
    assert reply["Location"].startswith(f"{PAGE}?")
    text = client.get("/insights/").content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert "<b>x</b>" not in text


@pytest.mark.django_db
def test_a_view_of_the_rows_is_not_shown_to_those_who_read_none() -> None:
    owner, _ = signed_in("Officer")
    assert keep(owner, page="data", role="Policymaker", query="drugs=yes").status_code == 302
    assert SavedView.objects.get().page == "data"
    reader, _ = signed_in("Policymaker")
    assert "Nights" not in reader.get("/insights/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_view_is_kept_by_hand(page_as: Any) -> None:
    make_stop()
    page = page_as("Policymaker", "phone")
    page.goto(f"{PAGE}?hour_min=6")
    page.click(".saved-views > summary")
    page.fill("#view-name", "Mornings")
    page.click(".save-view button")
    page.click(".saved-views > summary")
    assert_clean(page)
    assert page.locator(".saved-views a", has_text="Mornings").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(page)
