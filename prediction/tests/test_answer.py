"""Answers from the served table: which group speaks, with what interval, and what is hidden from whom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.test.utils import CaptureQueriesContext
from scipy.stats import beta

from insights.statistics import wilson
from insights.viewer import Viewer
from ledger.models import Agency
from ledger.tests.factories import make_agency
from prediction import runs
from prediction.models import ModelRun
from prediction.stops.answer import Answer, answers
from prediction.stops.question import read
from prediction.stops.told import as_json, remarks, says
from prediction.stops.words import StopWords
from prediction.tests.served import EVERYBODY, serve, serve_example, violation

pytestmark = pytest.mark.django_db
EXACT, HIDDEN = Viewer(exact=True), Viewer()


def ask(viewer: Viewer = EXACT, **known: Any) -> Answer:
    words = StopWords()
    return answers(read(known, words), viewer, words, ["outcome"])[0]


def shares(answer: Answer) -> dict[str, float]:
    return {one.label: one.share for one in answer.classes}


@pytest.mark.parametrize(
    ("known", "stops", "group"),
    [
        ({}, 1_000, "all stops"),
        ({"hour": 23}, 1_000, "all stops"),  # by night alone there is no group in this table
        ({"violation": "Speeding"}, 400, "Speeding"),
        ({"violation": "Speeding", "hour": 23}, 200, "Speeding, Night"),
        (
            {"violation": "Speeding", "hour": 23, "agency": "Riverton Police"},
            100,
            "Speeding, Night, Riverton Police",
        ),
        (
            {"violation": "Speeding", "hour": 23, "post": "River bridge"},
            50,
            "Speeding, Night, Riverton Police, River bridge",
        ),
        ({"violation": "Speeding", "hour": 23, "agency": "Lakeside Police"}, 200, "Speeding, Night"),
        ({"violation": "Speeding", "post": "River bridge"}, 400, "Speeding"),
        ({"violation": "Seatbelt", "hour": 23}, 1_000, "all stops"),
    ],
)
def test_the_finest_group_with_enough_stops_speaks(known: dict[str, Any], stops: int, group: str) -> None:
    serve_example()
    answer = ask(**known)
    assert (answer.like_stops, answer.group) == (stops, group)
    assert answer.used == tuple(_labels(group))


def _labels(group: str) -> list[str]:
    named = ["Violation", "Part of the day", "Agency", "Post or area"]
    return named[: 0 if group == "all stops" else group.count(",") + 1]


def test_each_class_comes_with_its_interval_and_the_base_rate() -> None:
    """50 stops at the post and m = 50: they lean with min(50, 50) more."""
    serve_example()
    answer = ask(violation="Speeding", hour=23, post="River bridge")
    arrest = next(one for one in answer.classes if one.label == "Arrest")
    assert (arrest.share, arrest.base, arrest.counted) == (18 / 50, 0.1, 18)
    assert (arrest.low, arrest.high) == wilson(36, 100)
    assert (arrest.base_low, arrest.base_high) == wilson(100, 1_000)
    assert [one.label for one in answer.classes] == ["Citation", "Arrest", "Warning"]
    assert sum(shares(answer).values()) == pytest.approx(1)


def test_a_model_served_from_averages_leans_on_nothing() -> None:
    serve_example(rules=False)
    arrest = next(
        one
        for one in ask(violation="Speeding", hour=23, post="River bridge").classes
        if one.label == "Arrest"
    )
    assert (arrest.low, arrest.high) == wilson(18, 50)


def test_the_interval_is_close_to_the_posteriors() -> None:
    """Wilson's interval stands in for that of the Beta distribution, which the web process has no library for."""
    for part, whole in ((18, 50), (3, 200), (150, 300), (40, 2_000)):
        low, high = wilson(part, whole)
        ends = beta.ppf([0.025, 0.975], part + 0.5, whole - part + 0.5)
        assert (low, high) == pytest.approx(tuple(ends), abs=0.012)


def test_intervals_cover_the_true_shares_of_groups_that_differ() -> None:
    """Groups whose true shares scatter around their parent's: with m near the best, 95 % intervals hold 19 of 20."""
    random = np.random.default_rng(5)
    inside, m = [], 80.0
    for _ in range(4_000):
        parent = 0.12
        true = random.beta(parent * m, (1 - parent) * m)
        n = int(random.integers(20, 600))
        seen = random.binomial(n, true)
        share = (seen + m * parent) / (n + m)
        weight = n + min(m, n)
        low, high = wilson(share * weight, weight)
        inside.append(low <= true <= high)  # type: ignore[operator]
    assert 0.93 <= np.mean(inside) <= 0.99


def test_with_the_gate_closed_there_is_no_prediction_and_the_base_rate() -> None:
    serve_example(gate="closed")
    answer = ask(violation="Speeding", hour=23)
    assert answer.classes == ()
    assert [(one.label, one.base, one.counted) for one in answer.base] == [
        ("Citation", 0.5, 500),
        ("Warning", 0.4, 400),
        ("Arrest", 0.1, 100),
    ]
    assert says(answer).startswith("No better than the base rate")
    told = as_json(answer, StopWords())
    assert (told["gate"], told["classes"], told["groups"], told["like_stops"]) == ("closed", [], [], None)
    assert told["base_rate"][0]["share"] == 0.5


