"""The demonstration: an account of each role, 20,000 made-up stops, once, and only on the machine itself."""

from __future__ import annotations

import io
import time
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from insights.models import StopFact
from ledger import signals
from ledger.models import ImportRun, Officer, Stop
from ledger.synthesis.load import load
from ledger.synthesis.places import FORCES
from prediction.models import ModelRun
from prediction.tasks import first_models
from securecheck import demo
from securecheck.demo import DEMO_ROLES, demo_accounts

pytestmark = pytest.mark.django_db
FULL_STRENGTH = "django.contrib.auth.hashers.PBKDF2PasswordHasher"


def run(**options: Any) -> str:
    said = io.StringIO()
    call_command("demo", stdout=said, **options)
    return said.getvalue()


@pytest.fixture
def small_ledger(monkeypatch: pytest.MonkeyPatch) -> int:
    """The same ledger in small: most of these tests ask what happens, not how many."""
    monkeypatch.setattr(demo, "load", lambda total, *args, **named: load(300, *args, **named))
    return 300


def test_there_is_one_account_of_each_role_named_as_it() -> None:
    run(users_only=True)
    made = {user.username: [group.name for group in user.groups.all()] for user in User.objects.all()}
    assert made == {
        "officer": ["Officer"],
        "supervisor": ["Supervisor"],
        "policymaker": ["Policymaker"],
        "analyst": ["Analyst"],
        "administrator": ["Administrator"],
    }
    assert not User.objects.filter(is_superuser=True).exists()
    assert Stop.objects.count() == 0


@pytest.mark.parametrize("name", DEMO_ROLES)
def test_each_signs_in_with_the_name_as_password(client: Client, name: str) -> None:
    run(users_only=True)
    response = client.post(reverse("sign-in"), {"username": name, "password": name})
    assert (response.status_code, response["Location"]) == (302, reverse("home"))


def test_officer_and_supervisor_belong_to_india() -> None:
    run(users_only=True)
    for name in ("officer", "supervisor"):
        assert User.objects.get(username=name).officer.agency.name == "India"
    assert Officer.objects.filter(user__isnull=False).count() == 2


def test_the_accounts_are_made_in_half_a_second(settings: Any) -> None:
    """They stand between a first start and its first page."""
    settings.PASSWORD_HASHERS = [FULL_STRENGTH]
    begun = time.perf_counter()
    demo.make_demo_accounts()
    assert time.perf_counter() - begun < 0.5


