from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from insights.models import StopFact
from ledger.choices import Flag, Outcome
from ledger.forms.page import without_person
from ledger.models import AuditEvent, Draft, Officer, Race, SearchBasis, Stop
from ledger.tests.factories import make_agency, make_post, make_stop
from ledger.tests.stops import errors_of, filled, log, newest, signed_in, user_of

pytestmark = pytest.mark.django_db

BASIS = {"Vehicle Search": "1", "Incident to Arrest": "5", "Consent": "9"}


@pytest.fixture
def officer() -> Client:
    return signed_in()


def test_a_plain_traffic_stop_is_logged(officer: Client) -> None:
    response = log(officer)
    assert f">{newest().reference}</a>." in response.content.decode()
    stop = newest()
    person = stop.persons.get()
    assert (stop.private.vehicle.number, stop.violation.label, stop.duration_band) == (
        "LB76KBP",
        "Speeding",
        1,
    )
    assert (person.role, person.age, person.outcome, person.race.label) == (1, 34, Outcome.CITATION, "White")
    assert stop.officer == Officer.objects.get(user=user_of(officer))
    assert stop.author == user_of(officer)
    assert stop.flags == 0


def test_searched_and_arrested_follow_from_what_is_asked(officer: Client) -> None:
    log(
        officer,
        outcome="5",
        search=[BASIS["Vehicle Search"], BASIS["Incident to Arrest"]],
        contraband=["none"],
    )
    person = newest().persons.get()
    assert (person.arrested, person.searched, person.contraband_found) == (True, True, False)
    assert person.search_bases == [1, 5]


def test_without_a_search_nothing_is_said_of_finds(officer: Client) -> None:
    log(officer)
    person = newest().persons.get()
    assert (person.arrested, person.searched, person.contraband_found) == (False, False, None)


def test_the_facts_follow_a_logged_stop(officer: Client) -> None:
    log(officer)
    fact = StopFact.objects.get()
    assert (fact.stop, fact.age, fact.searched, fact.vehicle) == (
        newest().pk,
        34,
        False,
        newest().private.vehicle_id,
    )


def test_a_logged_stop_is_in_the_audit_trail_without_its_plate(officer: Client) -> None:
    log(officer)
    event = AuditEvent.objects.get(verb="collection")
    assert event.object_id == newest().reference
    assert not any("LB76KBP" in str(vars(event)) for event in AuditEvent.objects.all())


@pytest.mark.parametrize(
    "typed, read",
    [("1021", "10:21"), ("10:21", "10:21"), ("10.21", "10:21"), ("905", "09:05"), ("0000", "00:00")],
)
def test_times_are_read_as_officers_type_them(officer: Client, typed: str, read: str) -> None:
    yesterday = make_agency().now() - timedelta(hours=30)
    log(officer, stopped_on=f"{yesterday:%d/%m}", stopped_at=typed, late_reason="The computer was down")
    assert f"{newest().stopped_at:%H:%M}" == read


@pytest.mark.parametrize("form", ["%d/%m", "%d/%m/%y", "%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d %m"])
def test_days_are_read_as_officers_type_them(officer: Client, form: str) -> None:
    day = make_agency().now() - timedelta(days=20)
    log(officer, stopped_on=day.strftime(form), late_reason="The computer was down")
    assert newest().stopped_on == day.date()


def test_the_agencys_own_clock_counts() -> None:
    agency = make_agency("Auckland Police", time_zone="Pacific/Auckland")
    client = signed_in(agency=agency)
    now = agency.now()
    log(client, make_post("Harbour", agency), stopped_on=f"{now:%d/%m/%Y}", stopped_at=f"{now:%H:%M}")
    assert newest().stopped_on == now.date()


def test_a_code_in_use_on_the_day_of_the_stop_is_taken(officer: Client) -> None:
    day = make_agency().now() - timedelta(days=3)
    Race.objects.filter(label="White").update(valid_until=day.date())
    log(officer, stopped_on=f"{day:%d/%m/%Y}", late_reason="Written down on paper first")
    assert newest().persons.get().race.label == "White"


