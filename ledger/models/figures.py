"""Published figures beside the ledger: rates, surveys, census, and predictions that vendors made."""

from __future__ import annotations

from django.db import models

from ledger.models.agency import Area
from ledger.models.incidents import Imported


class PublishedRate(Imported):
    """One row of a published table of stop, search and hit rates by place and group."""

    state = models.CharField(max_length=40, blank=True)
    city = models.CharField(max_length=80, blank=True)
    geography = models.CharField(max_length=80, blank=True)
    subgeography = models.CharField(max_length=120, blank=True)
    group = models.CharField(max_length=40, help_text="Race or ethnicity in the source's words.")
    search_rate = models.FloatField(null=True)
    stop_rate = models.FloatField(
        null=True, help_text="Of the whole geography, repeated on each of its rows."
    )
    hit_rate = models.FloatField(null=True)
    inferred_threshold = models.FloatField(null=True)
    stops_per_year = models.FloatField(null=True)
    stop_rate_n = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"{self.geography} {self.subgeography} {self.group}"


class SurveyFigure(Imported):
    """Share of respondents who agree with a measure, in an area and period. `base` is the number asked, if known."""

    survey = models.CharField(max_length=60)
    measure = models.CharField(max_length=160)
    meaning = models.CharField(
        max_length=160, blank=True, help_text="What the share counts, e.g. strongly agree or agree."
    )
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, related_name="+", help_text="Empty: the force."
    )
    group = models.CharField(max_length=60, blank=True, help_text="Respondents' group; empty for all.")
    period_start = models.DateField(null=True)
    period_end = models.DateField()
    share = models.FloatField(help_text="0 to 1.")
    base = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["measure", "area", "period_end"], name="survey_series")]

    def __str__(self) -> str:
        return f"{self.measure} {self.period_end}"


class VendorDepartment(Imported):
    """A client of a vendor of predictions."""

    client = models.CharField(max_length=60)
    name = models.CharField(max_length=120, blank=True)
    ucr_code = models.CharField(max_length=20, blank=True)
    first_prediction = models.DateField(null=True)
    last_prediction = models.DateField(null=True)
    confirmed_start = models.DateField(null=True)
    confirmed_end = models.DateField(null=True)
    analysis_start = models.DateField(
        null=True,
        help_text="First and last day that the study counted, within those of use and of predictions.",
    )
    analysis_end = models.DateField(null=True)
    predictions = models.PositiveIntegerField(
        null=True, help_text="Number of predictions in the days that the study counted."
    )
    usable = models.BooleanField(null=True)
    active = models.BooleanField(null=True)

    def __str__(self) -> str:
        return self.name or self.client


class VendorPrediction(Imported):
    """Predictions at one place: a count over a period, or one dated prediction."""

    client = models.CharField(max_length=60)
    label = models.CharField(
        max_length=200, blank=True, help_text="Name or address of the place, if the file has it."
    )
    kind = models.CharField(
        max_length=200, blank=True, help_text="Type of crime predicted, if the file has it."
    )
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+")
    predicted_on = models.DateField(null=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["client"], name="prediction_client")]

    def __str__(self) -> str:
        return f"{self.client} {self.label}"


class SensitivePlace(Imported):
    """A place that predictions should not point at: a school, a hospital, a police station, public housing."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=60, help_text="What it is, in a word: school.")
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="sensitive_place_on_earth",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"


class AreaBoundary(Imported):
    """What an import says of an area: its boundary, if it gives one. `Area.boundary` follows the newest that is current."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="boundaries")
    boundary = models.JSONField(null=True)

    class Meta:
        verbose_name_plural = "area boundaries"

    def __str__(self) -> str:
        return f"boundary of {self.area_id}"


class AreaFigure(Imported):
    """A figure about the people of an area, with source and year: population by race, households by income, …"""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="figures", db_index=False)
    client = models.CharField(
        max_length=60, blank=True, help_text="The vendor's client that the area was drawn for."
    )
    measure = models.CharField(max_length=200)
    value = models.FloatField()
    margin = models.FloatField(null=True, help_text="Published margin of error (90 % for the ACS), if any.")
    source = models.CharField(max_length=120, blank=True)
    year = models.PositiveSmallIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["measure", "area"], name="figure_of_area")]

    def __str__(self) -> str:
        return f"{self.measure} of {self.area_id}"
