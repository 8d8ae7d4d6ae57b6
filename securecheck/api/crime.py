"""Crime by the hour, for programs: the calls of ATLShield's clients, answered with the figures of the page.

The same calls may be answered at their old addresses, without `/api`: `OLD_CRIME_ADDRESSES` is empty (closed), `token` or `open`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase
from django.urls import URLPattern, re_path
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from prediction.crime import calls
from prediction.crime.asked import AskedError
from prediction.crime.calls import Call
from prediction.crime.hours import Abstains
from prediction.views.crime import note
from prediction.views.predict import MOST_BYTES

NOT_AN_OBJECT = 'The body is no JSON object such as {"neighborhood": "Midtown", "month": 5}.'
OPEN, TOKEN = "open", "token"
ASKED = {
    "type": "object",
    "properties": {
        "neighborhood": {
            "type": "string",
            "description": "Name of an area, in any case.",
            "example": "Midtown",
        },
        "month": {
            "description": "A number from 1 to 12 or an English name: the next such month that is forecast; or 2022-05.",
            "oneOf": [{"type": "integer"}, {"type": "string"}],
            "example": 5,
        },
    },
    "required": ["neighborhood", "month"],
    "additionalProperties": False,
}
HOUR = inline_serializer(
    "HourOfCrime",
    {
        "hour": serializers.CharField(help_text="00:00 to 23:00"),
        "predicted_crimes": serializers.FloatField(
            help_text="Expected per day in that hour, not rounded up."
        ),
        "low": serializers.FloatField(help_text="Lower end of the 95% interval of the month's mean."),
        "high": serializers.FloatField(help_text="Upper end."),
        "level": serializers.ChoiceField(
            ["low", "moderate", "high"], help_text="Thirds of all hours of all areas."
        ),
        "suggested_patrol": serializers.CharField(help_text="By a declared table from the mix of offences."),
    },
    many=True,
)
AVERAGE = inline_serializer(
    "AverageDailyCrime",
    {
        "neighborhood": serializers.CharField(),
        "month": serializers.CharField(help_text="As it was asked for."),
        "average_daily_crime_count": serializers.FloatField(help_text="Over calendar days with data."),
    },
)
REFUSED = OpenApiResponse(
    description="Not understood; `errors` names each field, with the known names near a misspelt one."
)
NO_DATA = OpenApiResponse(description="There is no forecast or no data; `error` says why.")


class Sentences(APIView):
    """What the calls share: the rights, and how refusals are told."""

    permissions: ClassVar = ("prediction.view_prediction",)

    def answer(self, request: Request, data: Mapping[str, Any]) -> HttpResponseBase:
        raise NotImplementedError

    def told(self, request: Request, data: Any) -> HttpResponseBase:
        try:
            if not isinstance(data, Mapping):
                raise AskedError({"": [NOT_AN_OBJECT]})
            return self.answer(request, data)
        except AskedError as error:
            return Response({"error": "This is not understood.", "errors": error.errors}, status=400)
        except Abstains as why:
            return Response({"error": str(why)}, status=404)


class Post(Sentences):
    def post(self, request: Request) -> HttpResponseBase:
        if len(request._request.body) > MOST_BYTES:
            return Response({"error": f"The body is longer than {MOST_BYTES:,} bytes."}, status=400)
        try:
            data = request.data
        except (ParseError, RecursionError):
            data = None
        return self.told(request, data)


class HourlyCrime(Post):
    """Expected crimes per day in each hour of a month, with interval, level and suggested patrol."""

    @extend_schema(request={"application/json": ASKED}, responses={200: HOUR, 400: REFUSED, 404: NO_DATA})
    def post(self, request: Request) -> HttpResponseBase:
        return super().post(request)

    def answer(self, request: Request, data: Mapping[str, Any]) -> HttpResponseBase:
        call = Call.read(data)
        day = calls.day(call)
        note(request._request, call.run, day, request.user)
        return Response(calls.hourly(day))


class AverageDailyCrime(Post):
    """Recorded crimes per calendar day of a month, days without crime counted."""

    @extend_schema(request={"application/json": ASKED}, responses={200: AVERAGE, 400: REFUSED, 404: NO_DATA})
    def post(self, request: Request) -> HttpResponseBase:
        return super().post(request)

    def answer(self, request: Request, data: Mapping[str, Any]) -> HttpResponseBase:
        return Response(calls.average_daily(Call.read(data)))


class AnyMedia(BaseContentNegotiation):
    """A picture is asked for with whatever a browser accepts; errors are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class HourlyCrimeChart(Sentences):
    """The hours as bars (SVG): levels by colour, pattern and letter, with intervals."""

    content_negotiation_class = AnyMedia

    @extend_schema(
        parameters=[
            OpenApiParameter("neighborhood", str, required=True, description="Name of an area, in any case."),
            OpenApiParameter(
                "month", str, required=True, description="1 to 12, an English name, or 2022-05."
            ),
        ],
        responses={(200, "image/svg+xml"): bytes, 400: REFUSED, 404: NO_DATA},
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.told(request, {name: value for name, value in request.query_params.items() if value})

    def answer(self, request: Request, data: Mapping[str, Any]) -> HttpResponseBase:
        call = Call.read(data)
        day = calls.day(call)
        note(request._request, call.run, day, request.user)
        return HttpResponse(calls.picture(day), content_type="image/svg+xml; charset=utf-8")


CALLS: dict[str, type[APIView]] = {
    "predict_hourly_crime": HourlyCrime,
    "average_daily_crime": AverageDailyCrime,
    r"hourly_crime_chart\.svg": HourlyCrimeChart,
}


def old_addresses(mode: str) -> list[URLPattern]:
    """The calls at their old addresses: none; for those with a token; or for everybody who reaches the server."""
    if mode not in (OPEN, TOKEN):
        return []
    free: dict[str, Any] = {"permission_classes": [], "authentication_classes": []} if mode == OPEN else {}
    return [
        re_path(rf"^{name}/?$", view.as_view(**free, schema=None), name=f"old-{name.split(chr(92))[0]}")
        for name, view in CALLS.items()
    ]
