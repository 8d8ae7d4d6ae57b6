"""The raw data: whose rows, in which order, page by page, and what each column holds by a second computation."""

from __future__ import annotations

import calendar
import csv
import io
import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from insights.codes import Codes
from insights.filters import FilterError
from insights.models import StopFact
from insights.rows.filters import RowFilter
from insights.rows.paging import ORDERS, Place, page_of
from insights.rows.summary import summaries
from insights.tests.conftest import kept_for_now
from insights.tests.test_drill import OWN, write_stops
from ledger.choices import AuditVerb, ImportState
from ledger.models import AuditEvent, ImportRun, Stop
from ledger.tests.factories import make_agency, make_stop, make_user

pytestmark = pytest.mark.django_db
DATA = "/insights/data/"
ALONE = "Hilltop Police"  # of which the ledger that the tests share knows nothing


def signed_in(role: str, agency: str = OWN) -> Client:
    client = Client()
    client.force_login(make_user(role, make_agency(agency)))
    return client


@pytest.fixture(scope="module")
def ledger(django_db_setup: None, django_db_blocker: Any) -> Iterator[Client]:
    with kept_for_now(django_db_blocker):
        write_stops(random.Random(7), 200)
        yield signed_in("Supervisor")


def references(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{DATA}{query}")
    assert response.status_code == 200
    return [row["stop"] for row in response.context["rows"]]


# Whose rows


@pytest.mark.parametrize("role", ["Officer", "Supervisor"])
def test_only_the_own_agencys_rows_are_read(role: str) -> None:
    mine, other = make_stop(make_agency(ALONE)), make_stop(make_agency("Lakeside Police"))
    client = signed_in(role, ALONE)
    assert references(client) == [mine.reference]
    text = client.get(f"{DATA}?agency=Lakeside+Police").content.decode()
    assert "No row fits all of these filters." in text
    assert other.reference not in text


def test_an_analyst_reads_the_own_uploads_with_what_was_corrected_in_them() -> None:
    user = make_user("Analyst")
    fields = {"source": "securecheck", "state": ImportState.LOADED}
    mine = ImportRun.objects.create(file_name="mine.csv", user=user, **fields)
    other = ImportRun.objects.create(file_name="other.csv", user=make_user("Analyst"), **fields)
    kept = make_stop(stop={"import_run": mine, "import_row": 1})
    wrong = make_stop(stop={"import_run": mine, "import_row": 2})
    make_stop(stop={"import_run": other, "import_row": 1})
    make_stop()
    right = Stop.objects.create(
        number=wrong.number, version=2, supersedes=wrong, agency=wrong.agency, stopped_on=wrong.stopped_on
    )
    from ledger import signals
    from ledger.models import Person

    Person.objects.create(stop=right)
    signals.stop_corrected.send(sender=None, old_id=wrong.pk, new_id=right.pk)
    client = Client()
    client.force_login(user)
    assert sorted(references(client)) == sorted([kept.reference, right.reference])


@pytest.mark.parametrize("role", ["Policymaker", "Administrator"])
def test_those_who_read_no_stops_are_refused(role: str) -> None:
    client = Client()
    client.force_login(make_user(role))
    assert client.get(DATA).status_code == 403
    assert client.get(f"{DATA}?format=csv").status_code == 403
    assert client.get(f"{DATA}?view=columns").status_code == 403


def test_an_empty_ledger_says_so() -> None:
    assert "There are no rows that you may read." in signed_in("Officer", ALONE).get(DATA).content.decode()


# In pages


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 7, 500])
def test_walking_through_the_pages_reads_every_row_once_and_back_again(
    ledger: Any, order: str, size: int
) -> None:
    facts = StopFact.objects.filter(agency=make_agency(OWN).pk)
    due = [row["id"] for row in facts.order_by(*ORDERS[order]).values("id")]
    read, place = [], Place(order)
    pages = [page_of(facts, place, ("day", "id"), size)]
    while pages[-1].later:
        pages.append(page_of(facts, Place(order, after=pages[-1].later), ("day", "id"), size))
    read = [row["id"] for page in pages for row in page.rows]
    assert read == due
    assert [bool(page.earlier) for page in pages] == [False, *[True] * (len(pages) - 1)]
    back = [pages[-1]]
    while back[-1].earlier:
        back.append(page_of(facts, Place(order, before=back[-1].earlier), ("day", "id"), size))
    assert [page.rows[-1] for page in reversed(back)][-1] == pages[-1].rows[-1]
    assert sum(len(page.rows) for page in back) == len(due)


def test_a_row_that_comes_in_between_moves_no_page(ledger: Any) -> None:
    facts = StopFact.objects.filter(agency=make_agency(OWN).pk)
    first = page_of(facts, Place(), ("day", "id"), 10)
    second = page_of(facts, Place(after=first.later), ("day", "id"), 10)
    make_stop(make_agency(OWN), on=date(2026, 1, 1))
    assert page_of(facts, Place(after=first.later), ("day", "id"), 10).rows == second.rows


