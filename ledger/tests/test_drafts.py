from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ledger.drafts import MOST_DRAFTS
from ledger.models import Draft, Stop
from ledger.tests.factories import make_post
from ledger.tests.stops import filled, log, signed_in, user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    make_post()
    return signed_in()


def typed(**changes: str) -> dict[str, str]:
    """A stop that is only half filled in."""
    half = filled(stopped_at="10:21", words="Broken <lamp>", gender="2", search=["1", "9"])
    return {name: value for name, value in half.items() if name not in ("outcome", "race")} | changes


def test_a_half_typed_stop_comes_back_as_it_was(officer: Client) -> None:
    reply = officer.post(reverse("save-draft"), typed())
    assert reply.json()["saved"]
    page = officer.get(reverse("log-stop")).content.decode()
    assert "had not finished" in page
    assert 'value="10:21"' in page
    assert "Broken &lt;lamp&gt;" in page
    assert 'value="LB76 KBP"' in page
    for part in ('name="gender" value="2"', 'name="search" value="1"', 'name="search" value="9"'):
        start = page.index(part)
        assert "checked" in page[start : start + 120]


def test_a_draft_that_came_back_shows_no_errors(officer: Client) -> None:
    officer.post(reverse("save-draft"), typed(stopped_at="99:99"))
    page = officer.get(reverse("log-stop")).content.decode()
    assert 'value="99:99"' in page
    assert "There is a problem" not in page


def test_typing_on_replaces_the_draft(officer: Client) -> None:
    key = str(uuid.uuid4())
    for words in ("Broken", "Broken lamp"):
        officer.post(reverse("save-draft"), typed(client_key=key, words=words))
    assert Draft.objects.get().data["fields"]["words"] == ["Broken lamp"]


def test_a_draft_survives_the_end_of_the_session(officer: Client) -> None:
    user = user_of(officer)
    officer.post(reverse("save-draft"), typed())
    officer.logout()
    response: Any = officer.get(reverse("log-stop"))
    assert response.url == f"{reverse('sign-in')}?next={reverse('log-stop')}"
    officer.force_login(user)
    assert "Broken &lt;lamp&gt;" in officer.get(reverse("log-stop")).content.decode()


def test_a_draft_is_kept_without_javascript(officer: Client) -> None:
    response: Any = officer.post(reverse("log-stop"), typed(act="draft"), follow=True)
    assert "Broken &lt;lamp&gt;" in response.content.decode()
    assert not Stop.objects.exists()


def test_a_blank_page_can_be_had_beside_a_draft(officer: Client) -> None:
    officer.post(reverse("save-draft"), typed())
    page = officer.get(reverse("log-stop") + "?draft=new").content.decode()
    assert "lamp" not in page
    assert "Unfinished: LB76 KBP, Speeding, stopped at 10:21." in page


def test_a_draft_is_discarded_by_its_owner_only(officer: Client) -> None:
    officer.post(reverse("save-draft"), typed())
    draft = Draft.objects.get()
    assert signed_in().post(reverse("discard-draft", args=[draft.pk])).status_code == 404
    officer.post(reverse("discard-draft", args=[draft.pk]))
    assert not Draft.objects.exists()


def test_drafts_are_seen_by_their_owner_only(officer: Client) -> None:
    officer.post(reverse("save-draft"), typed())
    other = signed_in()
    assert "lamp" not in other.get(f"{reverse('log-stop')}?draft={Draft.objects.get().pk}").content.decode()


def test_nobody_overwrites_the_draft_of_another(officer: Client) -> None:
    key = str(uuid.uuid4())
    officer.post(reverse("save-draft"), typed(client_key=key))
    reply = signed_in().post(reverse("save-draft"), typed(client_key=key, words="mine"))
    assert reply.status_code == 409
    assert "somebody else" in reply.json()["why"]
    assert Draft.objects.get().data["fields"]["words"] == ["Broken <lamp>"]


def test_a_late_keystroke_does_not_bring_a_saved_stop_back(officer: Client) -> None:
    sent = filled()
    officer.post(reverse("log-stop"), sent)
    assert officer.post(reverse("save-draft"), sent).json()["saved"] is False
    Draft.objects.create(pk=sent["client_key"], user=user_of(officer), data={"fields": {"words": ["ghost"]}})
    assert "ghost" not in officer.get(reverse("log-stop")).content.decode()


def test_a_draft_of_two_persons_comes_back_with_both(officer: Client) -> None:
    officer.post(reverse("save-draft"), typed(further="1") | {"person2-age": "71"})
    page = officer.get(reverse("log-stop")).content.decode()
    assert 'name="person2-age"' in page
    assert 'value="71"' in page


@pytest.mark.parametrize("key", ["", "x", "1" * 400, "\x00"])
def test_a_draft_without_a_key_is_refused_in_a_sentence(officer: Client, key: str) -> None:
    reply = officer.post(reverse("save-draft"), typed(client_key=key))
    assert reply.status_code == 400
    assert "Open the page anew" in reply.json()["why"]


def test_nul_and_nonsense_are_kept_without_harm(officer: Client) -> None:
    officer.post(
        reverse("save-draft"),
        typed(words="a\x00b", further="²", stopped_on="\x00", post="²", violation="x\x00"),
    )
    assert Draft.objects.get().data["fields"]["words"] == ["ab"]
    assert officer.get(reverse("log-stop")).status_code == 200


def test_a_draft_of_unreasonable_size_is_refused(officer: Client) -> None:
    reply = officer.post(reverse("save-draft"), typed(words="x" * 100_000))
    assert "too long" in reply.json()["why"]
    assert not Draft.objects.exists()


def test_a_page_with_nothing_typed_is_no_draft(officer: Client) -> None:
    untouched = {
        name: filled()[name] for name in ("further", "post", "stop_type", "stopped_on", "stopped_at")
    }
    key = str(uuid.uuid4())
    officer.post(reverse("save-draft"), typed(client_key=key))
    assert (
        officer.post(reverse("save-draft"), untouched | {"client_key": key, "age": ""}).json()["saved"]
        is False
    )
    assert not Draft.objects.exists()


def test_drafts_do_not_pile_up_for_ever(officer: Client) -> None:
    for _ in range(MOST_DRAFTS):
        officer.post(reverse("save-draft"), typed(client_key=str(uuid.uuid4())))
    reply = officer.post(reverse("save-draft"), typed(client_key=str(uuid.uuid4())))
    assert "Finish or discard" in reply.json()["why"]


def test_drafts_hold_neither_token_nor_button(officer: Client) -> None:
    officer.post(reverse("save-draft"), typed(csrfmiddlewaretoken="secret", act="draft"))
    assert "secret" not in json.dumps(Draft.objects.get().data)


def test_after_saving_the_next_page_is_blank_even_beside_a_draft(officer: Client) -> None:
    officer.post(reverse("save-draft"), typed())
    page = log(officer, vehicle="AB12CDE").content.decode()
    assert "Broken &lt;lamp&gt;" not in page


@pytest.mark.parametrize("role", ["Policymaker", "Analyst", "Administrator"])
def test_who_logs_no_stops_keeps_no_drafts(role: str) -> None:
    assert signed_in(role).post(reverse("save-draft"), typed()).status_code == 403
    assert not Draft.objects.exists()
