from django.db import migrations, models

FILL = """
UPDATE insights_stopfact AS fact SET frisked = person.frisked
FROM ledger_person AS person WHERE person.id = fact.id AND person.frisked IS NOT NULL
"""


class Migration(migrations.Migration):
    """Whether the person was frisked, as recorded. Facts that are there take it from the ledger."""

    dependencies = [
        ("insights", "0002_kind_of_stop_in_facts"),
        ("ledger", "0004_recorded_age_band"),
    ]

    operations = [
        migrations.AddField(
            model_name="stopfact",
            name="frisked",
            field=models.BooleanField(null=True),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
