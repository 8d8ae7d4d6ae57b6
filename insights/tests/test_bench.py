"""The bench: ours, DuckDB and pandas give the same answers over a drawn ledger, and a difference is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from insights.bench import agreement, ledger_build, questions
from insights.bench.rivals import Rivals
from insights.catalogue import CATALOGUE
from insights.models import StopFact, Who
from insights.tests.conftest import kept_for_now
from ledger.models import Person, Stop

ROWS = 3000


@pytest.fixture(scope="module")
def drawn(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rivals]:
    """A drawn ledger and both rivals over it."""
    with kept_for_now(django_db_blocker), pytest.MonkeyPatch.context() as patched:
        patched.setattr(ledger_build, "_vacuum", lambda: None)  # not within a transaction
        patched.setattr(questions, "TIMES", 1)
        patched.setattr(questions, "TIMES_PANDAS", 1)
        ledger_build.build(ROWS)
        rivals = Rivals(tmp_path_factory.mktemp("rivals"))
        yield rivals
        rivals.close()


def indexes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename IN ('ledger_stop', 'insights_stopfact')"
        )
        plain = [definition for (definition,) in cursor.fetchall()]
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid IN ('ledger_stop'::regclass, 'ledger_person'::regclass)"
        )
        return sorted(plain) + sorted(map(str, cursor.fetchall()))


def test_all_three_answer_every_question_alike(drawn: Rivals) -> None:
    said: list[str] = []
    found = questions.measure(drawn, said.append)
    assert found.differences == []
    assert len(found.questions) == 3 * len(CATALOGUE)
    assert len(said) == 3
    assert found.mean("all", "duckdb_ms", cubed=True) is None  # tests read the facts
    assert (found.mean("all", "ours_ms") or 0) > 0


def test_a_wrong_answer_is_noticed(drawn: Rivals) -> None:
    drawn.duckdb.execute(
        "UPDATE stops SET arrested = NOT arrested WHERE stop = (SELECT min(stop) FROM stops)"
    )
    found = questions.measure(drawn, lambda _: None)
    differing = {one.slug for one in found.questions if "DuckDB" in one.differs}
    assert {"arrest-rate-by-age-band", "rates-by-hour", "yearly-stops-and-arrests"} <= differing
    assert not [one for one in found.questions if "pandas" in one.differs]


def test_a_cut_in_the_wrong_place_is_noticed() -> None:
    whole = {(code,): (10, code, code / 10) for code in range(1, 7)}
    first = {key: whole[key] for key in [(6,), (5,), (4,), (3,), (2,)]}
    assert agreement.difference("top-arrest-violations", first, whole) == ""
    wrong = {**first, (1,): whole[(1,)]}
    del wrong[(6,)]
    assert "left out" in agreement.difference("top-arrest-violations", wrong, whole)


def test_a_drawn_ledger_is_a_whole_one(drawn: Rivals) -> None:
    assert Stop.objects.count() == Person.objects.count() == StopFact.objects.count() == ROWS
    assert sum(Who.objects.values_list("stops", flat=True)) == ROWS
    with pytest.raises(ValueError, match="holds stops already"):
        ledger_build.build(10)


@pytest.mark.django_db
def test_indexes_and_constraints_are_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_build, "_vacuum", lambda: None)
    before = indexes()
    ledger_build.build(50)
    assert indexes() == before
    assert len(before) > 15


def test_rivals_know_the_same_questions_and_none_that_is_gone() -> None:
    from insights.bench import duckdb_rival, pandas_rival

    known = set(duckdb_rival.QUESTIONS)
    assert known == set(pandas_rival.QUESTIONS) == set(agreement.COLUMNS)
    assert known <= {insight.slug for insight in CATALOGUE}
    assert {insight.slug for insight in questions.parted()[0]} == known


def test_a_question_that_the_rivals_do_not_know_is_named_and_left_out(
    drawn: Rivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(agreement.COLUMNS, "rates-by-hour")
    said: list[str] = []
    found = questions.measure(drawn, said.append)
    assert said[0].endswith("the rivals do not know them: rates-by-hour")
    assert len(found.questions) == 3 * (len(CATALOGUE) - 1)
    assert "rates-by-hour" not in {one.slug for one in found.questions}


def test_the_files_of_the_rivals_are_left_nowhere(drawn: Rivals, tmp_path: Path) -> None:
    rivals = Rivals(tmp_path)
    rivals.close()
    assert [path.name for path in tmp_path.iterdir()] == ["stops.duckdb"]
