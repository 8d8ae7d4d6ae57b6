"""A cube of who was stopped in each agency and year, summed from the one by month that is there already."""

from typing import Any

from django.db import migrations, models

KEYS = "agency, year, race, gender, age_band"


def sum_up(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("insights", "WhoAgencyYear")
    beside = {*KEYS.split(", "), "country"}
    measures = [field.name for field in model._meta.concrete_fields if field.name not in beside]
    sums = ", ".join(f"sum({name})" for name in measures)
    schema_editor.execute(
        f"INSERT INTO {model._meta.db_table} ({KEYS}, country, {', '.join(measures)}) "
        f"SELECT {KEYS}, max(country), {sums} FROM insights_who GROUP BY {KEYS}"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0013_prediction_audits"),
    ]

    operations = [
        migrations.CreateModel(
            name="WhoAgencyYear",
            fields=[
                ("stops", models.IntegerField()),
                ("searches", models.IntegerField()),
                ("arrests", models.IntegerField()),
                ("drugs", models.IntegerField()),
                ("searched_arrested", models.IntegerField()),
                ("searched_drugs", models.IntegerField()),
                ("arrested_drugs", models.IntegerField()),
                ("all_three", models.IntegerField()),
                ("hits", models.IntegerField()),
                ("found", models.IntegerField()),
                ("warnings", models.IntegerField()),
                ("citations", models.IntegerField()),
                ("summonses", models.IntegerField()),
                ("arrest_outcomes", models.IntegerField()),
                ("no_action", models.IntegerField()),
                ("minutes_x10", models.IntegerField()),
                ("minutes_n", models.IntegerField()),
                ("d_0_15", models.IntegerField()),
                ("d_16_30", models.IntegerField()),
                ("d_30_plus", models.IntegerField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "agency",
                        "year",
                        "race",
                        "gender",
                        "age_band",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("agency", models.SmallIntegerField()),
                ("year", models.SmallIntegerField()),
                ("race", models.SmallIntegerField()),
                ("gender", models.SmallIntegerField()),
                ("age_band", models.SmallIntegerField()),
                ("country", models.SmallIntegerField()),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.RunPython(sum_up, migrations.RunPython.noop, elidable=True),
    ]
