"""How the figures of the tests are written for people: those of insights, and differences, odds, p and times of day."""

from __future__ import annotations

from typing import Any

from insights.columns import HIDDEN
from insights.wording import FORMATS

MINUS = "−"


def points(value: float) -> str:
    """A difference of two rates in percentage points, with its sign."""
    if abs(value) < 5e-6:
        return "0.0 points"
    text = f"{value * 100:+.2f}" if abs(value) < 0.001 else f"{value * 100:+.1f}"
    return f"{text} points".replace("-", MINUS)


def residual(value: float) -> str:
    """Per cent above (or below) what a benchmark expects."""
    return f"{value:+.0f}%".replace("-", MINUS) if abs(value) >= 10 else f"{value:+.1f}%".replace("-", MINUS)


def small(value: float) -> str:
    """A rate that may be well below one in a hundred, to three figures."""
    return f"{value:.3g}"


def figure(value: float) -> str:
    """Of any size: three figures, or whole from a thousand on."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def plain(value: float) -> str:
    return f"{value:.3f}".replace("-", MINUS)


def p_value(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def clock(value: float) -> str:
    return f"{int(value) // 60:02d}:{int(value) % 60:02d}"


def yes_no(value: Any) -> str:
    return "yes" if value else "no"


def effect(value: float) -> str:
    """A change of a share that goes with something else, in points to two places."""
    return f"{value * 100:+.2f} points".replace("-", MINUS)


def measured(value: float) -> str:
    """A width of a share in points; of what is no share, as it is."""
    return f"{value:.3g}" if value >= 1 else f"{value * 100:.1f} points"


STYLES = FORMATS | {
    "effect": effect,
    "measured": measured,
    "off": lambda value: f"{value * 100:.2f} points",
    "correlation": lambda value: f"{value:.2f}".replace("-", MINUS),
    "points": points,
    "residual": residual,
    "small": small,
    "figure": figure,
    "plain": plain,
    "p": p_value,
    "clock": clock,
    "yes": yes_no,
    "per thousand": lambda value: f"{value * 1000:,.1f}",
}


def written(value: Any, style: str) -> str:
    """A figure in words: hidden ones by their mark, missing ones by a dash."""
    if value is None:
        return "–"
    if value == HIDDEN or style == "text":
        return str(value)
    text: str = STYLES[style](value)
    return text


def between(low: Any, high: Any, style: str) -> str:
    """“−1.0 to +1.2 points”: the unit once."""
    return f"{written(low, style).removesuffix(' points')} to {written(high, style)}"
