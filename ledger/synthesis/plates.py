"""Vehicles and their plates. Some vehicles are met again and again; every number belongs to one vehicle only."""

from __future__ import annotations

from typing import Any

LETTERS = "ABCDEFGHJKLMNPRSTVWXYZ"
DIGITS = "0123456789"
STATES = ("MH", "DL", "KA", "TN", "UP", "RJ", "GJ", "WB")
# Of all stops, how many meet one of the regulars: few vehicles, the first of them most often.
REGULAR_STOPS = 0.12
STRIDE, START = (
    2_654_435_761,
    1_234_567_891,
)  # a prime, hence no two vehicles share a plate; neighbours' lie far apart


def draw_vehicles(random: Any, count: int, stops_in_all: int) -> Any:
    """Numbers of vehicles in a country's pool, which grows with the number of stops drawn in all."""
    import numpy as np

    regulars, pool = max(5, stops_in_all // 100), max(20, stops_in_all * 3 // 2)
    weights = (1 / (np.arange(regulars) + 20)).cumsum()
    known = np.searchsorted(weights / weights[-1], random.random(count), side="right")
    anyone = regulars + (random.random(count) * pool).astype(np.int64)
    return np.where(random.random(count) < REGULAR_STOPS, known, anyone)


def plates(pattern: str, vehicles: Any) -> Any:
    """The plates of vehicles as an array of text: a letter of the plate is a digit of the scattered number."""
    import numpy as np

    space = 1
    for place in pattern:
        space *= len(_signs(place))
    rest = (vehicles.astype(np.int64) * STRIDE + START) % space
    parts = []
    for place in reversed(pattern):
        signs = np.array(_signs(place))
        rest, digit = np.divmod(rest, len(signs))
        parts.append(signs[digit])
    text = parts.pop()
    while parts:
        text = np.char.add(text, parts.pop())
    return text


def _signs(place: str) -> tuple[str, ...]:
    return {"A": tuple(LETTERS), "9": tuple(DIGITS), "S": STATES}[place]
