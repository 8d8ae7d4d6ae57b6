"""Plots for files that leave the house: plain SVG, no library, no style sheet. Pages draw with Chart.js instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

SIZE, EDGE = 320, 44  # units of the drawing and of the room for axes
INK, SOFT, BLUE = "#1d2733", "#76828f", "#0b58a6"
STEPS = (0.1, 0.2, 0.25, 0.5, 1.0)


def calibration_svg(bins: Sequence[dict[str, Any]], title: str) -> str:
    """What was said against what happened, with 95 % intervals; on the dashed line both are the same."""
    largest = max((max(one["said"], one["high"]) for one in bins), default=1.0)
    top = next((step for step in STEPS if step >= largest), 1.0)
    parts = [_axis(top), _line(0, 0, top, top, top, SOFT, 'stroke-dasharray="4 4"')]
    for one in bins:
        parts.append(_line(one["said"], one["low"], one["said"], one["high"], top, BLUE, 'stroke-width="2"'))
        x, y = _at(one["said"], one["happened"], top)
        said = f"said {one['said']:.1%}, happened {one['happened']:.1%} of {one['stops']:,}"
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{BLUE}"><title>{said}</title></circle>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE + EDGE} {SIZE + EDGE}" width="{SIZE + EDGE}" '
        f'height="{SIZE + EDGE}" role="img" font-family="sans-serif" font-size="11" fill="{INK}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def _at(x: float, y: float, top: float) -> tuple[float, float]:
    """A point of the drawing; both axes run from 0 to `top`."""
    return EDGE + x / top * (SIZE - 12), 8 + (1 - y / top) * (SIZE - 12)


def _line(x: float, y: float, x2: float, y2: float, top: float, colour: str, more: str = "") -> str:
    (a, b), (c, d) = _at(x, y, top), _at(x2, y2, top)
    return f'<line x1="{a:.1f}" y1="{b:.1f}" x2="{c:.1f}" y2="{d:.1f}" stroke="{colour}" {more}/>'


def _axis(top: float) -> str:
    parts = [_line(0, 0, top, 0, top, SOFT), _line(0, 0, 0, top, top, SOFT)]
    for tick in range(6):
        share = top * tick / 5
        (x, bottom), (left, y) = _at(share, 0, top), _at(0, share, top)
        parts.append(f'<text x="{x:.1f}" y="{bottom + 16:.1f}" text-anchor="middle">{share:.0%}</text>')
        parts.append(f'<text x="{left - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{share:.0%}</text>')
    middle = EDGE + (SIZE - 12) / 2
    parts.append(f'<text x="{middle:.1f}" y="{SIZE + EDGE - 8}" text-anchor="middle">what was said</text>')
    parts.append(
        f'<text transform="translate(11 {SIZE / 2}) rotate(-90)" text-anchor="middle">what happened</text>'
    )
    return "".join(parts)