def test_without_a_run_in_use_nothing_is_said() -> None:
    serve_example(use=False)
    answer = ask(violation="Speeding")
    assert (answer.run, answer.classes, answer.base) == (None, (), ())
    assert "No model of this is in use" in says(answer)
    assert as_json(answer, StopWords())["gate"] is None


def test_switched_off_means_that_nothing_is_said_at_once() -> None:
    serve_example()
    assert ask(violation="Speeding").classes
    runs.switch_off("outcome")
    assert not ask(violation="Speeding").classes


def test_the_sentence_is_computed_from_the_figures() -> None:
    serve_example()
    assert says(ask(violation="DUI", hour=23)) == (
        "Likeliest is Arrest: 66.7% (57.4% to 74.8%), against 10.0% of all stops. "
        "This rests on 60 like stops: DUI, Night."
    )
    assert says(ask()) == "Nothing that was entered tells more than the shares among all 1,000 stops."


def test_the_reader_is_told_what_was_used_and_what_was_not() -> None:
    serve_example()
    told = remarks(ask(violation="Seatbelt", weekday="Monday", hour=23, searched="yes"))
    assert told[0].startswith("Too few past stops agree in this as well: violation and part of the day")
    assert told[1] == "Did not tell how a stop ends in the past, and is not used: day of the week."
    assert told[2] == "Would tell more, if it were known: place."


def test_what_is_predicted_is_no_input_of_itself() -> None:
    words = StopWords()
    serve(
        {(("violation", violation("DUI")),): (5, 5, 90)},
        kind="violation",
        chain=("violation",),
        classes=(1, 2, 8),
    )
    (answer,) = answers(read({"violation": "DUI"}, words), EXACT, words, ["violation"])
    assert answer.like_stops == 1_000


def test_a_second_answer_comes_only_with_what_is_known_afterwards() -> None:
    serve_example()
    words = StopWords()
    kinds = [one.kind.name for one in answers(read({"hour": 3}, words), EXACT, words)]
    assert kinds == ["outcome", "violation"]
    kinds = [one.kind.name for one in answers(read({"hour": 3, "searched": "no"}, words), EXACT, words)]
    assert kinds == ["outcome", "outcome-after", "violation", "violation-after"]


# The groups most alike


def test_groups_come_with_those_that_agree_in_most_first() -> None:
    serve_example()
    answer = ask(violation="Speeding", hour=23)
    named = [
        (StopWords().group(("violation", "part_of_day"), one.codes), one.stops, one.agrees)
        for one in answer.groups
    ]
    assert named == [("Speeding, Night", 200, 2), ("Speeding, Morning", 200, 1), ("DUI, Night", 60, 1)]


def test_at_most_twenty_groups_are_listed_and_the_larger_ones_of_equals() -> None:
    night = ("part_of_day", 1)
    groups: Any = {(("violation", code), night): (code, 100, 20) for code in range(30, 60)}
    groups |= {(("violation", 40),): (40, 100, 20)}
    serve(groups)
    words = StopWords()
    held = replace(read({"hour": 23}, words), codes={"violation": 40, "part_of_day": 1})
    (answer,) = answers(held, EXACT, words, ["outcome"])
    codes = [one.codes[0] for one in answer.groups]
    assert codes == [40, *range(59, 40, -1)]


# Small counts


def test_a_group_with_a_small_count_does_not_speak_to_those_who_may_not_see_it() -> None:
    night = ("part_of_day", 1)
    code = violation("Speeding")
    serve({(("violation", code),): (150, 200, 50), (("violation", code), night): (100, 95, 5)})
    assert ask(EXACT, violation="Speeding", hour=23).like_stops == 200
    hidden = ask(HIDDEN, violation="Speeding", hour=23)
    assert (hidden.like_stops, hidden.group) == (400, "Speeding")
    assert "Too few past stops" in remarks(hidden)[0]


def test_those_who_see_no_exact_figures_see_tens_and_whole_percent() -> None:
    serve_example()
    answer = ask(HIDDEN, violation="DUI", hour=23)
    told = as_json(answer, StopWords())
    assert told["like_stops"] == 60
    for row in told["classes"]:
        assert row["stops"] is None
        for name in ("probability", "low", "high", "base_rate"):
            assert row[name] * 100 == pytest.approx(round(row[name] * 100))
    for group in told["groups"]:
        assert group["stops"] % 10 == 0
    assert "Small counts are hidden" in remarks(answer)[-1]


def test_no_listed_group_holds_a_small_count_for_them() -> None:
    night = ("part_of_day", 1)
    serve({(("violation", code), night): (60, 60, code) for code in range(1, 12)})
    words = StopWords()
    held = replace(read({"hour": 23}, words), codes={"violation": 11, "part_of_day": 1})
    (hidden,) = answers(held, HIDDEN, words, ["outcome"])
    assert [one.codes[0] for one in hidden.groups] == [11, 10]
    (exact,) = answers(held, EXACT, words, ["outcome"])
    assert len(exact.groups) == 11


