"""Administrators manage accounts: a role, an agency and a number for officers; never more than a role allows."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from ledger.choices import AuditVerb
from ledger.models import AuditEvent, Officer
from ledger.tests.factories import make_agency, make_stop, make_user
from securecheck.roles import ROLES

pytestmark = pytest.mark.django_db
PASSWORD = "a long pass phrase"


@pytest.fixture
def administrator() -> User:
    return make_user("Administrator")


@pytest.fixture
def admin(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def add(admin: Client, username: str = "mira", **fields: Any) -> Any:
    form = {
        "username": username,
        "role": "Policymaker",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "usable_password": "true",
    }
    return admin.post(reverse("admin:auth_user_add"), form | fields)


def change(admin: Client, user: User, **fields: Any) -> Any:
    form = {"username": user.username, "role": "Policymaker", "is_active": "on"}
    return admin.post(reverse("admin:auth_user_change", args=[user.pk]), form | fields)


def test_an_officers_account_is_made_with_agency_and_number(admin: Client) -> None:
    riverton = make_agency("Riverton Police")
    response = add(admin, "mira", role="Officer", agency=riverton.pk, officer_number="PC77")
    mira = User.objects.get(username="mira")
    assert response["Location"] == reverse("admin:auth_user_change", args=[mira.pk])
    assert ([group.name for group in mira.groups.all()], mira.is_staff, mira.is_superuser) == (
        ["Officer"],
        False,
        False,
    )
    assert (mira.officer.agency, mira.officer.number) == (riverton, "PC77")
    assert Client().login(username="mira", password=PASSWORD)


@pytest.mark.parametrize(
    ("role", "staff"), [("Supervisor", True), ("Administrator", True), ("Analyst", False)]
)
def test_only_the_roles_that_work_in_the_admin_enter_it(admin: Client, role: str, staff: bool) -> None:
    officer = {"agency": make_agency().pk, "officer_number": "PC1"} if role == "Supervisor" else {}
    add(admin, "mira", role=role, is_staff="on" if not staff else "", **officer)
    assert User.objects.get(username="mira").is_staff is staff


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"role": ""}, "This field is required"),
        ({"role": "Officer"}, "Choose the agency"),
        ({"role": "Officer"}, "Enter the officer&#x27;s number"),
        ({"role": "Policymaker", "officer_number": "PC7"}, "Leave this empty"),
        ({"role": "Emperor"}, "Select a valid choice"),
        ({"password2": "something else"}, "password fields didn’t match"),
        ({"password1": "short", "password2": "short"}, "too short"),
    ],
)
def test_an_incomplete_account_is_refused_with_the_reason(
    admin: Client, fields: dict[str, str], why: str
) -> None:
    assert why in add(admin, "mira", **fields).content.decode()
    assert not User.objects.filter(username="mira").exists()


def test_two_accounts_cannot_share_an_officers_number(admin: Client) -> None:
    officer = make_user("Officer", username="first").officer
    response = add(admin, "second", role="Officer", agency=officer.agency_id, officer_number=officer.number)
    assert "The account “first” has this number" in response.content.decode()


def test_the_number_of_an_officer_who_has_left_is_given_to_nobody(admin: Client) -> None:
    riverton = make_agency("Riverton Police")
    Officer.objects.create(agency=riverton, number="PC77", active=False)
    response = add(admin, "mira", role="Officer", agency=riverton.pk, officer_number="PC77")
    assert "no longer active" in response.content.decode()
    assert not User.objects.filter(username="mira").exists()


def test_an_officer_who_has_left_logs_and_reads_no_stops_and_the_account_can_be_ended(
    admin: Client,
) -> None:
    officer, stop = (
        make_user("Officer", make_agency("Riverton Police")),
        make_stop(make_agency("Riverton Police")),
    )
    desk = Client()
    desk.force_login(officer)
    assert desk.get(stop.get_absolute_url()).status_code == 200
    Officer.objects.filter(user=officer).update(active=False)
    assert desk.get(stop.get_absolute_url()).status_code == 404
    assert desk.get(reverse("log-stop")).status_code == 403
    held = {"agency": officer.officer.agency_id, "officer_number": officer.officer.number}
    assert change(admin, officer, role="Officer", is_active="", **held).status_code == 302
    officer.refresh_from_db()
    assert (officer.is_active, Officer.objects.get(user=officer).active) == (False, False)


def test_an_officer_who_becomes_a_policymaker_keeps_no_officers_number(admin: Client) -> None:
    user = make_user("Officer")
    number = user.officer.number
    assert change(admin, user, role="Policymaker").status_code == 302
    user = User.objects.get(pk=user.pk)
    assert [group.name for group in user.groups.all()] == ["Policymaker"]
    assert Officer.objects.get(number=number).user is None


def test_an_officer_who_changes_the_agency_leaves_the_old_number(admin: Client) -> None:
    user = make_user("Officer")
    old, lakeside = user.officer, make_agency("Lakeside Police")
    change(admin, user, role="Officer", agency=lakeside.pk, officer_number="PC5")
    old.refresh_from_db()
    assert (old.user, User.objects.get(pk=user.pk).officer.agency) == (None, lakeside)


def test_no_form_grants_more_than_a_role(admin: Client) -> None:
    user = make_user("Policymaker")
    powers = {"is_superuser": "on", "is_staff": "on", "groups": [g.pk for g in Group.objects.all()]}
    change(admin, user, user_permissions=[Permission.objects.get(codename="view_stop").pk], **powers)
    user = User.objects.get(pk=user.pk)
    assert (user.is_superuser, user.is_staff, user.groups.count(), user.user_permissions.count()) == (
        False,
        False,
        1,
        0,
    )


def test_a_saved_account_loses_permissions_that_no_role_has_given(admin: Client) -> None:
    user = make_user("Policymaker")
    user.user_permissions.add(Permission.objects.get(codename="view_stop"))
    user.groups.add(Group.objects.get(name="Analyst"))
    change(admin, user, role="Policymaker")
    user = User.objects.get(pk=user.pk)
    assert user.get_all_permissions() == set(ROLES["Policymaker"])


def test_administrators_neither_see_nor_change_a_superuser(admin: Client) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    assert "root" not in admin.get(reverse("admin:auth_user_changelist")).content.decode()
    assert admin.get(reverse("admin:auth_user_change", args=[root.pk])).status_code == 404
    new = {"password1": "taken over by me", "password2": "taken over by me", "usable_password": "true"}
    for act in ("change", "password_change"):
        assert admin.post(reverse(f"admin:auth_user_{act}", args=[root.pk]), new).status_code in (403, 404)
    root.refresh_from_db()
    assert root.check_password(PASSWORD)


def test_nobody_changes_the_own_role_or_ends_the_own_account(admin: Client, administrator: User) -> None:
    change(
        admin, administrator, role="Supervisor", agency=make_agency().pk, officer_number="PC9", is_active=""
    )
    administrator = User.objects.get(pk=administrator.pk)
    assert [group.name for group in administrator.groups.all()] == ["Administrator"]
    assert administrator.is_active
    assert administrator.is_staff


def test_the_own_name_can_be_changed(admin: Client, administrator: User) -> None:
    assert change(admin, administrator, first_name="Asha", last_name="Rao").status_code == 302
    assert User.objects.get(pk=administrator.pk).get_full_name() == "Asha Rao"


def test_an_account_is_ended_and_never_deleted(admin: Client) -> None:
    user = make_user("Policymaker")
    theirs = Client()
    theirs.force_login(user)
    assert change(admin, user, is_active="").status_code == 302
    assert theirs.get(reverse("home")).status_code == 302
    assert admin.post(f"/admin/auth/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}
    admin.post(reverse("admin:auth_user_changelist"), bulk)
    assert User.objects.filter(pk=user.pk).exists()


def test_a_new_password_ends_the_sessions_of_the_account_and_is_in_the_audit_trail(admin: Client) -> None:
    user = make_user("Policymaker")
    theirs = Client()
    theirs.force_login(user)
    new = {
        "password1": "quite another phrase",
        "password2": "quite another phrase",
        "usable_password": "true",
    }
    assert admin.post(reverse("admin:auth_user_password_change", args=[user.pk]), new).status_code == 302
    assert theirs.get(reverse("home")).status_code == 302
    event = AuditEvent.objects.get(verb=AuditVerb.ADMINISTRATION, object_id=str(user.pk))
    assert "phrase" not in str(vars(event))


def test_what_was_changed_is_in_the_audit_trail_by_field(admin: Client, administrator: User) -> None:
    user = make_user("Policymaker")
    change(admin, user, role="Analyst", last_name="Rao")
    event = AuditEvent.objects.get(verb=AuditVerb.ADMINISTRATION)
    assert (event.user_id, event.object_kind, event.object_id) == (administrator.pk, "user", str(user.pk))
    assert set(event.detail["changes"]) == {"Last name", "role"}


def test_the_list_shows_role_agency_and_number(admin: Client) -> None:
    user, other = make_user("Supervisor", make_agency("Lakeside Police")), make_user("Officer", make_agency())
    one_agency = {"officer__agency__id__exact": user.officer.agency_id}
    text = admin.get(reverse("admin:auth_user_changelist"), one_agency).content.decode()
    assert all(word in text for word in ("Supervisor", "Lakeside Police", user.officer.number))
    assert other.username not in text


def test_the_list_costs_the_same_for_many_accounts(admin: Client, django_assert_num_queries: Any) -> None:
    def queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            admin.get(reverse("admin:auth_user_changelist"))
        return len(seen)

    make_user("Officer")
    queries()  # what is kept for the process is looked up by the first page
    few = queries()
    for _ in range(5):
        make_user("Supervisor")
    assert queries() == few


def test_groups_and_jobs_have_no_pages(admin: Client) -> None:
    for page in ("auth/group/", "procrastinate/procrastinatejob/"):
        assert admin.get(f"/admin/{page}").status_code == 404


def test_the_admin_has_no_second_door(client: Client) -> None:
    assert client.get("/admin/auth/user/")["Location"] == "/sign-in/?next=/admin/auth/user/"
    asked = client.get("/admin/login/", {"next": "/admin/auth/user/"})
    assert asked["Location"] == "/sign-in/?next=%2Fadmin%2Fauth%2Fuser%2F"
    administrator = make_user("Administrator")
    form = {"username": administrator.username, "password": PASSWORD}
    assert client.post("/admin/login/", form)["Location"].startswith("/sign-in/")
    assert (
        client.post("/sign-in/?next=/admin/auth/user/", form | {"next": "/admin/auth/user/"})["Location"]
        == "/admin/auth/user/"
    )


def test_who_may_not_enter_the_admin_is_told_so(client: Client) -> None:
    client.force_login(make_user("Officer"))
    assert client.get("/admin/").status_code == 403
    assert client.get("/admin/login/", follow=True).status_code == 403


def test_the_admins_sign_out_and_password_pages_are_ours(admin: Client) -> None:
    assert admin.get("/admin/password_change/")["Location"] == reverse("password")
    assert admin.post("/admin/logout/")["Location"] == reverse("sign-in")
    assert admin.get(reverse("home")).status_code == 302
