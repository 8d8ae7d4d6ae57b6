"""Small counts on the pages of fairness: what a reader who may not see them is shown, and that nothing rests on them."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from insights.columns import HIDDEN
from insights.models import Benchmark
from insights.tests.disparity.ledger import add_searches, race
from insights.tests.page_attack import Notebook
from ledger.models import Post
from ledger.tests.factories import make_agency, make_post, make_user
from ledger.tests.stops import signed_in

pytestmark = pytest.mark.django_db


def answer(path: str, role: Any = "Policymaker") -> dict[str, Any]:
    joint = "&" if "?" in path else "?"
    found: dict[str, Any] = signed_in(role).get(f"{path}{joint}format=json").json()
    return found


def ledger() -> list[Post]:
    """Three posts of one agency and one of another; in the South seven Black persons were searched."""
    york, leeds = make_agency("York", "UK"), make_agency("Leeds", "UK")
    posts = [make_post(name, york) for name in ("North", "South", "Centre")] + [make_post("Town", leeds)]
    for post, white, black in zip(
        posts,
        ((400, 60), (300, 45), (500, 80), (350, 50)),
        ((120, 30), (90, 7), (150, 40), (110, 25)),
        strict=True,
    ):
        add_searches(*white, 0, agency=post.agency, post=post, race=race("White"))
        add_searches(*black, 0, agency=post.agency, post=post, race=race("Black"))
    return posts


def places(found: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["place"], row["group"]): row for row in found["tables"]["places"]["rows"]}


def test_a_small_count_is_hidden_with_its_rate_and_with_what_would_give_it_away() -> None:
    ledger()
    found = answer("/fairness/rates/?place=post")
    rows = places(found)
    small = rows["South, York", "Black"]
    assert [small[key] for key in ("stops", "count", "rate", "rate_low", "rate_high")] == [HIDDEN] * 5
    others = [key for key, row in rows.items() if row["count"] == HIDDEN and key != ("South, York", "Black")]
    assert others, "the total less the others would be the seven"
    assert any("[c]" in note for note in found["notes"])


def test_an_analyst_sees_them_exactly() -> None:
    ledger()
    assert places(answer("/fairness/rates/?place=post", "Analyst"))["South, York", "Black"]["count"] == 7


def test_a_supervisor_sees_the_own_agency_exactly_and_the_other_not() -> None:
    ledger()
    supervisor = make_user("Supervisor", make_agency("York", "UK"))
    own = places(answer("/fairness/rates/?place=post&agency=York", supervisor))
    assert own["South, York", "Black"]["count"] == 7
    stranger = make_user("Supervisor", make_agency("Leeds", "UK"))
    assert (
        places(answer("/fairness/rates/?place=post&agency=York", stranger))["South, York", "Black"]["count"]
        == HIDDEN
    )


def test_comparisons_rest_on_what_is_shown_and_on_nothing_else() -> None:
    """Whatever a policymaker is told can be worked out from the counts that are shown."""
    ledger()
    found = answer("/fairness/rates/?place=post&reference=White&least=1")
    rows = places(found)
    weight = risk = compared = 0.0
    for place in {place for place, _ in rows}:
        white, black = rows.get((place, "White")), rows.get((place, "Black"))
        if white and black and HIDDEN not in (white["count"], black["count"], white["stops"], black["stops"]):
            n1, n2 = black["stops"], white["stops"]
            weight += n1 * n2 / (n1 + n2)
            risk += (black["count"] * n2 - white["count"] * n1) / (n1 + n2)
            compared += 1
    told = next(row for row in found["tables"]["comparisons"]["rows"] if row["group"] == "Black")
    assert told["places"] == compared < 4
    if compared:
        assert told["within_difference"] == pytest.approx(risk / weight)


def test_subtracting_all_that_a_policymaker_can_fetch_gives_no_small_count() -> None:
    """Every page of rates by post and agency, under every filter on agency, race and marks, with a pencil."""
    ledger()
    leaves = {
        "place": frozenset(("York, North", "York, South", "York, Centre", "Leeds, Town")),
        "race": frozenset(("White", "Black")),
        "searched": frozenset(("yes", "no")),
    }
    client, notebook = signed_in("Policymaker"), Notebook(leaves)  # type: ignore[arg-type]
    for place, agency, who, searched in product(
        ("post", "agency"), ("", "York", "Leeds"), ("", "White", "Black"), ("", "yes", "no")
    ):
        query = {
            "place": place,
            "agency": agency,
            "race": who,
            "searched": searched,
            "least": "1",
            "format": "json",
        }
        found = client.get("/fairness/rates/", {key: value for key, value in query.items() if value}).json()
        base = notebook.cut(frozenset(), _narrowed(leaves, agency, who, searched))
        for row in found["tables"].get("places", {"rows": []})["rows"]:
            inside = {one for one in leaves["place"] if _is_in(one, row["place"])}
            _note(notebook, notebook.cut(base, {"place": inside, "race": [row["group"]]}), row)
        for row in found["tables"].get("groups", {"rows": []})["rows"]:
            _note(notebook, notebook.cut(base, {"race": [row["group"]]}), row)
    assert notebook.clashes == []
    derived = notebook.subtract(rounds=3)
    seven = notebook.cut(frozenset(), {"place": ["York, South"], "race": ["Black"], "searched": ["yes"]})
    assert seven in notebook.hidden
    assert seven not in notebook.known
    assert seven not in derived


def _is_in(leaf: str, place: str) -> bool:
    agency, post = leaf.split(", ")
    return place in (agency, f"{post}, {agency}")


def _narrowed(leaves: dict[str, Any], agency: str, who: str, searched: str) -> dict[str, Any]:
    cut: dict[str, Any] = {}
    if agency:
        cut["place"] = [one for one in leaves["place"] if one.startswith(agency)]
    if who:
        cut["race"] = [who]
    if searched:
        cut["searched"] = [searched]
    return cut


def _note(notebook: Notebook, box: Any, row: dict[str, Any]) -> None:
    notebook._note(box, row["stops"])
    notebook._note(notebook.cut(box, {"searched": ["yes"]}), row["count"])


def test_with_the_complementary_hiding_off_the_same_subtraction_finds_the_seven(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The attack bites: it is the hiding of the others that stops it."""
    from insights.disclosure import shield

    real = shield.protect
    monkeypatch.setattr(
        "insights.disclosure.protect",
        lambda *args, **options: real(*args, **{**options, "complementary": False}),
    )
    ledger()
    rows = places(answer("/fairness/rates/?place=post&least=1"))
    shown = sum(row["count"] for (_, who), row in rows.items() if who == "Black" and row["count"] != HIDDEN)
    groups = answer("/fairness/rates/?place=post&least=1")["tables"]["groups"]["rows"]
    total = next(row["count"] for row in groups if row["group"] == "Black")
    assert total - shown == 7


