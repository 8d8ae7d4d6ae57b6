"""Records as JSON. Labels are the words of the pages; what is not known is null."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ledger.choices import AgeBand, Flag
from ledger.models import Person, Stop


class PersonSerializer(serializers.ModelSerializer[Person]):
    """Someone stopped. Marks are as recorded."""

    role = serializers.CharField(source="get_role_display")
    gender = serializers.CharField(source="get_gender_display")
    race = serializers.CharField(source="race.label", default=None)
    age_band = serializers.SerializerMethodField(help_text="Of the age, else as recorded.")
    outcome = serializers.CharField(source="get_outcome_display")
    search_bases = serializers.SerializerMethodField()
    contraband = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields = (
            *("position", "role", "gender", "race", "age", "age_band", "outcome", "arrested", "searched"),
            *("search_bases", "frisked", "contraband_found", "contraband"),
        )

    def get_age_band(self, person: Person) -> str:
        return str((AgeBand.of(person.age) if person.age is not None else AgeBand(person.age_band)).label)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_search_bases(self, person: Person) -> list[str]:
        return [self.context["bases"][code] for code in person.search_bases]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_contraband(self, person: Person) -> list[str]:
        return [self.context["finds"][code] for code in person.contraband]


class StopSerializer(serializers.ModelSerializer[Stop]):
    """The current version of a stop with its persons."""

    reference = serializers.CharField(read_only=True)
    agency = serializers.CharField(source="agency.name")
    country = serializers.CharField(source="agency.country.name")
    post = serializers.CharField(source="post.name", default=None)
    area = serializers.CharField(source="area.name", default=None)
    officer = serializers.CharField(source="officer.number", default=None)
    date = serializers.DateField(source="stopped_on")
    time = serializers.TimeField(source="stopped_at", allow_null=True)
    stop_type = serializers.CharField(source="get_stop_type_display")
    duration_band = serializers.CharField(source="get_duration_band_display")
    violation = serializers.CharField(source="violation.label", default=None)
    vehicle = serializers.CharField(source="private.vehicle.number", default=None)
    words = serializers.CharField(source="private.words", default="")
    reasons_to_review = serializers.SerializerMethodField()
    persons = PersonSerializer(many=True)

    class Meta:
        model = Stop
        fields = (
            *(
                "reference",
                "version",
                "agency",
                "country",
                "post",
                "area",
                "officer",
                "date",
                "time",
                "stop_type",
            ),
            *("duration_minutes", "duration_band", "violation", "drugs_related", "latitude", "longitude"),
            *("vehicle", "words", "reasons_to_review", "recorded_at", "persons"),
        )

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_reasons_to_review(self, stop: Stop) -> list[str]:
        return [str(flag.label) for flag in Flag.in_bits(stop.flags)]


class InsightSerializer(serializers.Serializer[Any]):
    """A question of the catalogue."""

    slug = serializers.CharField()
    title = serializers.CharField()
    question = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField())
    url = serializers.CharField()


class AnswerSerializer(serializers.Serializer[Any]):
    """The answer to a question within the filters: rows keyed by column, and single figures."""

    slug = serializers.CharField()
    title = serializers.CharField()
    question = serializers.CharField()
    filters = serializers.DictField()
    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.DictField())
    summary = serializers.DictField()
    notes = serializers.ListField(child=serializers.CharField(), required=False)


class CodeSerializer(serializers.Serializer[Any]):
    """A word of a code list, and the words of sources that mean it."""

    code = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name is meant
    words = serializers.ListField(child=serializers.CharField())


class AgencySerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    country = serializers.CharField(source="country.name")
    time_zone = serializers.CharField()
