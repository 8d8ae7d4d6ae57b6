"""The roles: what the groups in the database may do is what the code declares, no more and no less."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission

from ledger.models import Officer
from ledger.tests.factories import make_agency, make_user
from securecheck.access_map import ACCESS, EVERYBODY, NO_ROLE
from securecheck.accounts import give_role, role_of
from securecheck.roles import OFFICER_ROLES, ROLES, STAFF_ROLES, seed_roles

DOCS = Path(__file__).parents[2] / "docs"
READS_STOPS = (
    "ledger.view_stop",
    "ledger.add_stop",
    "ledger.correct_stop",
    "ledger.review_stop",
    "ledger.import_stops",
)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_exactly_the_declared_permissions(role: str) -> None:
    assert make_user(role).get_all_permissions() == set(ROLES[role])


@pytest.mark.django_db
def test_a_migrate_takes_back_what_somebody_gave_a_group_by_hand() -> None:
    group = Group.objects.get(name="Administrator")
    group.permissions.add(Permission.objects.get(codename="view_stop"))
    seed_roles()
    assert not group.permissions.filter(codename="view_stop").exists()


def test_an_administrator_may_do_nothing_with_stops_or_insights() -> None:
    assert not set(READS_STOPS) & set(ROLES["Administrator"])
    """But mark the events that trends are read against."""
    others = [one for one in ROLES["Administrator"] if one.startswith(("insights.", "prediction."))]
    assert others == ["insights.view_event", "insights.add_event", "insights.change_event"]


def test_nobody_may_delete_anything_or_change_permissions() -> None:
    given = {permission for permissions in ROLES.values() for permission in permissions}
    assert not [one for one in given if ".delete_" in one or one.endswith(("_group", "_permission"))]


def test_a_policymaker_has_no_exact_figures() -> None:
    assert ROLES["Policymaker"] == ["insights.view_insights", "prediction.view_prediction"]
    assert [role for role in ROLES if "insights.view_exact" in ROLES[role]] == ["Analyst"]


@pytest.mark.django_db
def test_giving_a_role_makes_the_account_exactly_that() -> None:
    agency = make_agency()
    user = make_user("Administrator")
    give_role(user, "Supervisor", agency, "PC7")
    user.refresh_from_db()
    assert (role_of(user), user.is_staff, user.officer.number) == ("Supervisor", True, "PC7")
    give_role(user, "Analyst")
    user.refresh_from_db()
    assert (role_of(user), user.is_staff) == ("Analyst", False)
    assert not Officer.objects.filter(user=user).exists()


@pytest.mark.django_db
def test_giving_the_same_role_again_keeps_the_number() -> None:
    user = make_user("Officer")
    officer = user.officer
    give_role(user, "Officer", officer.agency, officer.number)
    assert Officer.objects.get(user=user) == officer


def test_the_declared_roles_are_the_roles() -> None:
    assert set(EVERYBODY) == {*ROLES, NO_ROLE}
    assert {role for access in ACCESS.values() for role in access.roles} <= set(EVERYBODY)
    assert set(STAFF_ROLES) | set(OFFICER_ROLES) <= set(ROLES)


def test_every_role_is_told_of_in_the_administrators_page() -> None:
    text = (DOCS / "administrator.md").read_text()
    assert [role for role in ROLES if f"| {role} |" not in text] == []
