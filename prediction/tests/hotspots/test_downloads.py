"""Hot spots taken away: every figure is the page's, and nobody reads more than the page shows."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.urls import reverse

from insights.wording import percent
from ledger.models import Agency, Area, AuditEvent
from ledger.tests.stops import signed_in
from prediction.hotspots import telling
from prediction.hotspots.subjects import SUBJECTS
from prediction.tests.hotspots.test_finding import atlanta, run_of  # noqa: F401  a fixture
from prediction.tests.taken_away import page_tables, same_in_every_form, taken

ADDRESS = "/crime/hotspots/"
pytestmark = pytest.mark.django_db
ROLES = ["Analyst", "Policymaker"]


def written(cell: str) -> str:
    return f"{int(cell):,}" if cell.isdecimal() else cell


@pytest.mark.parametrize("role", ROLES)
def test_hexagons_are_those_of_table_and_map(atlanta: Agency, role: str) -> None:  # noqa: F811
    client = signed_in(role)
    rows = taken(client, ADDRESS, "hexagons")
    html = client.get(ADDRESS).content.decode()
    _, *shown = page_tables(client, ADDRESS)["The one hexagon in a hundred with the most crimes"]
    assert [
        [row["area"], written(row["crimes"]), written(row["recent"]), row["hexagon"]]
        for row in rows
        if row["flagged"] == "yes"
    ] == shown
    on_map = Counter(re.findall(r"<path class=.map-(?:[1-5]|none)[^>]*><title>(.*?)</title>", html))
    told = (
        "fewer than ten crimes" if row["crimes"] == "[c]" else f"{written(row['crimes'])} crimes"
        for row in rows
    )
    assert on_map == Counter(f"{row['area']}: {words}" for row, words in zip(rows, told, strict=True))
    assert len(rows) == run_of(atlanta).counted.count()


@pytest.mark.parametrize("role", ROLES)
def test_clusters_and_back_tests_are_the_pages(atlanta: Agency, role: str) -> None:  # noqa: F811
    client = signed_in(role)
    tables = page_tables(client, ADDRESS)
    _, *clusters = tables["Clusters of crimes, the largest first"]
    assert clusters == [
        [
            row["area"],
            written(row["crimes"]),
            written(row["recent"]),
            f"{int(row['radius_m']):,} m" if row["radius_m"] != "0" else "one address",
            f"{row['most_frequent']} ({written(row['most_frequent_crimes'])})",
        ]
        for row in taken(client, ADDRESS, "clusters")
    ]
    _, *tests = tables["Back-tests by month, the newest first"]
    rows = taken(client, ADDRESS, "backtests")
    assert len(rows) == len(tests) == 8
    for row, (_, hits, of, land, pai, interval, pei, rival) in zip(rows, tests, strict=True):
        assert [written(row["hits"]), written(row["of"])] == [hits, of]
        assert f"{float(row['flagged_km2']):.2f} of {float(row['km2']):,.0f} km²" == land
        assert [f"{float(row['pai']):.1f}", f"{float(row['pei']):.2f}"] == [pai, pei]
        assert f"{float(row['pai_low']):.1f} to {float(row['pai_high']):.1f}" == interval
        assert f"{float(row['rival_pai']):.1f}" == rival


@pytest.mark.parametrize("role", ROLES)
def test_all_forms_hold_the_same_and_leave_a_line_in_the_trail(atlanta: Agency, role: str) -> None:  # noqa: F811
    same_in_every_form(signed_in(role), ADDRESS, ["hexagons", "clusters", "backtests"])
    assert AuditEvent.objects.filter(object_kind="crime", object_id="hotspots-all").count() == 5


def test_small_counts_stay_hidden_from_a_policymaker(atlanta: Agency) -> None:  # noqa: F811
    rows = taken(signed_in("Policymaker"), ADDRESS, "hexagons")
    counts = {row[name] for row in rows for name in ("crimes", "recent")}
    assert "[c]" in counts
    assert all(int(one) % 10 == 0 for one in counts - {"[c]"})
    told = signed_in("Policymaker").get(f"{ADDRESS}?format=json").json()
    assert told["summary"]["crimes"] % 10 == 0
    assert any("hidden" in note for note in told["notes"])


def test_the_order_of_rows_tells_no_count_that_is_hidden(atlanta: Agency) -> None:  # noqa: F811
    exact = dict(run_of(atlanta).counted.values_list("cell", "count"))
    rows = taken(signed_in("Policymaker"), ADDRESS, "hexagons")
    small = [row["hexagon"] for row in rows if row["crimes"] == "[c]"]
    counts = [exact[cell] for cell in small]
    assert small == sorted(small)
    assert counts != sorted(counts, reverse=True)
    assert [row["crimes"] for row in rows][: len(rows) - len(small)].count("[c]") == 0


def test_a_share_of_few_crimes_is_hidden_with_their_number(atlanta: Agency) -> None:  # noqa: F811
    """Three of 480 are 0.6%: the share alone would give the number back."""
    run, subject = run_of(atlanta), SUBJECTS[0]
    run.counted.update(flagged=False)
    run.counted.filter(cell=run.counted.filter(count__lt=10).first().cell).update(flagged=True)
    held = run.counted.get(flagged=True).count
    run.tests = [run.tests[0] | {"n": 3, "of": 40, "best": 12}]
    share = percent(held / run.incidents)
    assert f"{held} of 480 reported crimes ({share})" in telling.finding(run, subject, telling.Reader(True))
    assert "held 7.5% of" in telling.tested(run, telling.Reader(True))
    assert "[c] of 480 reported crimes lie" in telling.finding(run, subject, telling.Reader(False))
    assert "held [c] of the crimes of the month tested, [c] of what" in telling.tested(
        run, telling.Reader(False)
    )


def test_a_hostile_name_of_an_area_stays_text(atlanta: Agency) -> None:  # noqa: F811
    Area.objects.filter(name="101").update(kind="neighbourhood", name="=HYPERLINK(1)")
    assert {row["area"] for row in taken(signed_in("Analyst"), ADDRESS, "hexagons")} == {"'=HYPERLINK(1)"}


@pytest.mark.parametrize(
    ("query", "status"), [("format=pdf", 400), ("format=csv&table=secrets", 400), ("format=%00", 400)]
)
def test_what_is_not_offered_is_answered_with_a_sentence(atlanta: Agency, query: str, status: int) -> None:  # noqa: F811
    reply = signed_in("Analyst").get(f"{ADDRESS}?{query}")
    assert reply.status_code == status
    assert reply.content.endswith(b".\n")


@pytest.mark.parametrize("style", ["csv", "json", "xlsx"])
def test_where_nothing_was_found_the_download_says_why(atlanta: Agency, style: str) -> None:  # noqa: F811
    reply = signed_in("Analyst").get(reverse("crime-hotspots"), {"offences": "violent", "format": style})
    assert reply.status_code == 404
    assert "In the last 12 whole months 0 of these" in reply.content.decode()
