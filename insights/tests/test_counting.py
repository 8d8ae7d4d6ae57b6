"""A page that counts person by person says so first, and ends with the very page that a quick one would have been."""

from __future__ import annotations

import re
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client

from insights import counting, sizes
from insights.catalogue import find
from insights.codes import Codes
from insights.filters import Filters
from ledger.tests.factories import make_stop, make_user

pytestmark = pytest.mark.django_db
OUTSIDE = "/insights/search-rate-by-race-and-gender/?age_min=20&age_max=50"
CUBED = "/insights/search-rate-by-race-and-gender/"


@pytest.fixture
def analyst() -> Client:
    for age in (*range(18, 58), *range(18, 58)):  # more than a way through a cube is taken to cost
        make_stop(age=age, searched=age % 4 == 0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    sizes._kept.clear()
    client = Client()
    client.force_login(make_user("Analyst"))
    return client


def pieces(client: Client, url: str, most: int = 5) -> list[str]:
    """What the page sends one after the other, where anything more than so many persons counts as many."""
    with patch.object(counting, "LONG", most):
        response = client.get(url)
        assert response.status_code == 200
        assert response.streaming, "a page that takes long is sent in pieces"
        assert response["Content-Encoding"] == "identity"
        return [piece.decode() for piece in response.streaming_content]


def plain(html: str) -> str:
    """Without what differs from one sending to the next."""
    return re.sub(r'value="[\w-]{60,}"|\d\d:\d\d|\s+', " ", html)


def content(html: str) -> str:
    found = re.search(r'<div class="page-top">.*</main>', html, re.S)
    assert found
    return found[0]


def test_says_that_it_counts_before_it_counts(analyst: Client) -> None:
    with patch("insights.insight.Insight.answer", side_effect=AssertionError("counted too early")) as counted:
        first, *_ = pieces(analyst, OUTSIDE)
    assert counted.called
    assert "Still counting" in first
    assert "about 1 million persons" in first, "an estimate in round words"
    assert first.startswith("<!doctype html>")
    assert "</main>" not in first


def test_ends_with_the_page_that_a_quick_one_would_be(analyst: Client) -> None:
    quick = analyst.get(OUTSIDE)
    assert not quick.streaming
    first, second, last = pieces(analyst, OUTSIDE)
    assert plain(content(second + last)) == plain(content(quick.content.decode()))
    assert (first + last).count("<h1") == 0, "one heading, and it comes with the figures"


@pytest.mark.parametrize("url", [CUBED, OUTSIDE + "&format=json", OUTSIDE + "&format=print"])
def test_is_one_piece_where_a_cube_answers_or_a_file_is_wanted(analyst: Client, url: str) -> None:
    with patch.object(counting, "LONG", 5):
        assert not analyst.get(url).streaming


def test_a_wrong_filter_is_refused_before_anything_is_sent(analyst: Client) -> None:
    with patch.object(counting, "LONG", 5):
        assert analyst.get(OUTSIDE + "&race=Nobody").status_code == 400


def test_a_failure_in_the_second_piece_is_told_on_the_page(analyst: Client, caplog: Any) -> None:
    with patch("insights.insight.Insight.answer", side_effect=RuntimeError("the disk is full at /var/x")):
        _, second, last = pieces(analyst, OUTSIDE)
    assert "could not be counted" in second
    assert "/var/x" not in second
    assert last.rstrip().endswith("</html>")
    assert "the disk is full" in caplog.text


def test_estimates_what_there_is_to_count(analyst: Client) -> None:
    insight, codes = find("search-rate-by-race-and-gender"), Codes()
    assert insight is not None
    assert counting.to_count(insight, Filters.read({}, codes)) == 0, "a cube answers"
    assert counting.to_count(insight, Filters.read({"age_min": "20", "age_max": "50"}, codes)) == 80, (
        "all facts are read"
    )
