"""The pages of the insights as each role sees them."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, time
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from insights.catalogue import CATALOGUE
from insights.columns import HIDDEN
from insights.insight import Insight
from ledger.choices import AuditVerb
from ledger.models import AuditEvent
from ledger.tests.factories import make_agency, make_stop, make_user

pytestmark = pytest.mark.django_db
OWN, OTHER = "Riverton Police", "Lakeside Police"


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


@pytest.fixture
def analyst() -> Client:
    return signed_in("Analyst")


def text_of(response: HttpResponse) -> str:
    """The page's words, without tags and scripts."""
    html = re.sub(r"<script.*?</script>", "", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def csv_rows(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def many_stops(count: int = 12, **fields: Any) -> None:
    for _ in range(count):
        make_stop(**fields)


@pytest.mark.parametrize("insight", CATALOGUE, ids=lambda insight: insight.slug)
def test_every_insight_has_a_page_with_or_without_stops(analyst: Client, insight: Insight) -> None:
    assert analyst.get(f"/insights/{insight.slug}/").status_code == 200
    make_stop(vehicle="AB1", drugs=True, searched=True)
    response = analyst.get(f"/insights/{insight.slug}/")
    text = text_of(response)
    assert response.status_code == 200
    for part in (insight.question, insight.why, *insight.limits, "How it is counted", "Marks in the table"):
        assert str(part) in text.replace("&#x27;", "'").replace("&amp;", "&"), part


@pytest.mark.parametrize("role", ["Policymaker", "Officer", "Supervisor", "Analyst"])
def test_the_list_shows_every_question_with_a_computed_sentence(role: str) -> None:
    many_stops(40, arrested=True)
    text = text_of(signed_in(role).get("/insights/"))
    assert all(insight.question in text for insight in CATALOGUE)
    assert (
        "Only Speeding is shown with the 30 persons that a comparison needs: 100.0% (95% interval 91.2% to 100.0%) of 40."
        in text
    )


def test_the_list_can_be_searched(analyst: Client) -> None:
    text = text_of(analyst.get("/insights/?q=night ARREST"))
    assert "1 question found" in text
    assert "Are night stops likelier to end in arrest?" in text
    assert "At what time of day" not in text
    assert "No question holds these words." in text_of(analyst.get("/insights/?q=bananas"))


def test_an_unknown_insight_is_not_there(analyst: Client) -> None:
    assert analyst.get("/insights/no-such-insight/").status_code == 404


def test_administrators_read_no_insights() -> None:
    admin = signed_in("Administrator")
    assert admin.get("/insights/").status_code == 403
    assert admin.get("/insights/stops-by-hour/?format=json").status_code == 403


def test_page_csv_and_json_show_the_same_figures_within_the_same_filters(analyst: Client) -> None:
    many_stops(3, arrested=True, gender=2)
    many_stops(2, arrested=False, gender=2)
    make_stop(gender=1)
    address = "/insights/arrest-rate-by-age-band/?gender=Female"
    told = analyst.get(f"{address}&format=json").json()
    assert told["rows"][0] | {"low": 0, "high": 0} == {
        "age_band": "25-34",
        "stops": 5,
        "arrests": 3,
        "rate": 0.6,
        "low": 0,
        "high": 0,
    }
    head, row = csv_rows(analyst.get(f"{address}&format=csv"))
    assert head == told["columns"]
    assert [float(one) for one in row[1:]] == [told["rows"][0][name] for name in head[1:]]
    page = text_of(analyst.get(address))
    assert "60.0% 23.1% to 88.2%" in page
    assert "Gender: Female" in page


def test_json_of_the_page_is_that_of_the_command(analyst: Client) -> None:
    many_stops(4, arrested=True)
    out = io.StringIO()
    call_command(
        "insight", "top-arrest-violations", "--filter", "country=India", "--format", "json", stdout=out
    )
    assert analyst.get("/insights/top-arrest-violations/?country=India&format=json").json() == json.loads(
        out.getvalue()
    )


def test_the_chart_and_its_data_are_on_the_page(analyst: Client) -> None:
    many_stops(3)
    html = analyst.get("/insights/stops-by-hour/").content.decode()
    spec = json.loads(re.search(r'<script id="chart" type="application/json">(.*?)</script>', html, re.S)[1])  # type: ignore[index]
    assert spec["series"][0]["values"][10] == 3
    assert 'data-chart="chart"' in html


def test_the_download_links_keep_the_filters_and_leave_the_page_number(analyst: Client) -> None:
    make_stop()
    html = analyst.get("/insights/stops-over-time/?country=India&page=3&sort=hour").content.decode()
    assert 'href="/insights/stops-over-time/?country=India&amp;sort=hour&amp;format=csv"' in html


def test_a_chip_leads_to_the_page_without_its_filter(analyst: Client) -> None:
    make_stop()
    html = analyst.get("/insights/stops-by-hour/?country=india&date_after=2026-02-15").content.decode()
    assert 'href="/insights/stops-by-hour/?date_after=2026-02-15"' in html
    assert "From day: <strong>15 Feb 2026</strong>" in html


@pytest.mark.parametrize("query", ["colour=red", "country=Indai", "age_min=x&hour_max=99", "vehicle=AB1"])
def test_a_filter_that_cannot_be_understood_shows_no_figures(analyst: Client, query: str) -> None:
    many_stops(77)
    response = analyst.get(f"/insights/stops-by-hour/?{query}")
    assert response.status_code == 400
    assert "There is a problem" in text_of(response)
    assert "77" not in text_of(response)


def test_the_error_stands_at_its_filter(analyst: Client) -> None:
    html = analyst.get("/insights/stops-by-hour/?age_min=ten").content.decode()
    assert "<title>Error:" in html
    assert 'id="id_age_min_error"' in html


def test_json_and_csv_refuse_in_a_sentence(analyst: Client) -> None:
    response = analyst.get("/insights/stops-by-hour/?format=json&country=X")
    assert (response.status_code, list(response.json())) == (400, ["error"])
    assert response.json()["error"].startswith("country: “X” is not known here.")
    assert (
        analyst.get("/insights/stops-by-hour/?format=csv&country=X")
        .content.decode()
        .startswith("country: “X”")
    )


def test_a_form_that_is_not_offered_is_refused_in_a_sentence(analyst: Client) -> None:
    response = analyst.get("/insights/stops-by-hour/?format=pdf")
    assert (response.status_code, response.content.decode()) == (
        400,
        "format: “pdf” is not offered. Choose csv, xlsx, json or print.\n",
    )


def test_long_tables_are_paged_and_downloads_are_whole(analyst: Client) -> None:
    for hour in range(24):
        for month in (1, 2):
            make_stop(on=date(2026, month, 1), at=time(hour))
    page = text_of(analyst.get("/insights/stops-over-time/"))
    assert "1–25 of 48" in page
    assert "26–48 of 48" in text_of(analyst.get("/insights/stops-over-time/?page=2"))
    assert len(csv_rows(analyst.get("/insights/stops-over-time/?format=csv&page=2"))) == 49


def test_paper_gets_the_whole_table_in_the_order_of_the_page(analyst: Client) -> None:
    for hour in range(24):
        for month in (1, 2):
            make_stop(on=date(2026, month, 1), at=time(hour))
    assert (
        'href="/insights/stops-over-time/?country=India&amp;format=print"'
        in analyst.get("/insights/stops-over-time/?country=India&page=2").content.decode()
    )
    html = analyst.get("/insights/stops-over-time/?country=India&sort=-hour&format=print").content.decode()
    hours = re.findall(r"<tr.*?<td >2026</td>\s*<td >\d</td>\s*<td >(\d+)</td>", html, re.S)
    assert hours == [str(hour) for hour in range(23, -1, -1) for _ in (1, 2)]
    assert "data-print-now" in html
    assert AuditEvent.objects.get(object_kind="insight").detail["format"] == "print"


def test_a_short_table_is_printed_from_its_own_page(analyst: Client) -> None:
    make_stop()
    assert "format=print" not in analyst.get("/insights/stops-over-time/").content.decode()


def test_a_click_on_a_head_sorts_the_table(analyst: Client) -> None:
    many_stops(1, violation="DUI", age=20)
    many_stops(2, violation="Signal", age=20)
    rows = re.findall(
        r"<td >(\w+)</td>", analyst.get("/insights/violations-under-25/?sort=stops").content.decode()
    )
    assert rows == ["DUI", "Signal"]


def test_the_number_of_queries_of_a_page_does_not_grow(analyst: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert analyst.get("/insights/arrest-rate-by-country-and-violation/").status_code == 200
        return len(caught)

    make_stop()
    queries()
    few = queries()
    for name in ("A", "B", "C"):
        many_stops(5, agency=make_agency(name, name), violation="DUI")
    assert queries() == few <= 20


# What the roles see


def small_and_large() -> None:
    """Ten Signal stops of another agency, three of them arrests; plenty of Speeding."""
    many_stops(3, agency=make_agency(OTHER), violation="Signal", arrested=True)
    many_stops(7, agency=make_agency(OTHER), violation="Signal", arrested=False)
    many_stops(20, agency=make_agency(OTHER), violation="Speeding", arrested=True)
    many_stops(20, agency=make_agency(OTHER), violation="Speeding", arrested=False)


def row_of(client: Client, address: str, violation: str) -> dict[str, Any]:
    rows = client.get(address).json()["rows"]
    return next(row for row in rows if row["violation"] == violation)


@pytest.mark.parametrize("role", ["Policymaker", "Officer", "Supervisor"])
def test_small_counts_are_hidden_with_their_rates_in_every_form(role: str) -> None:
    small_and_large()
    client = signed_in(role)
    address = "/insights/top-arrest-violations/"
    row = row_of(client, f"{address}?format=json", "Signal")
    assert [row[name] for name in ("arrests", "rate", "low", "high")] == [HIDDEN] * 4
    (line,) = (line for line in csv_rows(client.get(f"{address}?format=csv")) if line[0] == "Signal")
    assert line[2:] == [HIDDEN] * 4
    html = client.get(address).content.decode()
    spec = json.loads(re.search(r'<script id="chart" type="application/json">(.*?)</script>', html, re.S)[1])  # type: ignore[index]
    at = spec["x"].index("Signal")
    assert (spec["series"][0]["values"][at], spec["series"][0]["low"][at]) == (None, None)
    assert "30.0%" not in html


def test_an_analyst_sees_them_exactly(analyst: Client) -> None:
    small_and_large()
    assert row_of(analyst, "/insights/top-arrest-violations/?format=json", "Signal")["arrests"] == 3


@pytest.mark.parametrize("role", ["Officer", "Supervisor"])
def test_the_own_agency_is_exact_and_the_page_says_whose_figures_it_shows(role: str) -> None:
    many_stops(3, agency=make_agency(OWN), violation="Signal", arrested=True)
    small_and_large()
    client = signed_in(role)
    page = client.get("/insights/arrest-rate-by-age-band/")
    assert "All agencies: small counts are hidden." in text_of(page)
    assert (
        f'href="/insights/arrest-rate-by-age-band/?agency={OWN.replace(" ", "+")}"' in page.content.decode()
    )
    own = client.get(f"/insights/arrest-rate-by-age-band/?agency={OWN}")
    assert f"Your own agency, {OWN}: exact figures." in text_of(own)
    assert (
        client.get(f"/insights/arrest-rate-by-age-band/?agency={OWN}&format=json").json()["rows"][0]["stops"]
        == 3
    )


def test_a_policymakers_days_are_widened_and_the_page_says_so() -> None:
    many_stops(20)
    client = signed_in("Policymaker")
    page = text_of(client.get("/insights/stops-by-hour/?date_after=2026-03-20"))
    assert "Days inside a month were widened to the whole month." in page
    told = client.get("/insights/stops-by-hour/?date_after=2026-03-20&format=json").json()
    assert told["filters"] == {"date_after": "2026-03-01"}
    assert told["summary"]["stops"] == 20


def test_the_months_shown_to_a_policymaker_do_not_depend_on_a_narrow_group() -> None:
    many_stops(20, on=date(2026, 1, 5))
    make_stop(on=date(2026, 4, 5), violation="DUI")
    page = text_of(signed_in("Policymaker").get("/insights/stops-by-hour/?violation=DUI"))
    assert "January 2026 to April 2026" in page
    assert "Persons stopped, April 2026" in text_of(
        signed_in("Analyst").get("/insights/stops-by-hour/?violation=DUI")
    )


@pytest.mark.parametrize("role", ["Policymaker", "Analyst"])
@pytest.mark.parametrize("form", ["", "?format=json", "?format=csv"])
def test_vehicle_numbers_never_reach_those_who_read_no_stops(role: str, form: str) -> None:
    many_stops(15, vehicle="SECRET7", drugs=True, searched=True)
    client = signed_in(role)
    for insight in CATALOGUE:
        response = client.get(f"/insights/{insight.slug}/{form}")
        body = b"".join(response.streaming_content) if response.streaming else response.content
        assert b"SECRET7" not in body
    assert "SECRET7" not in client.get("/insights/").content.decode()
    assert client.get("/insights/stops-by-hour/?vehicle=SECRET7").status_code == 400


def test_an_empty_vehicle_page_says_why() -> None:
    page = text_of(signed_in("Policymaker").get("/insights/top-drug-vehicles/"))
    assert (
        "Vehicle numbers are shown only to those who may read the stops themselves, so this table is empty for you."
        in page
    )
    assert "There are no stops" not in page


# The audit trail


def trail() -> list[tuple[str, str, dict[str, Any]]]:
    events = AuditEvent.objects.filter(object_kind="insight").order_by("id")
    return [(event.verb, event.object_id, event.detail) for event in events]


def test_downloads_of_exact_figures_leave_a_line(analyst: Client) -> None:
    make_stop()
    analyst.get("/insights/stops-by-hour/")
    assert trail() == []
    analyst.get("/insights/stops-by-hour/?country=India&format=csv")
    assert trail() == [
        (AuditVerb.DISCLOSURE, "stops-by-hour", {"filters": {"country": "India"}, "rows": 1, "format": "csv"})
    ]


def test_downloads_with_small_counts_hidden_leave_none() -> None:
    make_stop()
    signed_in("Policymaker").get("/insights/stops-by-hour/?format=json")
    assert trail() == []


def test_looking_at_vehicles_leaves_a_line_without_their_numbers() -> None:
    make_stop(agency=make_agency(OWN), vehicle="AB1", drugs=True)
    officer = signed_in("Officer")
    officer.get("/insights/top-drug-vehicles/")
    officer.get("/insights/stops-by-hour/?vehicle=AB1")
    assert [(verb, slug) for verb, slug, _ in trail()] == [
        (AuditVerb.CONSULTATION, "top-drug-vehicles"),
        (AuditVerb.CONSULTATION, "stops-by-hour"),
    ]
    assert trail()[1][2]["filters"] == {"agency": OWN, "vehicle": "given"}
    assert "AB1" not in str(trail())