def test_links_lead_from_page_to_page_and_keep_filters_and_order(ledger: Client) -> None:
    ledger.get(f"{DATA}?per_page=25")
    page = ledger.get(f"{DATA}?sort=date&drugs=yes")
    seen = [row["stop"] for row in page.context["rows"]]
    while url := page.context["later_url"]:
        assert "drugs=yes" in url
        assert "sort=date" in url
        page = ledger.get(url)
        seen += [row["stop"] for row in page.context["rows"]]
    assert len(seen) == page.context["count"] > 25
    back = ledger.get(page.context["earlier_url"])
    assert back.context["rows"][-1]["stop"] == seen[-len(page.context["rows"]) - 1]
    assert "after" not in ledger.get(page.context["first_url"]).request["QUERY_STRING"]


@pytest.mark.parametrize(
    "query",
    [
        *(
            "after=x",
            "after=2026-13-01.5",
            "before=12",
            "after=2026-01-01",
            "after=2026-01-01.9999999999999999999",
        ),
        *(
            "sort=vehicle",
            "sort=-day",
            "sort=entry&after=2026-01-01.5",
            "view=sql",
            "format=json",
            "colour=red",
        ),
        *("weekday=Funday", "hour=24", "period=Dusk", "age_band=30", "duration=long", "hit=maybe", "timed=2"),
        *(
            "after=%00",
            "after=%D9%A1",
            "weekday=%00",
            "sort=%00",
            "before=1%27--",
            "violation=DUI&violation=Speeding",
        ),
    ],
)
def test_what_cannot_be_understood_is_answered_in_words_and_without_rows(ledger: Client, query: str) -> None:
    response = ledger.get(f"{DATA}?{query}")
    text = response.content.decode()
    assert response.status_code == 400
    assert "There is a problem" in text
    assert "SC-0" not in text


def test_the_place_of_another_agencys_row_gives_nothing_away(ledger: Client) -> None:
    other = StopFact.objects.exclude(agency=make_agency(OWN).pk).first()
    assert other
    page = ledger.get(f"{DATA}?after={other.day.isoformat()}.{other.id}")
    numbers = set(StopFact.objects.filter(agency=make_agency(OWN).pk).values_list("stop", flat=True))
    own = {stop.reference for stop in Stop.objects.filter(pk__in=numbers)}
    assert {row["stop"] for row in page.context["rows"]} <= own


