"""Imports: each run is kept with its file's digest and counts; its rows can be traced, refused rows mended."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from ledger.choices import ImportState
from ledger.models.agency import Agency


class ImportRun(models.Model):
    """One file taken in, or looked at. Counts are of records of the file, the header not counted."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(max_length=40)
    file_name = models.CharField(max_length=255)
    stored_name = models.CharField(
        max_length=255, blank=True, help_text="Name in the uploads folder; empty if none."
    )
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the file.")
    size = models.BigIntegerField(default=0)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="imports"
    )
    agencies = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="imports"
    )
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.UPLOADED)
    partial = models.BooleanField(default=False, help_text="Load the good rows although others are refused.")
    message = models.TextField(blank=True, help_text="Why the file as a whole could not be read or loaded.")
    options = models.JSONField(
        default=dict,
        blank=True,
        help_text="What was chosen for this file: `sheet`, `columns` (field: column of the file), `values`.",
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="parts",
        help_text="The archive that this file came in.",
    )
    batch = models.UUIDField(
        null=True, blank=True, db_index=True, help_text="The files that were uploaded together have the same."
    )
    progress = models.BigIntegerField(default=0, help_text="Bytes read, of `progress_total`.")
    progress_total = models.BigIntegerField(default=0)
    progress_rows = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(null=True, blank=True, help_text="When the reading began.")
    rows_read = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_same = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    rows_flagged = models.PositiveIntegerField(default=0)
    notes = models.JSONField(
        default=dict, blank=True, help_text="What else the report says, e.g. empty columns."
    )
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.source})"

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.key])


class ColumnMapping(models.Model):
    """How a file of a header was read, to be offered for the next one. Inside an agency it is shared; an analyst's is the own."""

    header_digest = models.CharField(
        max_length=64, help_text="SHA-256 of the names in their order, in lower case."
    )
    header = models.JSONField(help_text="The names of the columns.")
    source = models.CharField(max_length=40)
    options = models.JSONField(
        default=dict, blank=True, help_text="`columns` and `values`, as in an import; and the `sheet`."
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["header_digest", "agency"], condition=~Q(agency=None), name="one_mapping_an_agency"
            ),
            models.UniqueConstraint(
                fields=["header_digest", "user"], condition=Q(agency=None), name="one_mapping_a_user"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {', '.join(self.header)[:80]}"


class ImportUndo(models.Model):
    """One row voids an import: its stops stay in the ledger and are no longer current. Append-only."""

    import_run = models.OneToOneField(
        ImportRun, on_delete=models.PROTECT, primary_key=True, related_name="undo"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500)
    undone_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"undo of {self.import_run_id}"


class ImportKey(models.Model):
    """Digest of an imported row's content (16 bytes, kept as a UUID), so that the same row adds nothing the next time.

    Keyed BLAKE2b over agency and content; `occurrence` counts identical rows inside one file. An undo deletes its
    lines, so that an undone file can be loaded again.
    """

    pk = models.CompositePrimaryKey("agency_id", "digest", "occurrence")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    digest = models.UUIDField()
    occurrence = models.PositiveIntegerField(default=1)
    import_run = models.ForeignKey(
        ImportRun, on_delete=models.PROTECT, related_name="keys", db_constraint=False, db_index=False
    )
    stop_id = models.BigIntegerField()

    class Meta:
        # The keys of a run lie together: a range index finds them for an undo, and costs a load nothing.
        indexes = [BrinIndex(fields=["import_run"], name="key_import", pages_per_range=16)]

    def __str__(self) -> str:
        return f"key of {self.stop_id}"


class ImportedKey(models.Model):
    """As `ImportKey`, for records that are no stops. Agency 0 stands for records of none."""

    pk = models.CompositePrimaryKey("kind", "agency_id", "digest", "occurrence")
    kind = models.CharField(max_length=20)
    agency_id = models.SmallIntegerField()
    digest = models.UUIDField()
    occurrence = models.PositiveIntegerField(default=1)
    import_run = models.ForeignKey(
        ImportRun, on_delete=models.PROTECT, related_name="record_keys", db_constraint=False, db_index=False
    )

    class Meta:
        indexes = [BrinIndex(fields=["import_run"], name="record_key_import", pages_per_range=16)]

    def __str__(self) -> str:
        return f"key of {self.kind}"


class RefusedRow(models.Model):
    """Something wrong with one record of a file. A record may have several."""

    import_run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="refused")
    row = models.PositiveIntegerField(help_text="Record of the file, counted from 1, the header not counted.")
    column = models.CharField(max_length=120, blank=True)
    value = models.CharField(max_length=300, blank=True)
    message = models.CharField(max_length=300)
    text = models.TextField(  # of a map the feature as GeoJSON
        blank=True, help_text="The whole record as one line of CSV, on its first error only."
    )

    class Meta:
        ordering = ["row", "id"]

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.message}"
