"""The roles: what each may do. Groups of the same names are kept in step after every migrate."""

from __future__ import annotations

from typing import Any

ROLES: dict[str, list[str]] = {
    "Officer": [
        "ledger.add_stop",
        "ledger.view_stop",
        "insights.view_insights",
        "prediction.view_prediction",
    ],
    "Supervisor": [
        "ledger.add_stop",
        "ledger.view_stop",
        "ledger.correct_stop",
        "ledger.review_stop",
        "ledger.import_stops",
        "insights.view_insights",
        "prediction.view_prediction",
        "prediction.sign_model",
        "prediction.plan_patrol",
        "prediction.approve_patrol",
        "prediction.edit_patrol_policy",
    ],
    "Policymaker": ["insights.view_insights", "prediction.view_prediction"],
    "Analyst": [
        "ledger.correct_stop",
        "ledger.review_stop",
        "ledger.import_stops",
        "ledger.import_any_agency",
        "insights.view_insights",
        "insights.view_exact",
        "prediction.view_prediction",
        "prediction.train_model",
        "prediction.sign_model",
        "prediction.plan_patrol",
        "prediction.approve_patrol",
        "prediction.edit_patrol_policy",
    ],
    "Administrator": [
        *(f"auth.{act}_user" for act in ("view", "add", "change")),
        *(
            f"ledger.{act}_{model}"
            for model in (
                "agency",
                "country",
                "area",
                "post",
                "officer",
                "violation",
                "race",
                "searchbasis",
                "contraband",
            )
            for act in ("view", "add", "change")
        ),
        *(f"insights.{act}_event" for act in ("view", "add", "change")),
        "ledger.view_auditevent",
    ],
}
# Who enters the admin, and who signs in as an officer of an agency. Both follow from the role.
STAFF_ROLES = ("Supervisor", "Administrator")
OFFICER_ROLES = ("Officer", "Supervisor")


def seed_roles(**_: Any) -> None:
    """Make the groups and give each exactly the permissions declared here."""
    from django.apps import apps
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    for label in ("auth", "ledger", "insights", "prediction"):
        create_permissions(apps.get_app_config(label), verbosity=0)
    known = {
        f"{p.content_type.app_label}.{p.codename}": p
        for p in Permission.objects.select_related("content_type")
    }
    for name, permissions in ROLES.items():
        group, _made = Group.objects.get_or_create(name=name)
        group.permissions.set([known[permission] for permission in permissions])
