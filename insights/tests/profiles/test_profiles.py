"""The profile of the data: every figure against pandas or by hand, every check made to warn, who sees what."""

from __future__ import annotations

from datetime import date, time
from itertools import count
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from django.db import IntegrityError, transaction

from insights import tasks
from insights.models import ProfileRun, RunState
from insights.profiles import checks, runs
from insights.profiles.kinds import kinds
from insights.profiles.presenting import bars
from ledger.choices import Flag
from ledger.models import Agency, ImportRun, ImportUndo, Officer, Person, PublishedRate, Race, Stop, Violation
from ledger.synthesis.calendar import Month
from ledger.synthesis.load import load
from ledger.tasks import Interrupted
from ledger.tests.factories import make_agency, make_stop, make_user
from ledger.tests.stops import signed_in

pytestmark = pytest.mark.django_db


def profiled(kind: str = "stops", source: str = "", agency: Agency | None = None) -> ProfileRun:
    """Ask for a profile and let the worker work."""
    run = runs.ask(runs.Unit(kinds()[kind], source), agency)
    work(run)
    return ProfileRun.objects.get(pk=run.pk)


def work(run: ProfileRun, abort: bool = False) -> None:
    context = SimpleNamespace(job=SimpleNamespace(attempts=0), should_abort=lambda: abort)
    tasks.compute_profile.func(context, run.pk)  # type: ignore[arg-type]


def column(run: ProfileRun, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in run.columns if one["name"] == name)
    return found


def state_of(run: ProfileRun, name: str) -> str:
    return next(check["state"] for check in run.checks if check["name"] == name)