def test_frisks_and_areas_are_refused_with_a_sentence() -> None:
    ledger()
    client = signed_in("Policymaker")
    for query in ("action=frisks", "place=area"):
        response = client.get(f"/fairness/rates/?{query}")
        assert response.status_code == 400
        assert "analysts only" in response.content.decode()


@pytest.mark.parametrize("action", ["arrests", "citations", "warnings", "drugs"])
def test_every_other_action_can_be_protected(action: str) -> None:
    ledger()
    found = answer(f"/fairness/rates/?action={action}")
    assert found["tables"]["groups"]["rows"]
    white = next(row for row in found["tables"]["groups"]["rows"] if row["group"] == "White")
    assert white["stops"] == 1550


def test_a_small_count_of_citations_is_hidden() -> None:
    posts = ledger()
    for post, who, persons in ((1, "Black", 4), (3, "Black", 80), (1, "White", 90), (3, "White", 120)):
        add_searches(persons, 0, 0, agency=posts[post].agency, post=posts[post], race=race(who), outcome=3)
    found = answer("/fairness/rates/?action=citations")
    counts = {(row["place"], row["group"]): row["count"] for row in found["tables"]["places"]["rows"]}
    assert counts["York", "Black"] == HIDDEN


def test_a_benchmark_leaves_hidden_groups_out_of_all_shares() -> None:
    posts = ledger()
    add_searches(5, 0, 0, agency=posts[0].agency, post=posts[0], race=race("Asian"))
    people = {"White": 10_000, "Black": 2_000, "Asian": 500}
    Benchmark.objects.create(name="Residents", source="Census", year=2021, group="race", people=people)
    rows = {row["group"]: row for row in answer("/fairness/benchmark/")["tables"]["groups"]["rows"]}
    assert rows["Asian"]["stops"] == HIDDEN
    assert rows["Asian"]["ratio"] == HIDDEN
    shown = [row for row in rows.values() if row["stops"] != HIDDEN]
    assert sum(row["share"] for row in shown) == pytest.approx(1.0)


def test_the_pages_for_analysts_are_for_analysts() -> None:
    for role in ("Policymaker", "Officer", "Supervisor"):
        client = signed_in(role)
        for path in ("outcome/", "adjusted/", "threshold/", "veil/", "benchmarks/"):
            assert client.get(f"/fairness/{path}").status_code == 403
