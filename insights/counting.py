"""A page whose figures take a moment says so at once and shows them when they are counted: no frozen page, no script needed.

Most questions are answered from cubes within milliseconds. A filter that no cube holds is counted person by person; of
millions that takes a second. Such a page is sent in two pieces: the frame with the words “still counting”, and, when they
are there, the figures. A style sheet takes the first away when the second has come.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string

from insights.filters import FilterError, Filters
from insights.insight import Insight
from insights.navigator import FACT_WEIGHT, best_route
from insights.relation import summed
from insights.sizes import sizes
from insights.wording import count

log = logging.getLogger(__name__)

LONG = 1_000_000  # persons counted one by one; some hundred milliseconds of two processors
MARK = "<!-- figures -->"


def to_count(insight: Insight, filters: Filters) -> int:
    """Persons that are looked at one by one for an answer, estimated; 0 where a cube or an index answers."""
    if insight.vehicles:
        return 0
    route = best_route(filters, insight.dimensions(), summed(insight.measures()), sizes())
    return 0 if route.cube else round(route.cost / FACT_WEIGHT)


def takes_long(insight: Insight, filters: Filters) -> bool:
    return to_count(insight, filters) >= LONG


def _in_round_words(persons: int) -> str:
    """“4 million persons”: an estimate, and no more exact than one."""
    return f"{count(max(1, round(persons / 1_000_000)))} million persons"


def in_two_pieces(
    request: HttpRequest,
    insight: Insight,
    filters: Filters,
    figures: Callable[[], dict[str, Any]],
    title: str,
) -> StreamingHttpResponse:
    """The page, sent while it is made. `figures` gives the context of the template `insights/answer.html`."""
    told = {"insight": insight, "title": title, "many": _in_round_words(to_count(insight, filters))}
    frame = render_to_string("insights/counting.html", told, request)
    response = StreamingHttpResponse(_pieces(request, frame, figures))
    # Neither compressed nor held back on the way, or the first piece would wait for the second.
    response["Content-Encoding"] = "identity"
    response["X-Accel-Buffering"] = "no"
    return response


def _pieces(request: HttpRequest, frame: str, figures: Callable[[], dict[str, Any]]) -> Iterator[str]:
    before, after = frame.split(MARK)
    yield before
    try:
        yield render_to_string("insights/answer.html", figures(), request)
    except FilterError as error:
        yield render_to_string("insights/uncounted.html", {"says": str(error)}, request)
    except Exception:
        # The status went out with the first piece, so the page itself must say it.
        log.exception("The figures of %s could not be counted.", request.path)
        yield render_to_string("insights/uncounted.html", {}, request)
    yield after
