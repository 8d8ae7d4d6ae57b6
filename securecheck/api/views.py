"""Addresses of the API. Who may see what is decided where the pages decide it."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.db import transaction
from django.http import Http404, HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import ValidationError
from rest_framework.views import APIView

from insights.catalogue import CATALOGUE
from insights.filters import StopFilter as InsightFilter
from insights.views import show_insight
from ledger.access import agency_of, stops_for
from ledger.audit import record
from ledger.choices import AgeBand, AuditVerb, DurationBand, Gender, Outcome, PersonRole, StopType, Words
from ledger.filters import StopFilter
from ledger.models import Agency, Contraband, Race, SearchBasis, Stop, Violation
from ledger.querysets import StopQuerySet
from ledger.reference import number_of
from ledger.views.stops import told
from securecheck.api.serializers import (
    AgencySerializer,
    AnswerSerializer,
    CodeSerializer,
    InsightSerializer,
    StopSerializer,
)

LISTS: dict[str, type[Any]] = {
    "violations": Violation,
    "races": Race,
    "search-bases": SearchBasis,
    "contraband": Contraband,
    "outcomes": Outcome,
    "genders": Gender,
    "age-bands": AgeBand,
    "duration-bands": DurationBand,
    "stop-types": StopType,
    "roles": PersonRole,
}


def _as_parameters(filters: Any) -> list[OpenApiParameter]:
    """The filters of a FilterSet, for the description."""
    return [
        OpenApiParameter(name, str, description=str(one.label or ""), required=False)
        for name, one in filters.base_filters.items()
    ]


class Root(APIView):
    """What there is."""

    @extend_schema(responses={200: {"type": "object", "additionalProperties": {"type": "string"}}})
    def get(self, request: Request) -> Response:
        names = {"insights": "api-insights", "stops": "api-stops", "agencies": "api-agencies"}
        names |= {"codes": "api-codes", "schema": "api-schema", "docs": "api-docs"}
        return Response({name: reverse(view, request=request) for name, view in names.items()})


class Insights(APIView):
    """The questions of the catalogue."""

    permissions: ClassVar = ("insights.view_insights",)

    @extend_schema(responses=InsightSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(
            [
                {
                    "slug": one.slug,
                    "title": one.title,
                    "question": one.question,
                    "columns": list(one.columns),
                    "url": reverse("api-insight", [one.slug], request=request),
                }
                for one in CATALOGUE
            ]
        )


class Insight(APIView):
    """The answer to one question: the figures of its page, within the same filters, with the same counts hidden."""

    permissions: ClassVar = ("insights.view_insights",)

    @extend_schema(responses=AnswerSerializer, parameters=_as_parameters(InsightFilter))
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        page = request._request
        page.user, page.GET = request.user, _asked_as_json(request)
        return show_insight(page, slug)


class StopPages(CursorPagination):
    """Walks the newest stops by key: the thousandth page costs what the first does."""

    ordering = ("-stopped_on", "-stopped_at", "-id")
    page_size = 50
    page_size_query_param = "per_page"
    max_page_size = 500


class Stops(APIView):
    """The current stops within reach, the newest first: the own agency's, an analyst's own uploads."""

    permissions: ClassVar = ("ledger.view_stop", "ledger.correct_stop")

    @extend_schema(
        responses=StopSerializer(many=True),
        parameters=[
            *_as_parameters(StopFilter),
            OpenApiParameter(
                "cursor", str, description="Where a page begins, from `next` of the one before."
            ),
            OpenApiParameter("per_page", int, description="Stops a page, 500 at most."),
        ],
    )
    def get(self, request: Request) -> Response:
        agency, reach = agency_of(request.user), stops_for(request.user).current()
        chosen = request.query_params.copy()
        chosen.pop("cursor", None)
        filters = StopFilter(chosen, reach, agency_id=agency.pk if agency else None)
        if not filters.form.is_valid():
            raise ValidationError(_sentences(filters.form))
        pages, found = StopPages(), cast("StopQuerySet", filters.qs)
        stops: list[Stop] = pages.paginate_queryset(found.with_parts(), request, view=self) or []
        with transaction.atomic():
            record(request, AuditVerb.DISCLOSURE, "stops", "api", filters=told(filters), rows=len(stops))
        return pages.get_paginated_response(StopSerializer(stops, many=True, context=_words()).data)


class OneStop(APIView):
    """The current version of one stop."""

    permissions: ClassVar = ("ledger.view_stop", "ledger.correct_stop")

    @extend_schema(responses=StopSerializer, parameters=[OpenApiParameter("reference", str, "path")])
    def get(self, request: Request, reference: str) -> Response:
        number = number_of(reference)
        found: Stop | None = (
            stops_for(request.user).current().filter(number=number).with_parts().first()
            if number is not None
            else None
        )
        if found is None:
            raise Http404
        with transaction.atomic():
            record(request, AuditVerb.DISCLOSURE, "stop", found.reference, version=found.version)
        return Response(StopSerializer(found, context=_words()).data)


class Agencies(APIView):
    """The agencies of the ledger."""

    @extend_schema(responses=AgencySerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(AgencySerializer(Agency.objects.select_related("country"), many=True).data)


class CodeLists(APIView):
    """The code lists that there are."""

    @extend_schema(responses={200: {"type": "object", "additionalProperties": {"type": "string"}}})
    def get(self, request: Request) -> Response:
        return Response({name: reverse("api-code-list", [name], request=request) for name in LISTS})


class CodeList(APIView):
    """One code list: every code with its label and the words of sources that mean it."""

    @extend_schema(responses=CodeSerializer(many=True))
    def get(self, request: Request, name: str) -> Response:
        codes = LISTS.get(name)
        if codes is None:
            raise Http404
        return Response(CodeSerializer(_codes(codes), many=True).data)


def _asked_as_json(request: Request) -> Any:
    """The query of the address, asking the page for JSON."""
    chosen = request.query_params.copy()
    chosen["format"] = "json"
    return chosen


def _sentences(form: Any) -> dict[str, list[str]]:
    """What is wrong with the filters, by filter."""
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


def _codes(codes: type[Any]) -> list[dict[str, Any]]:
    if issubclass(codes, Words):
        sources: dict[int, list[str]] = {}
        for word, code in codes.source_words().items():
            sources.setdefault(int(code), []).append(word)
        return [
            {"code": int(one.value), "label": str(one.label), "words": sources.get(int(one.value), [])}
            for one in codes
        ]
    return [{"code": one.pk, "label": one.label, "words": one.words} for one in codes.objects.all()]


def _words() -> dict[str, Any]:
    """Labels that persons hold by number, looked up once a reply."""
    return {
        "bases": dict(SearchBasis.objects.values_list("pk", "label")),
        "finds": dict(Contraband.objects.values_list("pk", "label")),
    }
