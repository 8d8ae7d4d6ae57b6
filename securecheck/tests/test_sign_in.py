"""Signing in and out: who may, where it leads, and what the audit trail keeps of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from ledger.choices import AuditVerb
from ledger.models import AuditEvent
from ledger.tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "a long pass phrase"


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return client.post(reverse("sign-in"), {"username": user.username, "password": password, **more})


def events(verb: AuditVerb) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(verb=verb))


def test_signing_in_opens_the_front_page_and_is_in_the_audit_trail(client: Client) -> None:
    officer = make_user("Officer")
    response = sign_in(client, officer)
    assert (response.status_code, response["Location"]) == (302, reverse("home"))
    [event] = events(AuditVerb.SIGN_IN)
    assert (event.user_id, event.role, event.address, event.done) == (
        officer.pk,
        "Officer",
        "127.0.0.1",
        True,
    )


def test_a_wrong_password_is_told_without_saying_what_was_wrong(client: Client) -> None:
    officer = make_user("Officer")
    known = sign_in(client, officer, "not my pass phrase")
    unknown = client.post(reverse("sign-in"), {"username": "nobody", "password": "not my pass phrase"})
    sentence = "Username and password do not belong together."
    assert sentence in known.content.decode()
    assert sentence in unknown.content.decode()


def test_a_failed_sign_in_is_kept_without_anything_that_was_typed(client: Client) -> None:
    officer = make_user("Officer")
    sign_in(client, officer, "my other secret")
    client.post(reverse("sign-in"), {"username": "typed my secret here", "password": ""})
    client.post(reverse("sign-in"), {"username": "typed my secret here", "password": "x"})
    kept = events(AuditVerb.SIGN_IN_FAILED)
    assert {(event.object_id, event.done, event.user_id) for event in kept} == {
        (str(officer.pk), False, None),
        ("unknown", False, None),
    }
    assert "secret" not in str([vars(event) for event in kept])


def test_signing_out_ends_the_session_and_clears_the_browser(client: Client) -> None:
    officer = make_user("Officer")
    sign_in(client, officer)
    stale = client.cookies["sessionid"].value
    response = client.post(reverse("sign-out"))
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert [event.user_id for event in events(AuditVerb.SIGN_OUT)] == [officer.pk]
    client.cookies["sessionid"] = stale
    assert client.get(reverse("home")).status_code == 302


def test_a_link_cannot_sign_anybody_out(client: Client) -> None:
    sign_in(client, make_user("Officer"))
    assert client.get(reverse("sign-out")).status_code == 405
    assert client.get(reverse("home")).status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_never_leads_to_another_site(client: Client, target: str) -> None:
    response = sign_in(client, make_user("Officer"), next=target)
    assert response["Location"] == reverse("home")


def test_signing_in_leads_to_the_page_that_was_asked_for(client: Client) -> None:
    wanted = reverse("password")
    asked = client.get(wanted)
    assert asked["Location"] == f"{reverse('sign-in')}?next={wanted}"
    assert sign_in(client, make_user("Officer"), next=wanted)["Location"] == wanted


def test_the_session_gets_a_new_name_at_sign_in(client: Client) -> None:
    """A session planted before the sign-in is worth nothing after it."""
    session = client.session
    session["planted"] = True
    session.save()
    before = str(session.session_key)
    sign_in(client, make_user("Officer"))
    assert client.session.session_key != before
    other = Client()
    other.cookies["sessionid"] = before
    assert other.get(reverse("home")).status_code == 302


def test_an_account_that_was_ended_loses_access_at_once_and_cannot_return(client: Client) -> None:
    officer = make_user("Officer")
    sign_in(client, officer)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert client.get(reverse("home")).status_code == 302
    assert "do not belong together" in sign_in(client, officer).content.decode()


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client) -> None:
    sign_in(client, make_user("Officer"))
    cookie = client.cookies["sessionid"]
    assert (bool(cookie["httponly"]), cookie["samesite"]) == (True, "Lax")
    assert not cookie["max-age"], "the cookie goes with the browser's window"


def test_a_session_ends_after_twelve_hours(client: Client) -> None:
    sign_in(client, make_user("Officer"))
    assert client.session.get_expiry_age() == 12 * 60 * 60


def test_who_is_signed_in_is_not_asked_again(client: Client) -> None:
    sign_in(client, make_user("Officer"))
    assert client.get(reverse("sign-in"))["Location"] == reverse("home")


def test_a_name_as_password_opens_nothing_that_others_can_reach(client: Client, settings: Any) -> None:
    user = User.objects.create_user("mira", password="mira")
    settings.LOCAL_ONLY = False
    assert "which anybody can guess" in sign_in(client, user, "mira").content.decode()
    settings.LOCAL_ONLY = True
    assert sign_in(client, user, "mira").status_code == 302


# The own password


def change(client: Client, old: str, new: str) -> Any:
    return client.post(reverse("password"), {"old_password": old, "new_password1": new, "new_password2": new})


def test_a_changed_password_keeps_this_session_and_ends_all_others(client: Client) -> None:
    officer = make_user("Officer")
    elsewhere = Client()
    for one in (client, elsewhere):
        sign_in(one, officer)
    response = change(client, PASSWORD, "quite another phrase")
    assert (response.status_code, response["Location"]) == (302, reverse("home"))
    assert client.get(reverse("home")).status_code == 200
    assert elsewhere.get(reverse("home")).status_code == 302
    [event] = events(AuditVerb.ADMINISTRATION)
    assert (event.object_kind, event.object_id, event.detail) == ("password", str(officer.pk), {})


@pytest.mark.parametrize(
    ("new", "why"),
    [("short one", "too short"), ("password1234", "too common"), ("officer-mira-1", "too similar")],
)
def test_a_weak_password_is_refused_with_the_reason(client: Client, new: str, why: str) -> None:
    officer = make_user("Officer", username="officer-mira")
    sign_in(client, officer)
    assert why in change(client, PASSWORD, new).content.decode()
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


def test_the_old_password_must_be_known_to_change_it(client: Client) -> None:
    officer = make_user("Officer")
    sign_in(client, officer)
    assert change(client, "guessed", "quite another phrase").status_code == 200
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


def test_a_button_pressed_after_the_session_ended_is_told_of_after_the_sign_in(client: Client) -> None:
    """The sign-in leads back to the button's address, at which there is no page."""
    pressed = client.post(reverse("hand-over"))
    back = client.post(
        pressed["Location"],
        {"username": make_user("Officer", username="mira").username, "password": PASSWORD},
    )
    assert back["Location"] == reverse("hand-over")
    told = client.get(back["Location"])
    assert (told.status_code, told["Allow"]) == (405, "POST")
    assert "what you pressed was not done" in told.content.decode()


def test_programs_are_still_told_in_their_own_words_which_method_to_use(client: Client) -> None:
    client.force_login(make_user("Analyst"))
    assert client.post(reverse("api-insights")).json() == {"error": "This address is only read: use GET."}
