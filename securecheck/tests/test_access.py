"""Every address, as every role, for own records and for others': the views answer as `securecheck.access_map` declares."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from insights.models import Benchmark, Event, FairnessRun, ImportReport, RunState, SavedView, TrustStudy
from insights.tests.audit.made_up import make_audit
from insights.tests.trust import survey
from ledger.choices import AuditVerb, Flag, ImportState
from ledger.models import Area, AuditEvent, Draft, ImportRun, Officer
from ledger.tests.factories import make_agency, make_post, make_stop, make_user
from prediction.models import DriftReport, PredictionJob
from prediction.runs import in_use
from prediction.tests.patrol.made_up import make_plan
from prediction.tests.served import serve_example
from securecheck.access_map import ACCESS, DESK, EVERYBODY, NO_ROLE, UNNAMED, Access

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"
REFUSED, ABSENT = 403, 404
BROKEN = (REFUSED, ABSENT, 405, 500)


def addresses(patterns: Any = None, space: str = "", before: str = "") -> Iterator[tuple[str, str]]:
    """Name and route of every pattern of the project; unnamed ones have an empty name."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, inner, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}" if pattern.name else "", before + str(pattern.pattern)


# Who asks


def user_of(role: str) -> User:
    if role == NO_ROLE:
        return User.objects.create_user("newcomer")
    return make_user(role, make_agency("Riverton Police"))


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


# What is asked for: for each kind of record, one of the user's own reach, and one that is not


def stop_for(user: User, own: bool) -> dict[str, Any]:
    """Own: of the user's agency and by the user, or from an upload of the user. Others': another agency's."""
    if not own:
        return {"reference": make_stop(make_agency("Lakeside Police"), stop={"flags": Flag.LATE}).reference}
    run = ImportRun.objects.create(source="securecheck", file_name="own.csv", user=user)
    imported = {"import_run": run, "import_row": 1} if user.groups.filter(name="Analyst").exists() else {}
    fields = {"author": None if imported else user, "flags": Flag.LATE, **imported}
    return {"reference": make_stop(make_agency("Riverton Police"), stop=fields).reference}


def own_agencys_stop(user: User, own: bool) -> dict[str, Any]:
    agency = make_agency("Riverton Police" if own else "Lakeside Police")
    return {"object_id": make_stop(agency).pk}


def import_for(user: User, own: bool) -> dict[str, Any]:
    agency = make_agency("Riverton Police" if own else "Lakeside Police")
    owner = user if own else make_user("Supervisor", agency)
    run = ImportRun.objects.create(
        source="securecheck", file_name="stops.csv", agency=agency, user=owner, state=ImportState.CHECKED
    )
    return {"key": run.key}


def import_batch(user: User, own: bool) -> dict[str, Any]:
    """Files that were uploaded together."""
    batch = uuid.uuid4()
    ImportRun.objects.filter(**import_for(user, own)).update(batch=batch)
    return {"batch": batch}


def flagged_import(user: User, own: bool) -> dict[str, Any]:
    """The address names the import and the reason in its query."""
    run = ImportRun.objects.create(source="securecheck", file_name="stops.csv", user=user if own else None)
    agency = make_agency("Riverton Police" if own else "Lakeside Police")
    make_stop(agency, stop={"flags": Flag.ARREST_MISMATCH, "import_run": run, "import_row": 1})
    return {"query": {"import_run": str(run.key), "rule": str(Flag.ARREST_MISMATCH.value)}}


def draft_for(user: User, own: bool) -> dict[str, Any]:
    return {"key": Draft.objects.create(user=user if own else make_user("Officer")).pk}


def fairness_run(user: User, own: bool) -> dict[str, Any]:
    """Runs are everybody's who may see them: what is not there stands for others'."""
    run = FairnessRun.objects.create(test="veil", fingerprint=uuid.uuid4().hex, state=RunState.DONE)
    return {"key": run.key if own else uuid.uuid4()}


def loaded_import(user: User, own: bool) -> dict[str, Any]:
    """A loaded import with a report that waits; the file of it is not there yet."""
    found = import_for(user, own)
    run = ImportRun.objects.get(key=found["key"])
    ImportReport.objects.create(import_run=run)
    return found


def benchmark(user: User, own: bool) -> dict[str, Any]:
    kept = Benchmark.objects.create(name="Residents", source="Census", year=2021, group="race", people={})
    return {"number": kept.pk if own else 99_999_999}


def saved_view_for(user: User, own: bool) -> dict[str, Any]:
    owner = user if own else User.objects.create_user(f"somebody-{uuid.uuid4()}")
    return {"pk": SavedView.objects.create(owner=owner, name=str(uuid.uuid4()), page="stops-by-hour").pk}


def surveyed_area(user: User, own: bool) -> dict[str, Any]:
    survey.write(survey.plain)
    return {"number": survey.area("Barnet" if own else "Sutton").pk}


