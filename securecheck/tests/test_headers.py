"""What every reply carries, errors too; and what errors never tell."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.test import Client
from django.urls import path, reverse

from ledger.tests.factories import make_stop, make_user
from securecheck import views
from securecheck.urls import urlpatterns as ours

pytestmark = pytest.mark.django_db
SECRET = "kept-out-of-every-reply"


def break_down(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


urlpatterns = [*ours, path("break-down/", break_down, name="break-down")]
handler400, handler403 = views.explain_bad_request, views.explain_refusal
handler404, handler500 = views.explain_missing, views.explain_error


def replies(client: Client) -> dict[str, Any]:
    """A page, a form, a file, every kind of error, as somebody signed in."""
    supervisor = make_user("Supervisor")
    make_stop(supervisor.officer.agency, vehicle="KA01AB1234")
    client.force_login(supervisor)
    client.raise_request_exception = False
    checked = Client(enforce_csrf_checks=True)
    return {
        "page": client.get(reverse("home")),
        "list": client.get(reverse("stops")),
        "form": client.get(reverse("log-stop")),
        "file": client.get(reverse("stops"), {"format": "csv"}),
        "admin": client.get(reverse("admin:ledger_stop_changelist")),
        "redirect": Client().get(reverse("home")),
        "sign-in": Client().get(reverse("sign-in")),
        "health": Client().get(reverse("health")),
        "not found": client.get("/nothing/here/"),
        "refused": client.get(reverse("admin:auth_user_changelist")),
        "wrong method": client.get(reverse("sign-out")),
        "stale form": checked.post(reverse("sign-in"), {"username": "mira"}),
        "wrong host": client.get("/", headers={"host": "evil.example"}),
        "broken": client.get("/break-down/"),
    }


@pytest.fixture
def answered(client: Client, settings: Any) -> dict[str, Any]:
    settings.ROOT_URLCONF = "securecheck.tests.test_headers"
    return replies(client)


def test_the_replies_are_what_they_are_meant_to_be(answered: dict[str, Any]) -> None:
    expected = {"redirect": 302, "not found": 404, "refused": 403, "wrong method": 405, "stale form": 403}
    expected |= {"wrong host": 400, "broken": 500}
    assert {name: reply.status_code for name, reply in answered.items()} == {
        name: expected.get(name, 200) for name in answered
    }


def test_every_reply_carries_the_policy_and_its_companions(answered: dict[str, Any]) -> None:
    for name, reply in answered.items():
        assert "default-src 'none'" in reply["Content-Security-Policy"], name
        assert reply["X-Content-Type-Options"] == "nosniff", name
        assert reply["Referrer-Policy"] == "same-origin", name
        assert reply["X-Frame-Options"] == "DENY", name
        assert reply["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert "camera=()" in reply["Permissions-Policy"], name


def test_no_reply_is_kept_by_a_cache(answered: dict[str, Any]) -> None:
    for name, reply in answered.items():
        assert "no-store" in reply["Cache-Control"], name
        assert "private" in reply["Cache-Control"], name


def test_the_policy_allows_nothing_inline_and_no_other_site(answered: dict[str, Any]) -> None:
    policy = answered["page"]["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert "unsafe" not in policy
    assert "http" not in policy
    assert (directives["script-src"], directives["style-src"]) == ("'self'", "'self'")
    for name in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert directives[name] == "'none'"
    assert directives["form-action"] == "'self'"


def test_errors_are_sentences_without_traces(answered: dict[str, Any]) -> None:
    for name in ("not found", "refused", "stale form", "wrong host", "broken"):
        text = answered[name].content.decode()
        assert text.count("<h1>") == 1, name
        for trace in (SECRET, "Traceback", "Exception", "RuntimeError", ".py", "django", "SELECT", "/work"):
            assert trace not in text, (name, trace)


def test_a_form_without_its_token_says_what_to_do_and_does_nothing(client: Client) -> None:
    checked = Client(enforce_csrf_checks=True)
    officer = make_user("Officer")
    checked.force_login(officer)
    reply = checked.post(reverse("sign-out"))
    assert reply.status_code == 403
    assert "This form was open too long" in reply.content.decode()
    assert checked.get(reverse("home")).status_code == 200


@pytest.mark.parametrize(
    "explain",
    [
        views.explain_bad_request,
        views.explain_refusal,
        views.explain_missing,
        views.explain_error,
        views.explain_csrf,
    ],
)
def test_pages_of_last_resort_need_no_database_session_or_list_of_static_files(
    explain: Any, settings: Any, tmp_path: Any, django_assert_num_queries: Any
) -> None:
    backend = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STATIC_ROOT = tmp_path  # nothing was collected
    settings.STORAGES = settings.STORAGES | {"staticfiles": backend}
    with pytest.raises(ValueError, match="manifest"):
        static("css/frame.css")
    with django_assert_num_queries(0):
        reply = explain(HttpRequest())
    assert reply.content.decode().count("<h1>") == 1


def test_a_database_that_does_not_answer_is_told_in_words(client: Client) -> None:
    with mock.patch.object(connection, "cursor", side_effect=DatabaseError("connection to 10.0.0.7 refused")):
        reply = client.get(reverse("health"))
    assert (reply.status_code, reply.json()["why"]) == (503, "The database does not answer.")


def test_health_waits_for_every_migration(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'insights'")
    assert client.get(reverse("health")).status_code == 503


def test_health_says_ok_without_a_session(client: Client) -> None:
    reply = client.get(reverse("health"))
    assert (reply.status_code, reply.json()["status"]) == (200, "ok")
    assert not reply.cookies
