"""The front page: for each permission its part, so that every role begins where its work is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group, User
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone

from insights.catalogue import CATALOGUE, find
from insights.checking import found_wrong
from insights.codes import Codes
from insights.filters import Filters
from insights.insight import GROUPS
from insights.overview import cards
from insights.profiles.runs import standing
from insights.saved.views import all_views
from insights.viewer import Viewer
from ledger.access import agency_of
from ledger.choices import AuditVerb
from ledger.duty import duty_of
from ledger.forms.correction import LookupForm
from ledger.models import Agency, AuditEvent, Contraband, Officer, Post, Race, SearchBasis, Violation
from ledger.overview import Shift, Waiting, imports_to_mend, posts_today
from prediction.drift.looking import to_be_noted
from prediction.drift.report import changed_for
from securecheck.roles import ROLES

FEATURED = (
    "yearly-stops-and-arrests",
    "night-arrest-rate",
    "search-rate-by-race-and-gender",
    "drug-rate-by-country",
)
MOST_IMPORTS = 3


def home_context(request: HttpRequest) -> dict[str, Any]:
    """The parts that the user's permissions call for; the template shows what is there."""
    user = request.user
    agency = agency_of(user)
    parts: dict[str, Any] = {"today": agency.now() if agency else timezone.localtime()}
    if duty_of(request) is not None:
        parts["desk"] = Shift.of(user)
        parts["look_up"] = _look_up()
    elif user.has_perm("ledger.add_stop"):
        parts["no_number"] = True
    if user.has_perm("ledger.review_stop"):
        parts["waiting"] = Waiting.of(user)
        parts["posts"] = _posts(user)
    if user.has_perm("insights.view_exact"):
        parts["checked"] = standing(None)
    elif user.has_perm("ledger.review_stop") and agency:
        parts["checked"] = standing(agency)
    if user.has_perm("ledger.import_stops"):
        to_mend = imports_to_mend(user)
        parts |= {"imports_to_mend": to_mend[:MOST_IMPORTS], "imports_to_mend_count": to_mend.count()}
    if user.has_perm("insights.view_insights"):
        parts["questions"] = _questions()
        parts["saved_views"] = all_views(user)
        if duty_of(request) is None:
            parts |= _from_the_ledger(user)
    if user.has_perm("ledger.review_stop") or user.has_perm("auth.change_user"):
        parts["wrong_figures"] = found_wrong()
    if user.has_perm("prediction.sign_model"):
        parts["drift"] = _drift(user)
    if user.has_perm("auth.change_user"):
        parts["administration"] = _administration()
    return parts


def _look_up() -> LookupForm:
    """The vehicle look-up. It does not take the focus: on the front page single keys are shortcuts."""
    form = LookupForm(auto_id="look_up_%s")
    form.fields["vehicle"].widget.attrs.pop("autofocus", None)
    return form


def _posts(user: Any) -> dict[str, Any] | None:
    """Stops today at each post of the own agency; nothing for those without one."""
    agency = agency_of(user)
    return {"agency": agency, "weekday": agency.now(), "rows": posts_today(agency)} if agency else None


def _questions() -> list[tuple[str, list[Any]]]:
    """The questions by group, in the order of the catalogue."""
    return [(group, [insight for insight in CATALOGUE if insight.group == group]) for group in GROUPS]


def _from_the_ledger(user: Any) -> dict[str, Any]:
    """Figures at a glance, and a few questions with a sentence computed from what this reader may see."""
    viewer, codes = Viewer.of(user), Codes()
    return {
        "glance": cards(viewer, codes),
        "findings": _findings(viewer, codes),
        "data_as_at": timezone.localtime(),
    }


def _findings(viewer: Viewer, codes: Codes) -> list[dict[str, Any]]:
    featured = [insight for slug in FEATURED if (insight := find(slug))]
    return [
        {"insight": insight, "says": insight.in_short(Filters({}, codes), viewer)} for insight in featured
    ]


def _drift(user: Any) -> dict[str, Any] | None:
    """What drifts and is not noted yet, as this reader may see it."""
    report = to_be_noted()
    if report is None:
        return None
    return {"month": report.month, "changed": changed_for(report, Viewer.of(user).exact)}


def _administration() -> dict[str, Any]:
    """What an administrator keeps, in numbers. No stop is looked at."""
    since = timezone.now() - timedelta(days=1)
    events = AuditEvent.objects.filter(at__gte=since).aggregate(
        failed=Count("pk", filter=Q(verb=AuditVerb.SIGN_IN_FAILED)),
        refused=Count("pk", filter=Q(verb=AuditVerb.REFUSAL)),
    )
    groups = Group.objects.annotate(active=Count("user", filter=Q(user__is_active=True)))
    roles = dict(groups.values_list("name", "active"))
    codes = {
        model._meta.verbose_name_plural: model.objects.count()
        for model in (Violation, Race, SearchBasis, Contraband)
    }
    return {
        "roles": [(role, roles.get(role, 0)) for role in ROLES],
        "without_role": User.objects.filter(is_active=True, is_superuser=False, groups=None).count(),
        "agencies": Agency.objects.count(),
        "posts": Post.objects.in_use_on(timezone.localdate()).count(),
        "officers": Officer.objects.filter(active=True).count(),
        "codes": codes,
        **events,
    }