def trust_study(user: User, own: bool) -> dict[str, Any]:
    return {
        "key": TrustStudy.objects.create(survey="PAS by borough", measure=str(uuid.uuid4())).key
        if own
        else uuid.uuid4()
    }


def record_of(model: str) -> Callable[[User, bool], dict[str, Any]]:
    """Any record of a model that the admin keeps. What is not there stands for others': these have no agency's reach."""

    def find(user: User, own: bool) -> dict[str, Any]:
        kind = apps.get_model(model.replace("_", ".", 1))
        make_post("River bridge", make_agency())
        Area.objects.get_or_create(name="Riverside", kind="zone")
        Officer.objects.get_or_create(agency=make_agency(), number="PC1")
        AuditEvent.objects.create(verb=AuditVerb.SIGN_IN)
        Event.objects.create(day=date(2026, 3, 1), text="A new form")
        if model == "auth_user":
            make = User.objects.create_user if own else User.objects.create_superuser
            return {"object_id": make(f"somebody-{uuid.uuid4()}").pk}
        return {"object_id": kind._default_manager.first().pk if own else 99_999_999}

    return find


def model_run(user: User, own: bool) -> dict[str, Any]:
    """One in use that somebody else trained; what is not there stands for others': runs have no agency's reach."""
    if not own:
        return {"key": uuid.uuid4()}
    return {"key": in_use("outcome").key if in_use("outcome") else serve_example().key}


def prediction_job(user: User, own: bool) -> dict[str, Any]:
    job = PredictionJob.objects.filter(act="train", subject="outcome").first()
    made = job or PredictionJob.objects.create(act="train", subject="outcome", user=user)
    return {"key": made.key if own else uuid.uuid4()}


def drift_report(user: User, own: bool) -> dict[str, Any]:
    months = {
        "month": date(2026, 10, 1),
        "reference_first": date(2025, 10, 1),
        "reference_last": date(2026, 9, 30),
    }
    return {"key": DriftReport.objects.create(state="ok", **months).key if own else uuid.uuid4()}


def prediction_audit(user: User, own: bool) -> dict[str, Any]:
    """Audits are all readers': what is not there stands for others'."""
    make_audit("springfield")
    return {"slug": "springfield" if own else "nowhere"}


def patrol_plan(user: User, own: bool) -> dict[str, Any]:
    """Plans are all readers': what is not there stands for others'."""
    return {"key": make_plan(agency=make_agency("India", "India")).key if own else uuid.uuid4()}


RECORDS: dict[str, Callable[[User, bool], dict[str, Any]]] = {
    "stop": stop_for,
    "own stop": own_agencys_stop,
    "import": import_for,
    "import batch": import_batch,
    "flagged import": flagged_import,
    "draft": draft_for,
    "model run": model_run,
    "prediction job": prediction_job,
    "drift report": drift_report,
    "patrol plan": patrol_plan,
    "fairness run": fairness_run,
    "prediction audit": prediction_audit,
    "benchmark": benchmark,
    "profile": lambda user, own: {"kind": "stops" if own else "unicorns", "source": "securecheck"},
    "loaded import": loaded_import,
    "code list": lambda user, own: {"name": "violations" if own else "unicorns"},
    "insight": lambda user, own: {"slug": "stops-by-hour" if own else "no-such-insight"},
    "saved view": saved_view_for,
    "surveyed area": surveyed_area,
    "trust study": trust_study,
    "admin app": lambda user, own: {"app_label": "ledger"} if own else {"path": "/admin/nothing/"},
}


def address_of(name: str, access: Access, user: User, own: bool = True) -> tuple[str, dict[str, str]]:
    """The address with a record in it, and its query."""
    if not access.about:
        return reverse(name), {}
    find = RECORDS.get(access.about) or record_of(access.about)
    parts = find(user, own)
    query = parts.pop("query", {})
    if "path" in parts:
        return parts["path"], query
    if name == "admin:auth_user_password_change":
        parts = {"id": parts["object_id"]}
    return reverse(name, kwargs=parts), query


def ask(client: Client, method: str, path: str, query: dict[str, str]) -> Any:
    return client.get(path, query) if method == "GET" else client.post(path, query)


# The matrix


def test_every_address_is_declared() -> None:
    names = {name for name, _route in addresses() if name}
    assert names == set(ACCESS), f"undeclared: {names - set(ACCESS)}; gone: {set(ACCESS) - names}"


def test_only_the_stock_admin_has_addresses_without_a_name() -> None:
    found = {re.sub(r"admin/\w+/\w+/", "admin/<model>/", route) for name, route in addresses() if not name}
    assert found <= set(UNNAMED)