def test_groups_of_as_many_tens_are_in_no_order_that_tells_which_is_larger() -> None:
    night = ("part_of_day", 1)
    # 196 to 204 are all 200; 205 is too, as Python rounds halves to even, and 206 is 210.
    sizes = {1: 196, 2: 204, 3: 199, 4: 206, 5: 205}
    serve({(("violation", code), night): (100, size - 120, 20) for code, size in sizes.items()})
    words = StopWords()
    held = replace(read({"hour": 23}, words), codes={"violation": 1, "part_of_day": 1})
    (hidden,), (exact,) = (answers(held, viewer, words, ["outcome"]) for viewer in (HIDDEN, EXACT))
    assert [one.codes[0] for one in exact.groups] == [1, 4, 5, 2, 3]  # its own first
    assert [one.codes[0] for one in hidden.groups] == [1, 4, 2, 3, 5]
    told = [group["stops"] for group in as_json(hidden, words)["groups"]]
    assert told == [round(sizes[one.codes[0]], -1) for one in hidden.groups]


def test_the_own_agency_is_seen_exactly() -> None:
    serve_example()
    own, other = Agency.objects.get(name="Riverton Police"), make_agency("Lakeside Police")
    asked = {"violation": "Speeding", "hour": 23, "agency": "Riverton Police"}
    mine, theirs = ask(Viewer(agency=own), **asked), ask(Viewer(agency=other), **asked)
    assert {one.label: one.counted for one in mine.classes} == {"Warning": 30, "Citation": 40, "Arrest": 30}
    assert [one.counted for one in theirs.classes] == [None] * 3
    assert [one.counted for one in ask(Viewer(agency=own), violation="Speeding").classes] == [None] * 3


def of_agencies(*counts: tuple[int, ...]) -> tuple[Agency, Agency]:
    """Speeding by night in two agencies; of it all, and of all, the sums with an odd one out."""
    own, other = make_agency("Riverton Police"), make_agency("Lakeside Police")
    night = (("violation", violation("Speeding")), ("part_of_day", 1))
    groups: dict[tuple[tuple[str, int], ...], tuple[int, ...]] = {
        (*night, ("agency", one.pk)): held for one, held in zip((own, other), counts, strict=True) if held
    }
    groups |= {night[:1]: (151, 203, 47), night: (61, 93, 47)}
    serve(groups, everybody=(401, 503, 97))
    return own, other


def test_who_names_the_own_agency_does_not_see_the_small_counts_of_others() -> None:
    """Groups that are like the own agency's are those of other agencies: theirs are shown as to everybody else."""
    own, other = of_agencies((30, 41, 32), (31, 52, 3))
    asked = {"violation": "Speeding", "hour": 23, "agency": "Riverton Police"}
    assert [one.stops for one in ask(EXACT, **asked).groups] == [103, 86]  # both are there
    mine = ask(Viewer(agency=own), **asked)
    assert [(one.stops, one.codes[-1]) for one in mine.groups] == [(103, own.pk)]
    assert [group["stops"] for group in as_json(mine, StopWords())["groups"]] == [103]
    assert "Small counts of others are hidden" in remarks(mine)[-1]
    theirs = ask(Viewer(agency=other), **asked)
    assert [group["stops"] for group in as_json(theirs, StopWords())["groups"]] == [100, 86]


def test_a_coarser_group_that_answers_for_the_own_agency_is_no_exact_one() -> None:
    """Too few of the own agency agree: the answer is of all agencies, less the own ones those of the others."""
    own, _ = of_agencies((), (61, 93, 40))
    found = ask(Viewer(agency=own), violation="Speeding", hour=23, agency="Riverton Police")
    assert (found.group, found.like_stops, found.all_stops) == ("Speeding, Night", 200, 1_000)
    assert [one.counted for one in found.classes] == [None] * 3
    told = as_json(found, StopWords())
    assert all(row[name] == round(row[name], 2) for row in told["classes"] for name in ("low", "base_rate"))
    assert all(one["stops"] % 10 == 0 for one in told["groups"])


def test_a_ledger_of_one_agency_is_exact_to_its_own() -> None:
    own = make_agency()
    run = serve_example()
    ModelRun.objects.filter(pk=run.pk).update(serving=run.serving | {"agencies": [own.pk]})
    assert ask(Viewer(agency=own), violation="Speeding").exact


# Cost


def test_one_answer_costs_a_handful_of_queries(django_assert_max_num_queries: Any) -> None:
    serve_example()
    words = StopWords()
    known = read({"violation": "Speeding", "hour": 23, "agency": "Riverton Police"}, words)
    answers(known, EXACT, words, ["outcome"])
    with django_assert_max_num_queries(7) as queries:
        answers(known, EXACT, words, ["outcome"])
    assert isinstance(queries, CaptureQueriesContext)


def test_everybody_is_the_base() -> None:
    serve_example()
    assert ask().all_stops == sum(EVERYBODY)
