from django.db import migrations, models

FILL = """
UPDATE insights_stopfact f SET stop_type = s.stop_type
FROM ledger_stop s WHERE s.id = f.stop AND s.stop_type <> 0
"""


class Migration(migrations.Migration):
    dependencies = [("insights", "0001_initial"), ("ledger", "0004_recorded_age_band")]

    operations = [
        migrations.AddField(
            model_name="stopfact",
            name="stop_type",
            field=models.SmallIntegerField(db_default=0, default=0, help_text="0 when unknown."),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
