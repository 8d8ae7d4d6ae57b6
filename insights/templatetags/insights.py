"""Figures in templates, written as everywhere."""

from __future__ import annotations

from typing import Any

from django import template

from insights.wording import percent as in_percent

register = template.Library()


@register.filter
def of_slug(found: dict[str, Any], slug: str) -> Any:
    """What a table by slug holds for an insight; nothing where it holds none."""
    return found.get(slug)


@register.filter
def percent(value: float | None) -> str:
    return "–" if value is None else in_percent(value)