def test_a_page_takes_as_many_queries_for_few_rows_as_for_many(ledger: Client) -> None:
    def queries(query: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            ledger.get(f"{DATA}?{query}")
        return len(seen)

    queries("per_page=25")
    assert queries("per_page=25") == queries("per_page=100") <= 26


# The rows


def test_a_row_says_what_was_recorded_and_no_more() -> None:
    stop = make_stop(
        make_agency(ALONE), vehicle="AB1", at=None, violation=None, race=None, drugs=None, age=None, gender=0,
        searched=None, arrested=True, outcome=5, stop={"duration_band": 2},
    )  # fmt: skip
    timed = make_stop(
        make_agency(ALONE), on=date(2026, 3, 1), stop={"duration_minutes": 23}, contraband_found=True
    )
    first, second = signed_in("Officer", ALONE).get(DATA).context["rows"]
    assert first | {"post": ""} == {
        "stop": stop.reference, "date": date(2026, 3, 2), "time": "Unknown", "agency": ALONE, "post": "",
        "violation": "Unknown", "vehicle": "AB1", "gender": "Unknown", "age": "Unknown", "race": "Unknown",
        "searched": "Unknown", "hit": "Unknown", "outcome": "Arrest", "arrested": "Yes", "drugs": "Unknown",
        "duration": "16-30 Min",
    }  # fmt: skip
    assert (second["stop"], second["duration"], second["time"], second["hit"]) == (
        timed.reference,
        "23 min",
        "10:21",
        "Yes",
    )


def rows_by_hand(**given: str) -> int:
    data = QueryDict(mutable=True)
    data.update(given)
    found = RowFilter(data, Codes(), queryset=StopFact.objects.all())
    found.chosen()
    return found.qs.count()


def test_the_further_filters_keep_what_they_say(ledger: Any) -> None:
    facts = list(StopFact.objects.all())
    for number, name in enumerate(calendar.day_name):
        assert rows_by_hand(weekday=name.lower()) == sum(one.day.weekday() == number for one in facts)
    assert (
        rows_by_hand(hour="Unknown")
        == rows_by_hand(period="Unknown")
        == sum(one.hour < 0 for one in facts)
        > 0
    )
    night = [one for one in facts if one.hour in (20, 21, 22, 23, 0, 1, 2, 3, 4)]
    assert rows_by_hand(period="Night") == len(night)
    assert rows_by_hand(period="Day") + len(night) + rows_by_hand(hour="Unknown") == len(facts)
    assert rows_by_hand(hour="7") == sum(one.hour == 7 for one in facts)
    assert rows_by_hand(duration="0-15 Min") == sum(one.duration_band == 1 for one in facts)
    assert (
        rows_by_hand(timed="no")
        == rows_by_hand(duration="Unknown")
        == sum(not one.duration_band for one in facts)
    )
    either = sum(bool(one.searched or one.arrested) for one in facts)
    assert (rows_by_hand(either="yes"), rows_by_hand(either="no")) == (either, len(facts) - either)
    assert rows_by_hand(hit="yes") == sum(one.hit is True for one in facts)
    assert rows_by_hand(age_band="Unknown") == sum(not one.age_band for one in facts) > 0


def test_a_filter_that_is_not_one_of_the_words_says_which_there_are() -> None:
    with pytest.raises(FilterError, match="Choose from: Monday, Tuesday"):
        RowFilter(QueryDict("weekday=Funday"), Codes(), queryset=StopFact.objects.none()).chosen()


# The columns


def test_what_each_column_holds_equals_pandas(ledger: Any) -> None:
    import pandas as pd

    facts = StopFact.objects.filter(agency=make_agency(OWN).pk)
    frame = pd.DataFrame(list(facts.values()))
    codes = Codes()
    frame["age"] = frame["age"].where(frame["age"] >= 0)
    frame["minutes"] = (frame["minutes_x10"] / 10).where(frame["minutes_x10"] > 0)
    found = {one.heading: one for one in summaries(facts, codes)}
    for heading, name, style in (("Age", "age", "{:g}"), ("Duration", "minutes", "{:g}")):
        one, column = found[heading], frame[name].dropna()
        assert (one.count, one.missing, one.distinct) == (
            len(column),
            len(frame) - len(column),
            column.nunique(),
        )
        assert (one.least, one.most) == (style.format(column.min()), style.format(column.max()))
        assert one.mean.split()[0] == f"{column.mean():.1f}"
    for heading, name in (
        ("Violation", "violation"),
        ("Race", "race"),
        ("Outcome", "outcome"),
        ("Gender", "gender"),
    ):
        one, column = found[heading], frame[name][frame[name] != 0].map(codes.labels(name))
        top = column.value_counts()
        first = min(top.items(), key=lambda pair: (-pair[1], pair[0]))
        assert (one.count, one.missing, one.distinct) == (
            len(column),
            len(frame) - len(column),
            column.nunique(),
        )
        assert (one.commonest, one.times) == first
    for heading, name in (("Searched", "searched"), ("Arrested", "arrested"), ("Drug-related", "drugs")):
        one, column = found[heading], frame[name].dropna()
        assert (one.count, one.missing) == (len(column), len(frame) - len(column))
        assert one.times == max(Counter(column).values())
    day = found["Date"]
    assert (day.count, day.distinct) == (len(frame), frame["day"].nunique())
    assert day.least == f"{frame['day'].min().day} {frame['day'].min():%b %Y}"
    vehicle = found["Vehicle"]
    assert (vehicle.count, vehicle.distinct) == (frame["vehicle"].notna().sum(), frame["vehicle"].nunique())
    assert vehicle.times == frame["vehicle"].value_counts().max()


def test_columns_of_nobody_and_of_unknowns_only_are_said_to_be_missing() -> None:
    make_stop(make_agency(ALONE), at=None, age=None, race=None)
    text = re.sub(r"\s+", " ", signed_in("Officer", ALONE).get(f"{DATA}?view=columns").content.decode())
    assert (
        '<th scope="row">Race</th><td class="num">0</td><td class="num">1 <span class="interval">100.0%</span>'
        in text
    )
    empty = {one.heading: (one.count, one.missing) for one in summaries(StopFact.objects.none(), Codes())}
    assert set(empty.values()) == {(0, 0)}


# Taken along, and noted


def test_the_download_holds_the_filtered_rows_in_the_order_of_the_page(ledger: Client) -> None:
    response = ledger.get(f"{DATA}?drugs=yes&sort=date&format=csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(text, newline="")))
    page = ledger.get(f"{DATA}?drugs=yes&sort=date&per_page=100")
    assert head[:3] == ["stop", "date", "time"]
    assert [row[0] for row in rows][: len(page.context["rows"])] == [
        row["stop"] for row in page.context["rows"]
    ]
    assert len(rows) == page.context["count"]
    event = AuditEvent.objects.filter(object_kind="data", verb=AuditVerb.DISCLOSURE).latest("id")
    assert event.detail == {"filters": {"drugs": "yes"}, "rows": len(rows)}


def test_every_look_leaves_a_line_without_the_vehicle(ledger: Client) -> None:
    ledger.get(f"{DATA}?vehicle=AB1&view=columns")
    event = AuditEvent.objects.filter(object_kind="data").latest("id")
    assert (event.verb, event.object_id) == (AuditVerb.CONSULTATION, "columns")
    assert event.detail["filters"] == {"vehicle": "given"}
    assert event.detail["rows"] > 0
