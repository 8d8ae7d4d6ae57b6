"""Filters beside the list of stops in the admin. Their choices are the own agency's and cost no look at the stops."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from ledger.access import agency_of
from ledger.choices import Flag, Outcome
from ledger.models import Person, Post, Violation

Choices = list[tuple[str, str]]


class CodeFilter(SimpleListFilter):
    """A filter by a code. A value that is none of the choices finds nothing, rather than everything."""

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if value is None:
            return queryset
        known = {code for code, _label in self.lookup_choices}
        return self.narrow(queryset, int(value)) if value in known else queryset.none()

    def narrow(self, stops: Any, code: int) -> Any:
        raise NotImplementedError


class PostFilter(CodeFilter):
    title, parameter_name = "post", "post"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        posts = Post.objects.filter(agency=agency_of(request.user)).values_list("pk", "name")
        return [("0", "Not recorded"), *((str(pk), name) for pk, name in posts)]

    def narrow(self, stops: Any, code: int) -> Any:
        return stops.filter(post=code or None)


class ViolationFilter(CodeFilter):
    title, parameter_name = "violation", "violation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        codes = Violation.objects.values_list("pk", "label")
        return [*((str(pk), label) for pk, label in codes), ("0", "Not recorded")]

    def narrow(self, stops: Any, code: int) -> Any:
        return stops.filter(violation=code or None)


class OutcomeFilter(CodeFilter):
    """Of any person of the stop."""

    title, parameter_name = "outcome", "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(str(outcome.value), str(outcome.label)) for outcome in Outcome]

    def narrow(self, stops: Any, code: int) -> Any:
        return stops.filter(Exists(Person.objects.filter(stop=OuterRef("pk"), outcome=code)))


class SearchedFilter(CodeFilter):
    """Whether any person of the stop was searched."""

    title, parameter_name = "searched", "searched"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("1", "Yes"), ("0", "No")]

    def narrow(self, stops: Any, code: int) -> Any:
        searched = Exists(Person.objects.filter(stop=OuterRef("pk"), searched=True))
        return stops.filter(searched if code else ~searched)


class ReasonFilter(CodeFilter):
    title, parameter_name = "asks for a second look", "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(str(flag.value), str(flag.label)) for flag in Flag]

    def narrow(self, stops: Any, code: int) -> Any:
        return stops.flagged_with(code)