def test_the_first_sign_in_brings_the_password_to_full_strength(client: Client, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [FULL_STRENGTH]
    run(users_only=True)
    before = User.objects.get(username="officer").password
    assert client.login(username="officer", password="officer")
    after = User.objects.get(username="officer").password
    rounds = [int(kept.split("$")[1]) for kept in (before, after)]
    assert rounds[0] < 10_000 < 500_000 < rounds[1]


def test_a_second_run_changes_nothing(small_ledger: int) -> None:
    run()
    before = list(User.objects.order_by("pk").values())
    assert "there already" in run()
    assert list(User.objects.order_by("pk").values()) == before
    assert (Stop.objects.count(), ImportRun.objects.count()) == (small_ledger, 1)


def test_a_changed_password_is_not_set_back() -> None:
    run(users_only=True)
    user = User.objects.get(username="analyst")
    user.set_password("quite another phrase")
    user.save()
    run(users_only=True)
    assert User.objects.get(username="analyst").check_password("quite another phrase")


def test_the_demo_ledger_holds_20000_stops_of_three_agencies_in_the_insights() -> None:
    assert "20,000 made-up stops" in run()
    assert (Stop.objects.current().count(), StopFact.objects.count()) == (20_000, 20_000)
    assert set(Stop.objects.values_list("agency__name", flat=True).distinct().order_by()) == {
        f.country for f in FORCES
    }
    assert not Stop.objects.filter(post=None).exists()
    assert not Stop.objects.filter(officer=None).exists()
    assert 60 < Stop.objects.waiting_for_review().count() < 300


@pytest.mark.parametrize(
    ("trouble", "seen"), [(RuntimeError("gone"), RuntimeError), (OSError(28, "No space"), CommandError)]
)
def test_a_load_that_breaks_off_leaves_nothing_and_the_next_one_does_it(
    small_ledger: int, monkeypatch: pytest.MonkeyPatch, trouble: Exception, seen: type[Exception]
) -> None:
    def break_off(**_: Any) -> None:
        raise trouble

    with monkeypatch.context() as patch:
        patch.setattr(signals.stops_added, "send", break_off)
        with pytest.raises(seen):
            run()
    assert (Stop.objects.count(), ImportRun.objects.count(), StopFact.objects.count()) == (0, 0, 0)
    assert demo.demo_ledger_is_missing()
    run()
    assert Stop.objects.count() == small_ledger


def test_the_worker_is_asked_once_to_learn_from_it(small_ledger: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        run()
        run()
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'prediction.first_models'")
        assert cursor.fetchone() == (1,)


def test_only_what_nobody_learned_yet_is_learned(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    learned: list[str] = []

    def learn(command: str, family: str, **_: Any) -> None:
        learned.append(f"{command} {family}")
        if family == "violation":
            raise CommandError("There are 12 stops to learn from. At least 500 are needed.")

    monkeypatch.setattr("django.core.management.call_command", learn)
    first_models()
    assert learned == ["train outcome", "train violation"]
    assert "At least 500 are needed" in caplog.text, "too few stops are no fault, and said"
    day = date(2026, 1, 1)
    ModelRun.objects.create(kind="outcome", data_first=day, data_last=day, data_rows=1, seed=1, seconds=1)
    first_models()
    assert learned[2:] == ["train violation"]


def test_an_undone_demo_ledger_does_not_come_back(small_ledger: int) -> None:
    from ledger.models import ImportUndo

    run()
    ImportUndo.objects.create(import_run=ImportRun.objects.get(), reason="not wanted")
    run()
    assert Stop.objects.current().count() == 0


# Only on the machine itself


def test_where_others_can_reach_it_no_demo_is_made(settings: Any) -> None:
    settings.LOCAL_ONLY, settings.ALLOWED_HOSTS = False, ["stops.example.org"]
    with pytest.raises(CommandError, match=r"serves stops\.example\.org"):
        run()
    assert not User.objects.exists()


def test_forced_accounts_get_passwords_that_nobody_guesses(settings: Any) -> None:
    settings.LOCAL_ONLY, settings.ALLOWED_HOSTS = False, ["stops.example.org"]
    said = run(users_only=True, force=True)
    for name in DEMO_ROLES:
        [password] = [
            line.split("password ")[1] for line in said.splitlines() if line.startswith(f"Account {name},")
        ]
        assert len(password) >= 16
        assert User.objects.get(username=name).check_password(password)


def test_the_sign_in_page_names_the_demo_accounts_on_the_machine_itself_only(
    client: Client, settings: Any
) -> None:
    assert "policymaker" not in client.get(reverse("sign-in")).content.decode()
    run(users_only=True)
    assert [account["username"] for account in demo_accounts()] == list(DEMO_ROLES)
    page = client.get(reverse("sign-in")).content.decode()
    assert "the password is the username" in page
    assert all(page.count(f">{name}<") == 1 for name in DEMO_ROLES)
    for name, value in (("LOCAL_ONLY", False), ("DEMO", False)):
        setattr(settings, name, value)
        assert demo_accounts() == []
        setattr(settings, name, True)


def test_an_account_whose_password_was_changed_or_that_was_ended_is_not_offered() -> None:
    run(users_only=True)
    User.objects.filter(username="officer").update(is_active=False)
    user = User.objects.get(username="analyst")
    user.set_password("quite another phrase")
    user.save()
    assert {account["username"] for account in demo_accounts()} == {
        "supervisor",
        "policymaker",
        "administrator",
    }