@pytest.mark.parametrize("name", sorted(ACCESS))
def test_who_is_not_signed_in_is_sent_to_sign_in(name: str) -> None:
    access, somebody = ACCESS[name], user_of("Supervisor")
    path, query = address_of(name, access, somebody)
    for method in ("GET", "POST"):
        nobody = Client(raise_request_exception=False)
        response = (
            nobody.get(path, query, follow=True) if method == "GET" else nobody.post(path, query, follow=True)
        )
        led_to = [url.split("?")[0] for url, _status in response.redirect_chain]
        if access.api:
            assert response.status_code == 401, (method, path)
            continue
        if access.anonymous:
            assert response.status_code in (200, 405, access.answer), (method, path)
        else:
            assert led_to[-1:] == [SIGN_IN], (method, path)


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("name", sorted(ACCESS))
def test_each_role_is_answered_as_declared(name: str, role: str) -> None:
    access, user = ACCESS[name], user_of(role)
    for method in ("GET", "POST"):
        path, query = address_of(name, access, user)
        status = ask(signed_in(user), method, path, query).status_code
        if role not in access.roles:
            assert status == REFUSED, (method, path)
        elif method not in access.methods:
            assert status in (405, REFUSED) if method == "GET" else True, (method, path)
        elif method == "GET":
            assert status == access.answer, path
        else:
            assert status not in BROKEN, path


TAKEN_AWAY = ("crime", "crime-map", "crime-hotspots", "crime-record", "patrol-plan")


@pytest.mark.parametrize("role", [*EVERYBODY, ""])
@pytest.mark.parametrize("name", TAKEN_AWAY)
def test_figures_are_taken_away_by_those_who_see_their_page(name: str, role: str) -> None:
    """An empty ledger has nothing to tell: then the download says so in a sentence, to the same roles."""
    access, user = ACCESS[name], user_of(role or NO_ROLE)
    path, query = address_of(name, access, user)
    client = signed_in(user) if role else Client(raise_request_exception=False)
    for style in ("csv", "json", "xlsx"):
        response = client.get(path, {**query, "format": style})
        if not role:
            assert response["Location"].startswith(SIGN_IN), style
        elif role not in access.roles:
            assert response.status_code == REFUSED, style
        else:
            assert response.status_code in (200, ABSENT), style
            assert "html" not in response["Content-Type"], style


@pytest.mark.parametrize(
    "name", sorted(name for name, access in ACCESS.items() if access.about and access.roles)
)
def test_others_records_look_as_if_they_were_not_there(name: str) -> None:
    access = ACCESS[name]
    for role in access.roles:
        user = user_of(role)
        expected = access.others.get(role, ABSENT)
        for method in access.methods:
            path, query = address_of(name, access, user, own=False)
            status = ask(signed_in(user), method, path, query).status_code
            assert status == expected or (access.about == "flagged import" and status == REFUSED), (
                role,
                method,
                path,
            )


def test_a_refusal_is_in_the_audit_trail() -> None:
    user = user_of("Policymaker")
    signed_in(user).get(reverse("stops"))
    event = AuditEvent.objects.get(verb=AuditVerb.REFUSAL)
    assert (event.user_id, event.role, event.done, event.object_id, event.path) == (
        user.pk,
        "Policymaker",
        False,
        "stops",
        "/stops/",
    )


def test_trying_another_agencys_stop_is_in_the_audit_trail() -> None:
    """Refused and not there look the same to who asks, and not to who reads the trail."""
    user = user_of("Officer")
    stop = make_stop(make_agency("Lakeside Police"))
    signed_in(user).get(stop.get_absolute_url())
    event = AuditEvent.objects.get(verb=AuditVerb.REFUSAL)
    assert (event.user_id, event.object_id, event.path) == (user.pk, "stop", stop.get_absolute_url())


def test_a_refused_address_with_a_nul_is_in_the_audit_trail() -> None:
    """The database keeps no NUL; the refusal is answered and noted all the same."""
    assert signed_in(user_of("Officer")).get("/stops/%00/").status_code == ABSENT
    assert AuditEvent.objects.get(verb=AuditVerb.REFUSAL).path == "/stops/\ufffd/"


def test_a_mistyped_address_is_no_refusal() -> None:
    assert signed_in(user_of("Officer")).get("/stop/").status_code == ABSENT
    assert not AuditEvent.objects.filter(verb=AuditVerb.REFUSAL).exists()


def test_probes_may_ask_for_headers_alone() -> None:
    client = signed_in(user_of("Officer"))
    assert [client.head(reverse(name)).status_code for name in ("health", "home")] == [200, 200]


def test_pages_that_read_records_answer_no_other_methods() -> None:
    for name, path in (("stops", reverse("stops")), ("home", reverse("home"))):
        client = signed_in(user_of("Officer"))
        for method in ("put", "patch", "delete"):
            assert getattr(client, method)(path).status_code == 405, name


@pytest.mark.parametrize("role", DESK)
def test_without_an_officers_number_the_desk_is_closed(role: str) -> None:
    user = user_of(role)
    Officer.objects.filter(user=user).update(user=None)
    client = signed_in(User.objects.get(pk=user.pk))
    assert client.get(reverse("log-stop")).status_code == REFUSED
    assert "has no officer number" in client.get(reverse("home")).content.decode()
