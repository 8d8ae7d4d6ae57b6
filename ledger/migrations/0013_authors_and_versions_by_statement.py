"""Check who wrote a stop, and which version it replaces, with its other references: a statement at a time."""

import importlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ledger.references import check_references, keep_referenced

PARENTS = importlib.import_module("ledger.migrations.0006_references_by_statement").STOP_PARENTS
before = check_references("ledger_stop", PARENTS)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("ledger", "0012_patrol_visits_by_start"),
    ]

    operations = [
        migrations.AlterField(
            model_name="stop",
            name="author",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="stop",
            name="supersedes",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successors",
                related_query_name="successor",
                to="ledger.stop",
            ),
        ),
        migrations.RunSQL(before.reverse_sql, before.sql),
        check_references(
            "ledger_stop", {**PARENTS, "author_id": "auth_user"}, fixed={"supersedes_id": "ledger_stop"}
        ),
        keep_referenced("auth_user", {"ledger_stop": "author_id"}),
    ]