def test_a_late_entry_asks_why_and_is_flagged(officer: Client) -> None:
    day = f"{make_agency().now() - timedelta(days=3):%d/%m/%Y}"
    assert "Say why it is logged late" in errors_of(log(officer, stopped_on=day))
    log(officer, stopped_on=day, late_reason="Written down on paper first")
    assert newest().flags == Flag.LATE
    assert newest().private.late_reason == "Written down on paper first"


def test_a_very_young_driver_is_asked_about_not_refused(officer: Client) -> None:
    response = log(officer, age="12")
    assert 'name="confirm_age"' in response.content.decode()
    log(officer, age="12", confirm_age="on")
    assert newest().persons.get().age == 12


def test_a_very_long_stop_is_asked_about_and_flagged(officer: Client) -> None:
    log(officer, duration_band="", duration_minutes="300", confirm_minutes="on")
    assert (newest().duration_minutes, newest().duration_band, newest().flags) == (300, 3, Flag.LONG_DURATION)


def test_an_unknown_age_stays_unknown(officer: Client) -> None:
    log(officer, age="", race="unknown", gender="0")
    person = newest().persons.get()
    assert (person.age, person.race, person.gender) == (None, None, 0)


def test_a_vehicle_without_a_known_number_is_logged(officer: Client) -> None:
    log(officer, vehicle="", no_number="on")
    assert not hasattr(newest(), "private")


def test_a_pedestrian_needs_no_vehicle(officer: Client) -> None:
    log(officer, stop_type="2", vehicle="")
    assert newest().persons.get().role == 4 - 1


def test_the_same_vehicle_minutes_later_is_kept_and_flagged(officer: Client) -> None:
    log(officer)
    response = log(officer, vehicle="lb-76-kbp")
    assert Stop.objects.count() == 2
    assert newest().flags == Flag.DUPLICATE
    assert "within 30 minutes" in response.content.decode()


def test_the_same_vehicle_in_another_agency_is_no_duplicate(officer: Client) -> None:
    other = make_agency("Elsewhere Police")
    log(signed_in(agency=other), make_post("Far gate", other))
    log(officer)
    assert newest().flags == 0


def test_the_hint_tells_of_earlier_stops_and_never_blocks(officer: Client) -> None:
    make_stop(vehicle="LB76KBP", outcome=5, violation="DUI")
    response: Any = officer.post(reverse("vehicle-hint"), filled())
    text = " ".join(response.content.decode().split())
    assert "LB76KBP was stopped once before. Last: 2 Mar 2026, DUI, Arrest." in text
    assert log(officer).status_code == 200
    assert Stop.objects.count() == 2


def test_the_hint_shows_only_what_the_role_may_see(officer: Client) -> None:
    make_stop(make_agency("Elsewhere Police"), vehicle="LB76KBP")
    assert "stopped" not in officer.post(reverse("vehicle-hint"), filled()).content.decode()


def test_the_hint_asks_whether_the_stop_is_logged_already(officer: Client) -> None:
    log(officer)
    assert "Logged already?" in officer.post(reverse("vehicle-hint"), filled()).content.decode()


def test_the_post_is_asked_first_and_then_remembered(officer: Client) -> None:
    make_post("Ring road")
    assert "Post: River bridge" not in officer.get(reverse("log-stop")).content.decode()
    log(officer)
    page = officer.get(reverse("log-stop")).content.decode()
    assert "Post: River bridge" in page
    assert "autofocus" in "".join(re.findall(r'<input[^>]*name="vehicle"[^>]*>', page))


def test_handing_over_forgets_the_post(officer: Client) -> None:
    log(officer)
    officer.post(reverse("hand-over"))
    assert "Post: River bridge" not in officer.get(reverse("log-stop")).content.decode()


def test_signing_out_forgets_the_post(officer: Client) -> None:
    user = user_of(officer)
    log(officer)
    officer.post(reverse("sign-out"))
    officer.force_login(user)
    assert "Post: River bridge" not in officer.get(reverse("log-stop")).content.decode()


def test_the_date_and_time_stand_there_already(officer: Client) -> None:
    page = officer.get(reverse("log-stop")).content.decode()
    assert f'value="{make_agency().now():%d/%m/%Y}"' in page


