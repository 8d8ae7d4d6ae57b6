"""What a list keeps in its address and what it remembers for the session: filters, chips, page size, columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.core.paginator import EmptyPage
from django.http import HttpRequest, QueryDict
from django_filters import FilterSet

from ledger.forms.filter_fields import Word, WordsField

PAGE_SIZES = (25, 50, 100)


@dataclass(frozen=True)
class Chip:
    """One filter in use, with the address of the page without it."""

    name: str
    label: str
    value: str
    remove_url: str
    chosen: Mapping[str, Any]  # the cleaned filters without this one


def address(path: str, params: QueryDict) -> str:
    return f"{path}?{params.urlencode()}" if params else path


def chips_of(request: HttpRequest, filters: FilterSet) -> list[Chip]:
    """A chip for each filter in use; for each word where several were chosen."""
    if not filters.form.is_valid():
        return []
    chosen = filters.form.cleaned_data
    return [chip for name, value in chosen.items() for chip in _chips(request, filters, chosen, name, value)]


def _chips(
    request: HttpRequest, filters: FilterSet, chosen: dict[str, Any], name: str, value: Any
) -> Iterable[Chip]:
    label = str(filters.form.fields[name].label)
    if isinstance(value, list):
        for word in value:
            others = [other for other in value if other != word]
            url = address(request.path, _without(request.GET, name, filters.form.fields[name], word))
            yield Chip(name, label, word.label, url, {**chosen, name: others})
    elif value not in (None, ""):
        yield Chip(
            name,
            label,
            _words(value),
            address(request.path, _without(request.GET, name)),
            {**chosen, name: None},
        )


def _without(params: QueryDict, name: str, field: Any = None, word: Word | None = None) -> QueryDict:
    """The address's parameters without a filter, or without one of its words; back on the first page."""
    left = params.copy()
    kept = [text for text in left.getlist(name) if isinstance(field, WordsField) and field.find(text) != word]
    left.setlist(name, kept)
    for gone in [name] * (not kept) + ["page"]:
        left.pop(gone, None)
    return left


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return f"{value.day} {value:%b %Y}" if isinstance(value, date) else str(value)


def without_filters(request: HttpRequest, filters: FilterSet) -> str:
    """The page without any filter; order and tab stay."""
    left = request.GET.copy()
    for name in [*filters.filters, "page"]:
        left.pop(name, None)
    return address(request.path, left)


def page_size(request: HttpRequest) -> int:
    """Rows a page: as asked for, else as last asked for in this session."""
    asked = request.GET.get("per_page", "")
    if asked.isdecimal() and len(asked) < 4 and int(asked) in PAGE_SIZES:
        request.session["page_size"] = int(asked)
    size: int = request.session.get("page_size", PAGE_SIZES[0])
    return size


def columns_of(request: HttpRequest, offered: Iterable[str], default: tuple[str, ...]) -> tuple[str, ...]:
    """The columns to show: as asked for, else as last asked for in this session. At least the reference."""
    asked = request.GET.getlist("columns")
    if asked:
        request.session["columns"] = [
            "reference",
            *(name for name in offered if name in asked and name != "reference"),
        ]
    remembered: list[str] | None = request.session.get("columns")
    return tuple(remembered) if remembered else default


def paged(table: tables.Table, request: HttpRequest, *, ordered: bool = True) -> tables.Table:
    """Order and cut the table as the address says. A page past the end shows the last one; unknown orders are ignored."""
    if ordered and request.GET.get("sort"):
        table.order_by = request.GET.getlist("sort")
    asked, size = request.GET.get("page", "1"), page_size(request)
    number = int(asked) if asked.isdecimal() and len(asked) < 9 else 1
    try:
        table.paginate(page=max(1, number), per_page=size)
    except EmptyPage:
        table.paginate(page=table.paginator.num_pages, per_page=size)
    return table


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
