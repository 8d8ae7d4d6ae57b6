"""Facts: one flat row per current person stopped, small codes only, agency first in the key, no foreign keys.

Zero is "Unknown" in every code column, -1 in `hour`; the three marks are as recorded, NULL when not recorded.
Facts follow the ledger in the transaction that writes it: `insights.facts`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

# What a filter of a question about vehicles may look at: with it in an index, the facts themselves need not be read.
FILTERED = (
    *(
        "country",
        "agency",
        "post",
        "day",
        "hour",
        "violation",
        "outcome",
        "gender",
        "race",
        "age",
        "age_band",
    ),
    *("searched", "arrested", "drugs"),
)


class StopFact(models.Model):
    pk = models.CompositePrimaryKey("agency", "id")
    id = models.BigIntegerField(help_text="The person's number in the ledger.")
    stop = models.BigIntegerField(
        help_text="The stop's number in the ledger, for distinct counts and drill-through."
    )
    import_run = models.BigIntegerField(null=True)
    vehicle = models.BigIntegerField(null=True)
    day = models.DateField()
    minutes_x10 = models.IntegerField(
        help_text="Duration in tenths of a minute; a band's midpoint; 0 when unknown."
    )
    agency = models.SmallIntegerField()
    country = models.SmallIntegerField()
    post = models.IntegerField(help_text="0 when unknown.")
    area = models.IntegerField(help_text="0 when unknown.")
    year = models.SmallIntegerField()
    month = models.SmallIntegerField()
    hour = models.SmallIntegerField()
    minute = models.SmallIntegerField(help_text="Minute of the day, 0 to 1439; -1 when unknown.")
    violation = models.SmallIntegerField()
    stop_type = models.SmallIntegerField(default=0, db_default=0, help_text="0 when unknown.")
    outcome = models.SmallIntegerField()
    gender = models.SmallIntegerField()
    race = models.SmallIntegerField()
    age = models.SmallIntegerField(help_text="-1 when unknown.")
    age_band = models.SmallIntegerField()
    duration_band = models.SmallIntegerField()
    searched = models.BooleanField(null=True)
    arrested = models.BooleanField(null=True)
    drugs = models.BooleanField(null=True)
    hit = models.BooleanField(
        null=True, help_text="A search that found what it looked for, or any contraband."
    )

    discretionary = models.BooleanField(
        null=True,
        help_text="The officer could have chosen not to search; NULL without a search or a recorded ground.",
    )
    frisked = models.BooleanField(null=True)

    class Meta:
        permissions = [
            ("view_insights", "Can read insights"),
            ("view_exact", "Can read exact figures of all agencies"),
        ]
        default_permissions = ()
        indexes = [
            models.Index(fields=["agency", "day"], name="fact_agency_day"),
            models.Index(fields=["stop"], name="fact_stop"),
            models.Index(fields=["import_run"], name="fact_import", condition=Q(import_run__isnull=False)),
            models.Index(fields=["vehicle"], name="fact_vehicle", condition=Q(vehicle__isnull=False)),
            models.Index(
                fields=["vehicle", "stop"],
                include=FILTERED,
                name="fact_drugs",
                condition=Q(drugs=True, vehicle__isnull=False),
            ),
            models.Index(
                fields=["vehicle", "stop"],
                include=FILTERED,
                name="fact_searched",
                condition=Q(searched=True, vehicle__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"fact {self.agency}/{self.id}"
