"""Bars of twenty-four hours as SVG, drawn here so that page, program and printer get the same picture without a script.

Levels are told by colour, by pattern and by a letter under each bar; nothing in it depends on a style sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10

from prediction.crime.hours import HIGH, LOW, MODERATE, Hour

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 34, 58
FILLS = {LOW: "#7db8a0", MODERATE: "#e0b04c", HIGH: "#c75146"}
LETTERS = {LOW: "L", MODERATE: "M", HIGH: "H"}
INK, LINE = "#1d2733", "#c9d1da"
PATTERNS = (
    '<defs><pattern id="moderate-lines" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 6L6 0" stroke="#1d2733" '
    'stroke-opacity=".45"/></pattern><pattern id="high-lines" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<path d="M0 6L6 0M0 0L6 6" stroke="#1d2733" stroke-opacity=".55"/></pattern></defs>'
)


def bars(hours: Sequence[Hour], title: str, about: str) -> str:
    """A picture of expected incidents per day by hour, with intervals, and what was recorded a year before."""
    top = _top(max([one.high for one in hours] + [one.last_year or 0 for one in hours]))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" class="hour-bars" '
        f'aria-labelledby="bars-title bars-about" font-family="system-ui, sans-serif" font-size="11" fill="{INK}">',
        f'<title id="bars-title">{escape(title)}</title><desc id="bars-about">{escape(about)}</desc>',
        PATTERNS,
        f'<rect class="bars-paper" width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="18" font-size="13" font-weight="600">{escape(title)}</text>',
        *_axis(top),
        *(part for one in hours for part in _bar(one, top)),
        *_legend(any(one.last_year is not None for one in hours)),
        "</svg>",
    ]
    return "".join(parts)


def _top(value: float) -> float:
    """A round figure at or above a value: 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.999))


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(value, top) / top, 2)


def _x(hour: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * hour / 24, 2)


def _axis(top: float) -> list[str]:
    found = []
    for step in range(5):
        value = top * step / 4
        y = _y(value, top)
        found.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="{LINE}"/>')
        digits = max(0, ceil(-log10(top)) + 2) if top < 10 else 0
        found.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{value:.{digits}f}</text>')
    return found


def _bar(one: Hour, top: float) -> list[str]:
    x, width = _x(one.hour + 0.14), round(_x(0.72) - LEFT, 2)
    y, floor_ = _y(one.expected, top), _y(0, top)
    box = f'x="{x}" y="{y}" width="{width}" height="{round(floor_ - y, 2)}"'
    middle = _x(one.hour + 0.5)
    high, low = _y(one.high, top), _y(one.low, top)
    words = f"{one.clock}: {one.expected:.3g} a day ({one.low:.3g} to {one.high:.3g}), {one.level}"
    parts = [
        f'<g><title>{words}</title><rect class="bar-{one.level}" {box} fill="{FILLS[one.level]}"/>',
    ]
    if one.level != LOW:
        parts.append(f'<rect {box} fill="url(#{one.level}-lines)"/>')
    parts.append(
        f'<path d="M{middle} {high}V{low}M{middle - 3} {high}h6M{middle - 3} {low}h6" stroke="{INK}" fill="none"/></g>'
    )
    if one.last_year is not None:
        parts.append(
            f'<circle cx="{middle}" cy="{_y(one.last_year, top)}" r="3.2" fill="#fff" stroke="{INK}" stroke-width="1.4"/>'
        )
    parts.append(
        f'<text x="{middle}" y="{floor_ + 14}" text-anchor="middle" font-weight="600">{LETTERS[one.level]}</text>'
    )
    parts.append(f'<text x="{middle}" y="{floor_ + 28}" text-anchor="middle">{one.hour:02d}</text>')
    return parts


def _legend(with_last_year: bool) -> list[str]:
    x, y = LEFT, HEIGHT - 12
    parts = []
    for level, words in ((LOW, "L low"), (MODERATE, "M moderate"), (HIGH, "H high")):
        parts.append(
            f'<rect class="bar-{level}" x="{x}" y="{y - 9}" width="12" height="10" fill="{FILLS[level]}"/>'
        )
        if level != LOW:
            parts.append(f'<rect x="{x}" y="{y - 9}" width="12" height="10" fill="url(#{level}-lines)"/>')
        parts.append(f'<text x="{x + 17}" y="{y}">{words}</text>')
        x += 92
    parts.append(f'<path d="M{x + 4} {y - 10}v11M{x + 1} {y - 10}h6M{x + 1} {y + 1}h6" stroke="{INK}"/>')
    parts.append(f'<text x="{x + 14}" y="{y}">95% interval</text>')
    if with_last_year:
        parts.append(
            f'<circle cx="{x + 112}" cy="{y - 4}" r="3.2" fill="#fff" stroke="{INK}" stroke-width="1.4"/>'
        )
        parts.append(f'<text x="{x + 121}" y="{y}">recorded a year before</text>')
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{y}" text-anchor="end">incidents per day, by hour</text>')
    return parts
