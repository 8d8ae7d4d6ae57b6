"""Points in areas: holes, several parts, borders that areas share."""

from __future__ import annotations

import random

from insights.audit.placing import NOWHERE, box, place


def square(west: float, south: float, side: float = 1.0) -> list[list[float]]:
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings: list[list[float]]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_point_lies_in_one_area_or_nowhere() -> None:
    areas = [polygon(square(0, 0)), polygon(square(1, 0)), None]
    assert place([0.5, 1.5, 2.5, 0.5], [0.5, 0.5, 0.5, 1.5], areas) == [0, 1, NOWHERE, NOWHERE]


def test_a_point_on_a_common_border_lies_in_one_of_both() -> None:
    areas = [polygon(square(0, 0)), polygon(square(1, 0))]
    assert place([1.0, 1.0], [0.25, 0.75], areas) == [1, 1]


def test_a_hole_is_outside_and_parts_belong_together() -> None:
    ring = polygon(square(0, 0, 3), square(1, 1))
    parts = {"type": "MultiPolygon", "coordinates": [[square(5, 5)], [square(8, 8)]]}
    assert place([1.5, 0.5, 5.5, 8.5, 7.0], [1.5, 0.5, 5.5, 8.5, 7.0], [ring, parts]) == [
        NOWHERE,
        0,
        1,
        1,
        NOWHERE,
    ]
    assert box(parts) == (5, 5, 9, 9)


def test_a_boundary_that_is_not_closed_is_closed() -> None:
    assert place([0.5], [0.5], [polygon(square(0, 0)[:-1])]) == [0]


def test_many_points_agree_with_the_plain_rule_of_a_grid() -> None:
    made = random.Random(3)
    areas = [polygon(square(west, south)) for south in range(5) for west in range(5)]
    xs, ys = ([made.uniform(-1, 6) for _ in range(2000)] for _ in range(2))
    expected = [
        int(y) * 5 + int(x) if 0 <= x < 5 and 0 <= y < 5 else NOWHERE for x, y in zip(xs, ys, strict=True)
    ]
    assert place(xs, ys, areas) == expected