def test_every_column_is_what_pandas_says_of_it() -> None:
    load(600, 3, Month(2026, 10))
    run = profiled("persons", "synthetic")
    fields = [kept.attname for kept in Person._meta.concrete_fields]
    table = pd.DataFrame(Person.objects.values_list(*fields), columns=fields)
    assert run.rows == len(table) == 600
    for name, attribute in (
        ("age", "age"),
        ("race", "race_id"),
        ("searched", "searched"),
        ("contraband_found", "contraband_found"),
    ):
        own, known = column(run, name), table[attribute].dropna()
        assert (own["known"], own["missing"], own["distinct"]) == (
            len(known),
            600 - len(known),
            known.nunique(),
        ), name
    age = column(run, "age")
    assert (age["low"], age["high"]) == (table["age"].min(), table["age"].max())
    whole = table["age"] - table["age"].min()
    by_hand = (whole * 12 // whole.max()).clip(upper=11).value_counts()
    assert [found for _, found in age["bins"]] == [int(by_hand.get(place, 0)) for place in range(12)]
    outcome = dict(column(run, "outcome")["top"])
    assert outcome["Arrest"] == int((table["outcome"] == 5).sum())
    stops = profiled("stops", "synthetic")
    days = pd.Series(Stop.objects.values_list("stopped_on", flat=True))
    assert (stops.first_day, stops.last_day) == (days.min(), days.max())
    months = days.map(lambda day: f"{day:%Y-%m}").value_counts()
    assert dict(column(stops, "stopped_on")["bins"]) == months.to_dict()


def test_unknown_codes_and_empty_lists_count_as_missing() -> None:
    make_stop(gender=0, race=None, search_bases=[])
    make_stop(gender=1, search_bases=[1, 2], searched=True)
    run = profiled("persons")
    assert (column(run, "gender")["missing"], column(run, "race")["missing"]) == (1, 1)
    bases = column(run, "search_bases")
    assert (bases["missing"], bases["top"]) == (1, [["1+2", 1]])


def test_only_what_is_current_is_profiled() -> None:
    made = ImportRun.objects.create(source="securecheck", file_name="stops.csv", state="loaded")
    make_stop(stop={"import_run": made, "import_row": 1})
    make_stop()
    assert [unit.source for unit in runs.units() if unit.kind.slug == "stops"] == ["", "securecheck"]
    assert profiled("stops", "securecheck").rows == 1
    ImportUndo.objects.create(import_run=made, reason="wrong file")
    assert profiled("stops", "securecheck").rows == 0
    assert [unit.source for unit in runs.units() if unit.kind.slug == "stops"] == [""]


def test_a_vehicle_number_is_counted_and_never_shown() -> None:
    make_stop(vehicle="AB12CDE")
    make_stop(vehicle="")
    run = profiled()
    vehicle = column(run, "private__vehicle")
    assert (vehicle["known"], vehicle["missing"], vehicle["top"], vehicle["low"]) == (1, 1, [], None)
    page = signed_in("Analyst").get("/profile/stops/logged/").content.decode()
    assert "Vehicle" in page
    assert "AB12CDE" not in page


def test_an_officer_is_counted_and_never_named() -> None:
    officer = Officer.objects.create(agency=make_agency(), number="PC4711")
    make_stop(stop={"officer": officer})
    assert (column(profiled(), "officer")["distinct"], column(profiled(), "officer")["top"]) == (1, [])


def test_imported_figures_are_profiled_without_a_line_of_their_own() -> None:
    made = ImportRun.objects.create(source="open-policing-rates", file_name="rates.csv", state="loaded")
    for group, rate in (("white", 0.03), ("black", 1.4), ("hispanic", None)):
        PublishedRate.objects.create(import_run=made, import_row=1, state="CO", group=group, search_rate=rate)
    run = profiled("published-rates", "open-policing-rates")
    assert run.rows == 3
    assert (column(run, "search_rate")["missing"], column(run, "search_rate")["high"]) == (1, 1.4)
    assert column(run, "state")["top"] == [["CO", 3]]
    assert state_of(run, "Search rate outside 0 to 1") == checks.FAIL
    assert state_of(run, "Columns with one value only") == checks.WARN


_numbers = count(7_000_000)


def many(number: int, stop: dict[str, Any] | None = None, at: time | None = None, **person: Any) -> None:
    """So many stops of one person each, in the ledger alone."""
    agency, speeding = make_agency(), Violation.objects.get(label="Speeding")
    stops = Stop.objects.bulk_create(
        Stop(
            number=next(_numbers), agency=agency, violation=speeding, drugs_related=False,
            stopped_on=date(2026, 3, 1 + place % 28), stopped_at=at or time(9, 1 + place % 58), **(stop or {}),
        )
        for place in range(number)
    )  # fmt: skip
    white = Race.objects.get(label="White")
    fields = {
        "gender": 1,
        "age": 30,
        "outcome": 2,
        "arrested": False,
        "searched": False,
        "race": white,
    } | person
    Person.objects.bulk_create(Person(stop=made, role=1, **fields) for made in stops)


def test_a_clean_ledger_passes_every_check_of_stops() -> None:
    many(210)
    run = profiled()
    bad = {check["name"] for check in run.checks if check["state"] != checks.OK}
    assert bad <= {"Columns without any value", "Columns more than 30% empty", "Columns with one value only"}


@pytest.mark.parametrize(
    ("name", "fields", "state"),
    [
        ("Times heaped at midnight", {"at": time(0)}, checks.FAIL),
        ("Times heaped on full hours", {"at": time(11)}, checks.FAIL),
        ("Records that contradict themselves", {"stop": {"flags": Flag.ARREST_MISMATCH}}, checks.WARN),
        ("Likely logged twice", {"stop": {"flags": Flag.DUPLICATE | Flag.LATE}}, checks.WARN),
        ("Logged late", {"stop": {"flags": Flag.LATE}}, checks.WARN),
        ("Places at 0° north, 0° east", {"stop": {"latitude": 0.0, "longitude": 0.0}}, checks.FAIL),
    ],
)
def test_each_check_of_stops_can_be_made_to_speak(name: str, fields: dict[str, Any], state: str) -> None:
    many(200)
    assert state_of(profiled(), name) == checks.OK
    many({checks.FAIL: 60, checks.WARN: 14}[state], **fields)
    assert state_of(profiled(), name) == state


def test_months_without_stops_and_with_few_are_named() -> None:
    for month, stops in ((1, 9), (2, 9), (3, 2), (5, 9), (6, 9)):
        for _ in range(stops):
            make_stop(on=date(2026, month, 5))
    run = profiled()
    said = {check["name"]: check["says"] for check in run.checks}
    assert said["Months without any stop"].startswith("Riverton Police (1)")
    assert "Mar 2026" in said["Months with few stops"]


@pytest.mark.parametrize(
    ("name", "person", "state"),
    [
        ("Ages outside 10 to 110", {"age": 7}, checks.WARN),
        ("Race unknown", {"race": None}, checks.WARN),
        ("Gender unknown", {"gender": 0}, checks.WARN),
        ("Finds without a search", {"searched": False, "contraband_found": True}, checks.WARN),
    ],
)
def test_each_check_of_persons_can_be_made_to_speak(name: str, person: dict[str, Any], state: str) -> None:
    many(200)
    assert state_of(profiled("persons"), name) == checks.OK
    many(40, **person)
    assert state_of(profiled("persons"), name) == state


def test_a_profile_tells_what_changed_since_the_one_before() -> None:
    many(4, age=30)
    first = profiled("persons")
    assert runs.changes(first, runs.before(first)) == {}
    make_stop(age=None, race=None)
    second = profiled("persons")
    found = runs.changes(second, runs.before(second))
    assert found[""] == "+1 row"
    assert found["age"] == "missing 0.0% → 20.0%"
    assert found["searched"] == "no change"
    page = signed_in("Analyst").get("/profile/persons/logged/").content.decode()
    assert "missing 0.0% → 20.0%" in page


def test_a_supervisor_sees_the_own_agencys_records_only() -> None:
    york, leeds = make_agency("York"), make_agency("Leeds")
    for agency, stops in ((york, 3), (leeds, 5)):
        for _ in range(stops):
            make_stop(agency)
    client = signed_in(make_user("Supervisor", york))
    client.post("/profile/compute/")
    for run in ProfileRun.objects.all():
        assert run.agency == york
        work(run)
    page = client.get("/profile/stops/logged/").content.decode()
    assert "3 rows" in page
    assert "Leeds" not in page


def test_asking_twice_gives_one_run() -> None:
    make_stop()
    client = signed_in("Analyst")
    for _ in range(2):
        client.post("/profile/compute/")
    assert ProfileRun.objects.filter(kind="stops").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        ProfileRun.objects.create(kind="stops", source="")


def test_who_asks_as_the_run_before_ends_is_given_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database refuses a second run, and when that is looked for, the first has ended."""
    make_stop()
    create = ProfileRun.objects.create

    def refuse_once(**fields: Any) -> ProfileRun:
        monkeypatch.setattr(ProfileRun.objects, "create", create)
        raise IntegrityError

    monkeypatch.setattr(ProfileRun.objects, "create", refuse_once)
    run = runs.ask(runs.Unit(kinds()["stops"], ""), None)
    assert (run.state, ProfileRun.objects.count()) == (RunState.WAITING, 1)


def test_a_cut_off_profile_is_taken_up_again() -> None:
    make_stop()
    run = runs.ask(runs.Unit(kinds()["stops"], ""), None)
    with pytest.raises(Interrupted):
        work(run, abort=True)
    work(run)
    run.refresh_from_db()
    assert (run.state, run.rows) == (RunState.DONE, 1)
    work(run)
    assert ProfileRun.objects.count() == 1


def test_the_page_follows_what_is_under_way() -> None:
    make_stop()
    client = signed_in("Analyst")
    client.post("/profile/compute/")
    assert "Profiles are being computed" in client.get("/profile/").content.decode()
    assert client.get("/profile/progress/").json()["url"] == ""
    for run in ProfileRun.objects.all():
        work(run)
    assert client.get("/profile/progress/").json()["url"] == "/profile/"
    assert "1 Jan" not in client.get("/profile/").content.decode()


def test_the_same_figures_come_as_csv_and_json() -> None:
    make_stop()
    profiled()
    client = signed_in("Analyst")
    told = client.get("/profile/stops/logged/?format=json").json()
    assert (told["rows"], told["columns"][0]["name"]) == (1, "agency")
    text = b"".join(client.get("/profile/stops/logged/?format=csv").streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith('"name","label","type","known"')
    assert client.get("/profile/stops/logged/?format=xml").status_code == 400
    assert client.get("/profile/persons/logged/?format=json").status_code == 404


def test_a_kind_that_is_not_there_is_not_found() -> None:
    assert signed_in("Analyst").get("/profile/unicorns/logged/").status_code == 404


def test_all_is_profiled_each_night() -> None:
    make_stop()
    tasks.profile_all.func(0)
    assert set(ProfileRun.objects.values_list("kind", flat=True)) == {"stops", "persons"}


def test_the_bars_of_a_histogram_fit_their_box() -> None:
    drawn = bars([["a", 5], ["b", 10], ["c", 0]])
    assert [float(bar["height"]) for bar in drawn] == [14.0, 28.0, 0.0]
    assert all(float(bar["x"]) + float(bar["width"]) <= 120.01 for bar in drawn)
    assert bars([]) == bars([["a", 0]]) == []


def test_a_ledger_without_records_is_told_in_a_sentence() -> None:
    assert "There are no records yet" in signed_in("Analyst").get("/profile/").content.decode()