def test_what_was_logged_in_the_shift_is_counted_and_the_last_can_be_corrected(officer: Client) -> None:
    log(officer)
    log(officer, vehicle="AB12CDE")
    page = officer.get(reverse("log-stop")).content.decode()
    assert "2 logged in the last 12 hours · last: AB12CDE" in page
    assert reverse("correct-stop", args=[newest().reference]) in page


def test_save_and_view_leads_to_the_stop(officer: Client) -> None:
    response: Any = officer.post(reverse("log-stop"), filled(act="view"))
    assert response.url == newest().get_absolute_url()


def test_further_persons_are_added_without_javascript_and_nothing_typed_is_lost(officer: Client) -> None:
    page = officer.post(reverse("log-stop"), filled(act="add", words="Two in the car")).content.decode()
    assert 'name="person2-age"' in page
    assert "Two in the car" in page
    assert 'value="LB76 KBP"' in page
    assert "There is a problem" not in page
    assert not Stop.objects.exists()


def test_a_stop_of_two_persons_is_logged(officer: Client) -> None:
    passenger = {
        "further": "1",
        "person2-role": "2",
        "person2-age": "19",
        "person2-gender": "2",
        "person2-race": "2",
        "person2-outcome": "1",
        "person2-search": ["2"],
        "person2-contraband": ["2"],
    }
    log(officer, **passenger)
    first, second = newest().persons.all()
    assert (first.position, second.position, second.role) == (1, 2, 2)
    assert (second.age, second.searched, second.contraband) == (19, True, [2])
    assert StopFact.objects.filter(stop=newest().pk).count() == 2


def test_there_is_one_driver_at_most(officer: Client) -> None:
    second = {
        "person2-role": "1",
        "person2-gender": "2",
        "person2-race": "2",
        "person2-outcome": "1",
        "person2-search": ["none"],
    }
    assert "one driver at most" in errors_of(log(officer, further="1", **second))


def test_a_further_person_is_taken_away_and_the_rest_move_up(officer: Client) -> None:
    sent = filled(further="2", remove_person="2") | {"person2-age": "20", "person3-age": "30"}
    page = officer.post(reverse("log-stop"), sent).content.decode()
    assert re.search(r'name="person2-age"[^>]*value="30"|value="30"[^>]*name="person2-age"', page)
    assert "person3-age" not in page


def test_of_ten_persons_one_is_taken_away_and_no_answer_of_another_is_lost() -> None:
    sent = QueryDict(mutable=True)
    sent["further"] = "9"
    for number in range(2, 11):
        sent[f"person{number}-age"] = str(20 + number)
        sent.setlist(f"person{number}-search", [str(number), "none"])
    left = without_person(sent, 3)
    ages = {name: value for name, value in left.items() if name.endswith("-age")}
    assert ages == {
        f"person{place}-age": age for place, age in enumerate(("22", *map(str, range(24, 31))), 2)
    }
    assert left.getlist("person9-search") == ["10", "none"]
    assert left["further"] == "8"


def test_ten_persons_are_the_most(officer: Client) -> None:
    page = officer.post(reverse("log-stop"), filled(act="add", further="9")).content.decode()
    assert "person10-age" in page
    assert "person11-age" not in page


def test_a_saved_stop_takes_its_draft_with_it(officer: Client) -> None:
    sent = filled()
    officer.post(reverse("save-draft"), sent)
    assert Draft.objects.count() == 1
    officer.post(reverse("log-stop"), sent)
    assert not Draft.objects.exists()


def test_the_page_offers_no_forecast(officer: Client) -> None:
    page = officer.get(reverse("log-stop")).content.decode().lower()
    form = page[page.index("<main") :]  # the way to the prediction page stands in the menu of every page
    assert not any(word in form for word in ("predict", "forecast", "likely outcome"))


def test_the_page_costs_a_known_number_of_queries(
    officer: Client, django_assert_max_num_queries: Any
) -> None:
    log(officer)
    for _ in range(5):
        make_stop(vehicle="LB76KBP")
    with django_assert_max_num_queries(18):
        officer.get(reverse("log-stop"))


def test_search_bases_keep_their_codes(officer: Client) -> None:
    assert {label: str(SearchBasis.objects.get(label=label).pk) for label in BASIS} == BASIS
