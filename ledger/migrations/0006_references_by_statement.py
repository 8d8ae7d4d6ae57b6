"""Check the references of stops and persons a statement at a time; keep digests as UUIDs, which compare faster."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from ledger.references import check_references, keep_referenced

STOP_PARENTS = {
    "agency_id": "ledger_agency",
    "post_id": "ledger_post",
    "area_id": "ledger_area",
    "officer_id": "ledger_officer",
    "violation_id": "ledger_violation",
    "import_run_id": "ledger_importrun",
}


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0005_kinds_of_record"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE ledger_importedkey ALTER COLUMN digest TYPE uuid USING encode(digest, 'hex')::uuid",
                    "ALTER TABLE ledger_importedkey ALTER COLUMN digest TYPE bytea USING decode(replace(digest::text, '-', ''), 'hex')",
                )
            ],
            state_operations=[
                migrations.AlterField(model_name="importedkey", name="digest", field=models.UUIDField())
            ],
        ),
        migrations.AlterField(
            model_name="importedkey",
            name="import_run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="record_keys",
                to="ledger.importrun",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE ledger_importkey ALTER COLUMN digest TYPE uuid USING encode(digest, 'hex')::uuid",
                    "ALTER TABLE ledger_importkey ALTER COLUMN digest TYPE bytea USING decode(replace(digest::text, '-', ''), 'hex')",
                )
            ],
            state_operations=[
                migrations.AlterField(model_name="importkey", name="digest", field=models.UUIDField())
            ],
        ),
        migrations.AlterField(
            model_name="importkey",
            name="import_run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="keys",
                to="ledger.importrun",
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="race",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="persons",
                to="ledger.race",
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="stop",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="persons",
                to="ledger.stop",
            ),
        ),
        migrations.AlterField(
            model_name="stop",
            name="agency",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stops",
                to="ledger.agency",
            ),
        ),
        migrations.AlterField(
            model_name="stop",
            name="area",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stops",
                to="ledger.area",
            ),
        ),
        migrations.AlterField(
            model_name="stop",
            name="import_run",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stops",
                to="ledger.importrun",
            ),
        ),
        migrations.AlterField(
            model_name="stop",
            name="officer",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stops",
                to="ledger.officer",
            ),
        ),
        migrations.AlterField(
            model_name="stop",
            name="post",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stops",
                to="ledger.post",
            ),
        ),
        migrations.AlterField(
            model_name="stop",
            name="violation",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stops",
                to="ledger.violation",
            ),
        ),
        migrations.AlterField(
            model_name="stopprivate",
            name="stop",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                related_name="private",
                serialize=False,
                to="ledger.stop",
            ),
        ),
        migrations.AddIndex(
            model_name="importedkey",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["import_run"], name="record_key_import", pages_per_range=16
            ),
        ),
        migrations.AddIndex(
            model_name="importkey",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["import_run"], name="key_import", pages_per_range=16
            ),
        ),
        check_references("ledger_stop", STOP_PARENTS),
        check_references("ledger_person", {"race_id": "ledger_race"}, fixed={"stop_id": "ledger_stop"}),
        check_references("ledger_stopprivate", {}, fixed={"stop_id": "ledger_stop"}),
        *(keep_referenced(parent, {"ledger_stop": column}) for column, parent in STOP_PARENTS.items()),
        keep_referenced("ledger_race", {"ledger_person": "race_id"}),
    ]
