"""Figures in templates, written as everywhere."""

from __future__ import annotations

from django import template

from insights.wording import percent as in_percent

register = template.Library()


@register.filter
def percent(value: float | None) -> str:
    return "–" if value is None else in_percent(value)
