"""What is likely at a stop, for programs: the answer of the page."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError
from rest_framework.views import APIView

from prediction.stops.question import QuestionError, QuestionForm
from prediction.views.predict import MOST_BYTES, predicted

KNOWN = {
    "type": "object",
    "properties": {
        "predict": {"type": "string", "description": "outcome or violation; both when left out."},
        **{name: {"type": "string", "description": label} for name, label in QuestionForm.LABELS.items()},
    },
    "additionalProperties": False,
}
NOT_AN_OBJECT = (
    'The body is no JSON object of names and values, such as {"violation": "Speeding", "hour": 22}.'
)


class PredictStop(APIView):
    """What past stops like one came to: shares with intervals, base rate, the number of like stops. Never of a person."""

    permissions: ClassVar = ("prediction.view_prediction",)

    @extend_schema(
        request={"application/json": KNOWN}, responses={200: {"type": "object", "additionalProperties": True}}
    )
    def post(self, request: Request) -> Response:
        try:
            return Response(predicted(request._request, _known(request), request.user))
        except QuestionError as error:
            raise ValidationError(error.errors) from error


def _known(request: Request) -> dict[str, Any]:
    """The object of the body. Anything else is refused at the empty name."""
    if len(request._request.body) > MOST_BYTES:
        raise QuestionError({"": [f"The body is longer than {MOST_BYTES:,} bytes."]})
    if not request._request.body:
        return {}
    try:
        data = request.data
    except (ParseError, RecursionError) as error:
        raise QuestionError({"": [NOT_AN_OBJECT]}) from error
    if not isinstance(data, dict):
        raise QuestionError({"": [NOT_AN_OBJECT]})
    return dict(data)
