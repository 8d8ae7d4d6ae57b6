"""Lists of hundreds of options in groups, written at once: a template for each option takes most of a page's time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Group = tuple[str, Iterable[tuple[Any, str]]]  # label, values and words
OPTION = '<option value="{}"{}>{}</option>'
SELECTED = SafeString(" selected")


class LongSelect(forms.Select):
    """One of many. `choices` are groups."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        own = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return _written(own, self.choices, {str(value or "")})


class LongSelectMultiple(forms.SelectMultiple):
    """Any of many. `choices` are groups."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        own = self.build_attrs(self.attrs, {**(attrs or {}), "name": name, "multiple": True})
        return _written(own, self.choices, {str(one) for one in value or ()})


def _written(attrs: dict[str, Any], groups: Iterable[Any], chosen: Collection[str]) -> SafeString:
    inside = format_html_join("", "{}", ((_group(label, options, chosen),) for label, options in groups))
    return format_html("<select{}>{}</select>", flatatt(attrs), inside)


def _group(label: str, options: Iterable[tuple[Any, str]], chosen: Collection[str]) -> SafeString:
    written = ((value, SELECTED if str(value) in chosen else "", words) for value, words in options)
    return format_html('<optgroup label="{}">{}</optgroup>', label, format_html_join("", OPTION, written))
