"""Who may open which address. Every address stands here; a test tries each as every role, own and others' records.

This page declares, it does not guard: the views do (`ledger.access.permit`, the admin's permissions, the reach of
`stops_for` and `imports_for`). Where the two differ, the test fails; so it does for an address that is not declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

OFFICER, SUPERVISOR, POLICYMAKER, ANALYST, ADMINISTRATOR = (
    "Officer",
    "Supervisor",
    "Policymaker",
    "Analyst",
    "Administrator",
)
NO_ROLE = "no role"  # an account that was given none yet
READERS = (OFFICER, SUPERVISOR, POLICYMAKER, ANALYST)
DESK = (OFFICER, SUPERVISOR)
STAFF = (SUPERVISOR, ADMINISTRATOR)
EVERYBODY = (*READERS, ADMINISTRATOR, NO_ROLE)


@dataclass(frozen=True)
class Access:
    """Access to one address.

    `roles` may use it; to all others who are signed in it answers 403, and who is not signed in is sent to sign in.
    `about` names the kind of record in the address: another agency's is answered 404, as if it were not there, unless
    `others` says something else for a role.
    """

    roles: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("GET",)
    about: str = ""
    others: Mapping[str, int] = field(default_factory=dict)
    answer: int = 200  # to a GET of those who may
    anonymous: bool = False
    api: bool = False  # who is not signed in is told so instead of being sent to sign in


def form(*roles: str, about: str = "") -> Access:
    """A page with a form: GET shows it, POST sends it."""
    return Access(roles, ("GET", "POST"), about)


def act(*roles: str, about: str = "", others: Mapping[str, int] | None = None) -> Access:
    """Something done by POST only."""
    return Access(roles, ("POST",), about, others or {})


PAGES: dict[str, Access] = {
    "home": Access(EVERYBODY),
    "health": Access(EVERYBODY, anonymous=True),
    "metrics": Access(
        EVERYBODY, anonymous=True, answer=403
    ),  # asks for a token of its own; closed while none is set
    "sign-in": Access(EVERYBODY, ("GET", "POST"), anonymous=True, answer=302),
    "sign-out": act(*EVERYBODY),
    "password": form(*EVERYBODY),
    "appearance": act(*EVERYBODY),
    # Stops: of the own agency; an analyst's own uploads.
    "stops": Access((OFFICER, SUPERVISOR, ANALYST)),
    "stop": Access((OFFICER, SUPERVISOR, ANALYST), about="stop"),
    "correct-stop": form(OFFICER, SUPERVISOR, ANALYST, about="stop"),
    "log-stop": form(*DESK),
    "save-draft": act(*DESK),
    "discard-draft": act(*DESK, about="draft"),
    "vehicle-hint": act(*DESK),
    "hand-over": act(*DESK),
    "vehicles": form(*DESK),
    "review": Access((SUPERVISOR, ANALYST)),
    "accept-stop": form(SUPERVISOR, ANALYST, about="stop"),
    "accept-stops": form(SUPERVISOR, ANALYST, about="flagged import"),
    # Imports: into the own agency; an analyst sees that there are others, and of the own uploads the rows.
    "imports": Access((SUPERVISOR, ANALYST)),
    "new-import": form(SUPERVISOR, ANALYST),
    "import": Access((SUPERVISOR, ANALYST), about="import", others={ANALYST: 200}),
    "import-progress": Access((SUPERVISOR, ANALYST), about="import", others={ANALYST: 200}),
    "import-batch": Access((SUPERVISOR, ANALYST), about="import batch", others={ANALYST: 200}),
    "import-batch-progress": Access((SUPERVISOR, ANALYST), about="import batch", others={ANALYST: 200}),
    "load-import-batch": act(SUPERVISOR, ANALYST, about="import batch", others={ANALYST: 302}),
    "import-reading": Access((SUPERVISOR, ANALYST), ("GET", "POST"), "import", {ANALYST: 403}, answer=302),
    "import-records": Access((SUPERVISOR, ANALYST), about="import", others={ANALYST: 403}),
    "load-import": act(SUPERVISOR, ANALYST, about="import", others={ANALYST: 403}),
    "undo-import": Access((SUPERVISOR, ANALYST), ("GET", "POST"), "import", {ANALYST: 403}),
    "refused-rows": Access((SUPERVISOR, ANALYST), about="import", others={ANALYST: 403}),
    # Raw data: the rows behind the figures, of the same reach as the stops.
    "data": Access((OFFICER, SUPERVISOR, ANALYST)),
    # Insights: figures of all agencies; what is hidden from whom is the disclosure's affair.
    "insights": Access(READERS),
    "insight": Access(READERS, about="insight"),
    "explore": Access(READERS),
    "save-view": act(*READERS),
    "remove-view": act(*READERS, about="saved view"),
    "default-view": act(*READERS, about="saved view"),
    # Tests of fairness: those whose small counts can be hidden are for all readers, the others for analysts.
    "fairness": Access(READERS),
    "fairness-benchmark": Access(READERS),
    "fairness-rates": Access(READERS),
    "fairness-checks": Access(READERS),
    "fairness-published": Access(READERS),
    **{f"fairness-{test}": Access((ANALYST,)) for test in ("outcome", "adjusted", "threshold", "veil")},
    **{f"fairness-{test}-compute": act(ANALYST) for test in ("adjusted", "threshold", "veil")},
    "fairness-run": Access((ANALYST,), about="fairness run"),
    "fairness-run-progress": Access((ANALYST,), about="fairness run"),
    "fairness-run-stop": act(ANALYST, about="fairness run"),
    # Trust: survey figures are published and not scoped by agency.
    "trust": Access(READERS),
    "trust-area": Access(READERS, about="surveyed area"),
    "trust-groups": Access(READERS),
    "trust-drivers": Access(READERS),
    "trust-forecast": Access(READERS),
    "trust-drivers-compute": act(ANALYST),
    "trust-drivers-progress": Access(READERS, about="trust study"),
    # The audit of predictions: figures about areas and predictions, of no person.
    "audit": Access(READERS),
    "audit-of": Access(READERS, about="prediction audit"),
    "audit-progress": Access(READERS),
    "audit-compute": act(ANALYST),
    # The profile: an analyst's of everything, a supervisor's of the own agency.
    "profile": Access((SUPERVISOR, ANALYST)),
    "profile-all": act(SUPERVISOR, ANALYST),
    "profile-progress": Access((SUPERVISOR, ANALYST)),
    "profile-of": Access((SUPERVISOR, ANALYST), about="profile"),
    "import-full-report": form(SUPERVISOR, ANALYST, about="loaded import"),
    "import-full-report-progress": Access((SUPERVISOR, ANALYST), about="loaded import"),
    "import-full-report-download": Access((SUPERVISOR, ANALYST), about="loaded import", answer=302),
    "benchmarks": Access((ANALYST,)),
    "add-benchmark": form(ANALYST),
    "withdraw-benchmark": act(ANALYST, about="benchmark"),
    # Prediction: for all readers, never of a person.
    "prediction": Access(READERS),
    "predict-stop": Access(READERS, ("POST",), api=True),
    "prediction-rules": Access(READERS),
    "prediction-runs": Access(READERS),
    "prediction-run": Access(READERS, about="model run"),
    **{
        name: act(SUPERVISOR, ANALYST, about="model run")
        for name in ("sign-run", "roll-back-run", "switch-off-run")
    },
    "crime": Access(READERS),
    "crime-record": Access(READERS),
    "prediction-train": act(ANALYST),
    "proxy-audit": Access(READERS),
    "apply-proxy": act(ANALYST),
    "prediction-drift": Access(READERS),
    "look-for-drift": act(ANALYST),
    "note-drift": act(SUPERVISOR, ANALYST, about="drift report"),
    "download-drift": Access(READERS, about="drift report"),
    # Reported crime: not scoped by agency, small counts hidden.
    "patrol": Access(READERS),
    "plan-patrol": act(SUPERVISOR, ANALYST),
    "patrol-policy": Access(READERS),
    "edit-patrol-policy": act(SUPERVISOR, ANALYST),
    "patrol-plan": Access(READERS, about="patrol plan"),
    "judge-patrol": act(SUPERVISOR, ANALYST, about="patrol plan"),
    "crime-map": Access(READERS),
    "crime-hotspots": Access(READERS),
    "look-for-hotspots": act(ANALYST),
    "prediction-job": Access((ANALYST,), about="prediction job"),
    "prediction-job-progress": Access((ANALYST,), about="prediction job"),
}

API: dict[str, Access] = {
    "api": Access(EVERYBODY, api=True),
    "api-insights": Access(READERS, api=True),
    "api-insight": Access(READERS, about="insight", api=True),
    "api-stops": Access((OFFICER, SUPERVISOR, ANALYST), api=True),
    "api-stop": Access((OFFICER, SUPERVISOR, ANALYST), about="stop", api=True),
    "api-agencies": Access(EVERYBODY, api=True),
    "api-codes": Access(EVERYBODY, api=True),
    "api-code-list": Access(EVERYBODY, about="code list", api=True),
    "predict-hourly-crime": Access(READERS, ("POST",), api=True),
    "average-daily-crime": Access(READERS, ("POST",), api=True),
    "hourly-crime-chart": Access(READERS, api=True, answer=404),  # without a forecast in use
    "api-schema": Access(EVERYBODY, api=True),
    "api-docs": Access(EVERYBODY, api=True),
}

ADMINISTERED = (
    *("auth_user", "ledger_agency", "ledger_area", "ledger_contraband", "ledger_country", "ledger_officer"),
    *("ledger_post", "ledger_race", "ledger_searchbasis", "ledger_violation", "insights_event"),
)


def _model(name: str, *roles: str, writes: bool = True, about: str = "") -> dict[str, Access]:
    """The stock pages of one model in the admin. Nobody deletes anything."""
    writers, about = roles if writes else (), about or name
    return {
        f"admin:{name}_changelist": Access(roles),
        f"admin:{name}_add": form(*writers),
        f"admin:{name}_change": Access(roles, ("GET", "POST") if writes else ("GET",), about),
        f"admin:{name}_history": Access(roles, about=about),
        f"admin:{name}_delete": Access((), ("GET", "POST"), about),
    }


ADMIN: dict[str, Access] = {
    "admin:index": Access(STAFF),
    "admin:app_list": Access(STAFF, about="admin app"),
    "admin:jsi18n": Access(STAFF),
    "admin:login": Access(EVERYBODY, ("GET", "POST"), answer=302, anonymous=True),
    "admin:logout": act(*STAFF),
    "admin:password_change": Access(STAFF, answer=302),
    "admin:password_change_done": Access(STAFF, answer=302),
    "admin:auth_user_password_change": form(ADMINISTRATOR, about="auth_user"),
    **_model("ledger_stop", SUPERVISOR, about="own stop"),
    **_model("ledger_auditevent", ADMINISTRATOR, writes=False),
    **{name: access for model in ADMINISTERED for name, access in _model(model, ADMINISTRATOR).items()},
}

ACCESS: dict[str, Access] = PAGES | API | ADMIN


def opens(address: str) -> bool:
    """Whether an own address shows a page when it is opened, instead of only taking what a form sends."""
    try:
        name = resolve(urlsplit(address).path).view_name
    except Resolver404:
        return True  # which is told in words
    return name not in ACCESS or "GET" in ACCESS[name].methods


# Patterns of the stock admin without a name: they lead on to the change page, or say that there is nothing.
UNNAMED = ("admin/<model>/<path:object_id>/", "admin/(?P<url>.*)$")
