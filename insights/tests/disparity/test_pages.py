"""The pages of the tests of fairness: figures, arguments in the address, downloads, refusals."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client

from insights.disparity.tests_of_record import TESTS
from insights.models import FairnessRun
from insights.statistics import wilson
from insights.tests.disparity.ledger import add, add_searches, race, simpson
from ledger.choices import AuditVerb
from ledger.models import AuditEvent
from ledger.tests.factories import make_agency, make_post
from ledger.tests.stops import signed_in

pytestmark = pytest.mark.django_db


def get(path: str, role: str = "Analyst", client: Client | None = None) -> Any:
    return (client or signed_in(role)).get(path)


def answer(path: str, role: str = "Analyst") -> dict[str, Any]:
    joint = "&" if "?" in path else "?"
    response = get(f"{path}{joint}format=json", role)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def rows(found: dict[str, Any], table: str, *names: str) -> dict[Any, dict[str, Any]]:
    listed = found["tables"][table]["rows"]
    return {tuple(row[name] for name in names) if len(names) > 1 else row[names[0]]: row for row in listed}


def test_the_index_tells_of_every_test_what_it_asks_and_cannot_show() -> None:
    page = get("/fairness/").content.decode()
    for test in TESTS:
        assert test.title in page
        assert test.question in page
        assert all(one[:40] in page for one in test.cannot)


def test_the_index_links_only_what_the_reader_may_open() -> None:
    assert "/fairness/veil/" in get("/fairness/").content.decode()
    page = get("/fairness/", "Policymaker").content.decode()
    assert "/fairness/veil/" not in page
    assert "/fairness/rates/" in page
    assert "For analysts" in page


def test_rates_are_the_counts_worked_out_by_hand() -> None:
    """Of 100 White persons 20 searched in the one post, 10 of 50 in the other; of 60 Black 30 and of 40 nobody."""
    north, south = make_post("North"), make_post("South")
    for post, label, stops, searches in (
        (north, "White", 100, 20), (south, "White", 50, 10), (north, "Black", 60, 30), (south, "Black", 40, 0),
    ):  # fmt: skip
        add_searches(stops, searches, 0, agency=post.agency, post=post, race=race(label))
    found = answer("/fairness/rates/?place=post&least=30")
    groups = rows(found, "groups", "group")
    assert (groups["White"]["stops"], groups["White"]["count"], groups["White"]["rate"]) == (150, 30, 0.2)
    assert (groups["Black"]["stops"], groups["Black"]["count"], groups["Black"]["rate"]) == (100, 30, 0.3)
    assert (groups["White"]["rate_low"], groups["White"]["rate_high"]) == wilson(30, 150)
    compared = rows(found, "comparisons", "group")["Black"]
    assert compared["reference"] == "White"
    assert compared["difference"] == pytest.approx(0.1)
    # Mantel-Haenszel by hand: weights 100·60/160 and 50·40/90, differences 0.3 and −0.2.
    w1, w2 = 100 * 60 / 160, 50 * 40 / 90
    assert compared["within_difference"] == pytest.approx((0.3 * w1 - 0.2 * w2) / (w1 + w2))
    assert (compared["higher"], compared["lower"], compared["places"]) == (1, 1, 2)
    places = rows(found, "places", "place", "group")
    assert places["South, Riverton Police", "Black"]["count"] == 0


def test_group_action_place_and_reference_are_in_the_address() -> None:
    add(60, gender=1, outcome=3)
    add(40, gender=1, outcome=2)
    add(30, gender=2, outcome=3)
    add(70, gender=2, outcome=2)
    found = answer("/fairness/rates/?group=gender&action=citations&reference=Female")
    assert found["arguments"] == {
        "group": "gender", "action": "citations", "place": "agency", "reference": "Female", "least": 30,
    }  # fmt: skip
    assert rows(found, "groups", "group")["Male"]["rate"] == 0.6
    assert rows(found, "comparisons", "group")["Male"]["reference"] == "Female"


def test_filters_narrow_as_they_do_everywhere() -> None:
    add(100, hour=10)
    add(40, hour=23)
    found = answer("/fairness/rates/?hour_min=20&hour_max=4")
    assert found["filters"] == {"hour_min": 20, "hour_max": 4}
    assert rows(found, "groups", "group")["White"]["stops"] == 40


def test_frisks_are_of_those_of_whom_it_was_recorded() -> None:
    add(30, frisked=True)
    add(70, frisked=False)
    add(500)
    white = rows(answer("/fairness/rates/?action=frisks"), "groups", "group")["White"]
    assert (white["stops"], white["count"], white["rate"]) == (100, 30, 0.3)


def test_where_nobody_wrote_of_frisks_the_page_says_so() -> None:
    add(50)
    assert "was it recorded whether" in get("/fairness/rates/?action=frisks").content.decode()
    assert (
        "whether the person was frisked. Choose another action."
        in get("/fairness/rates/?action=frisks").content.decode()
    )


def test_persons_of_unknown_group_are_counted_and_compared_with_nobody() -> None:
    add(80)
    add(20, race=0)
    found = answer("/fairness/rates/")
    assert [row["group"] for row in found["tables"]["groups"]["rows"]] == ["White"]
    assert any("Of 20 persons stopped the race is unknown" in note for note in found["notes"])


def test_rates_over_fewer_than_thirty_say_so_in_every_table() -> None:
    add(30, searched=True)
    add(29, race=race("Black"))
    found = answer("/fairness/rates/?reference=White")
    for name in ("groups", "places"):
        told = {row["group"]: row["rate_few"] for row in found["tables"][name]["rows"]}
        assert told == {"White": False, "Black": True}
    page = get("/fairness/rates/?reference=White").content.decode()
    assert page.count("0.0% (few)") == 2
    assert "100.0% (few)" not in page


def test_the_outcome_test_warns_of_simpsons_paradox() -> None:
    simpson()
    found = answer("/fairness/outcome/?place=post&reference=White")
    compared = rows(found, "comparisons", "group")["Black"]
    white, black = (40 + 36 + 36) / 460, (9 + 8 + 290) / 620
    assert compared["difference"] == pytest.approx(black - white)
    assert compared["lower"] == 3
    assert any("Pooled and place by place disagree" in warning for warning in found["warnings"])
    page = get("/fairness/outcome/?place=post&reference=White").content.decode()
    assert "Pooled and place by place disagree" in page


def test_the_outcome_test_takes_another_result() -> None:
    add(400, searched=True, discretionary=True, hit=False, arrested=True)
    add(400, searched=True, discretionary=True, hit=False, arrested=False)
    assert rows(answer("/fairness/outcome/"), "groups", "group")["White"]["rate"] == 0.0
    found = answer("/fairness/outcome/?result=arrests")
    assert rows(found, "groups", "group")["White"]["rate"] == 0.5


def test_searches_without_a_recorded_ground_come_in_when_asked_for() -> None:
    add(600, searched=True, discretionary=True, hit=True)
    add(400, searched=True, discretionary=None, hit=False)
    assert rows(answer("/fairness/outcome/"), "groups", "group")["White"]["stops"] == 600
    found = answer("/fairness/outcome/?unknown_ground=yes")
    assert rows(found, "groups", "group")["White"]["stops"] == 1000


def test_every_table_is_a_csv_of_the_same_figures() -> None:
    simpson()
    found = answer("/fairness/outcome/?place=post")
    for name, table in found["tables"].items():
        response = get(f"/fairness/outcome/?place=post&format=csv&table={name}")
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        lines = list(csv.DictReader(io.StringIO(text)))
        assert list(lines[0]) == table["columns"]
        assert [line["group"] for line in lines] == [row["group"] for row in table["rows"]]
        assert f"fairness-outcome-{name}.csv" in response["Content-Disposition"]


def test_a_download_of_exact_figures_is_noted_in_the_trail() -> None:
    add(50)
    get("/fairness/rates/?format=json&country=USA")
    event = AuditEvent.objects.get(object_kind="fairness")
    assert (event.verb, event.object_id, event.detail["filters"]) == (
        AuditVerb.DISCLOSURE,
        "rates",
        {"country": "USA"},
    )


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("group=planet", "“planet” is not offered"),
        ("action=shouting", "“shouting” is not offered"),
        ("reference=Martian", "“Martian” is not known here"),
        ("reference=Unknown", "unknown group are in no comparison"),
        ("least=0", "is not a number"),
        ("least=1e9", "is not a number"),
        ("nonsense=1", "There is no filter “nonsense”"),
        ("vehicle=AB1", "Vehicle numbers are for those"),
        ("country=Nowhere", "“Nowhere” is not known here"),
        ("format=xml", "“xml” is not offered"),
        ("group=race&group=gender", "more than once"),
        ("date_after=2026-02-30", "Write it as"),
        ("reference=%00", "not known here"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_sentence(query: str, sentence: str) -> None:
    add(5)
    response = get(f"/fairness/rates/?{query}")
    assert response.status_code == 400
    assert sentence in response.content.decode().replace("&#x27;", "'")
    if "format" not in query:
        as_json = get(f"/fairness/rates/?{query}&format=json")
        assert as_json.status_code == 400
        assert sentence in as_json.json()["error"]


def test_a_group_of_another_grouping_gives_way_to_the_largest() -> None:
    add(60, gender=1)
    add(40, gender=2)
    found = answer("/fairness/rates/?group=gender&reference=White")
    assert found["summary"]["reference"] == "Male"
    assert any("“White” is no gender" in note for note in found["notes"])


def test_a_table_that_is_not_there_is_named() -> None:
    add(50)
    response = get("/fairness/rates/?format=csv&table=secrets")
    assert response.status_code == 400
    assert "The tables are: groups, comparisons, places." in response.content.decode()


def test_an_empty_ledger_is_told_in_a_sentence() -> None:
    for path in ("rates", "outcome", "benchmark"):
        response = get(f"/fairness/{path}/")
        assert response.status_code == 200
        assert (
            "within these filters" in response.content.decode()
            or "no benchmark yet" in response.content.decode()
        )


def test_a_group_that_nobody_stopped_is_of_is_told_in_a_sentence() -> None:
    add(50)
    assert "Nobody recorded as Black" in get("/fairness/rates/?reference=Black").content.decode()


def test_a_difference_that_is_nothing_makes_no_warning() -> None:
    """Pooled 20.0 against 20.1 %, within places the other way round by as little: both say that there is none."""
    for name, white, black in (("North", (1000, 200), (500, 101)), ("South", (500, 100), (1000, 199))):
        post = make_post(name)
        for label, (stops, searches) in (("White", white), ("Black", black)):
            add_searches(stops, searches, 0, agency=post.agency, post=post, race=race(label))
    assert answer("/fairness/rates/?place=post&reference=White")["warnings"] == []


def test_a_page_asks_a_known_number_of_questions(django_assert_max_num_queries: Any) -> None:
    simpson()
    client = signed_in("Analyst")
    with django_assert_max_num_queries(26):
        get("/fairness/rates/?place=post", client=client)


def test_tables_are_paged_and_sorted_each_by_its_own_address() -> None:
    for number in range(30):
        post = make_post(f"Post {number:02}", make_agency("York", "USA"))
        add(10 + number, agency=post.agency, post=post)
    page = get("/fairness/rates/?place=post&least=1&places-sort=-stops&places-page=2").content.decode()
    assert "26–30 of 30" in page
    assert "Post 00, York" in page
    assert "Post 29, York" not in page.split("By post")[-1]


def test_an_interval_without_nought_among_several_comparisons_is_told_as_one_of_several() -> None:
    """Of three groups compared one lies 1.98 standard errors off: beyond 1.96, within what three comparisons allow."""
    for label, searches in (("White", 2000), ("Black", 2080), ("Asian", 2000), ("Hispanic", 2000)):
        add_searches(10_000, searches + (33 if label == "Black" else 0), 0, race=race(label))
    found = answer("/fairness/rates/?reference=White")
    black = rows(found, "comparisons", "group")["Black"]
    assert 0.0167 < black["difference_p"] < 0.05
    assert not black["flagged"]
    said = next(one for one in found["findings"] if one.startswith("Black"))
    assert "where so many groups are compared" in said


@pytest.mark.parametrize("slug", [test.slug for test in TESTS if test.fitted])
def test_a_question_that_cannot_be_understood_is_not_computed_and_leads_back_to_its_page(slug: str) -> None:
    client = signed_in("Analyst")
    response = client.post(f"/fairness/{slug}/compute/?place=planet")
    assert response.status_code == 400
    assert not FairnessRun.objects.exists()
    text = response.content.decode()
    assert f'<form method="get" action="/fairness/{slug}/"' in text
    assert f'href="/fairness/{slug}/">Start again' in text
    assert f'href="/fairness/{slug}/compute/' not in text
    assert 'class="menu-link" href="/fairness/" aria-current="true"' in text
    assert client.get(f"/fairness/{slug}/").status_code == 200
