"""Cubes count who had something found, with a search or without, so that hiding small counts of hits needs no facts."""

from typing import Any

from django.db import migrations, models

CUBES = ("allyear", "clock", "clockcountry", "resultyear", "who", "whocountry", "whoyear")
MARKS = {f"{name}_mark": f"coalesce({name}::int, -1)" for name in ("searched", "arrested", "drugs")}


def count_once(apps: Any, schema_editor: Any) -> None:
    """Sum the facts that are there already."""
    for name in CUBES:
        model = apps.get_model("insights", name)
        table, keys = model._meta.db_table, [field.name for field in model._meta.pk_fields]
        groups = ", ".join(f"{MARKS.get(key, key)} AS {key}" for key in keys)
        places = ", ".join(str(place + 1) for place in range(len(keys)))
        same = " AND ".join(f"cube.{key} = summed.{key}" for key in keys)
        schema_editor.execute(
            f"UPDATE {table} AS cube SET found = summed.found FROM (SELECT {groups}, count(*) AS found "
            f"FROM insights_stopfact WHERE hit IS TRUE GROUP BY {places}) AS summed WHERE {same}"
        )


class Migration(migrations.Migration):
    dependencies = [("insights", "0011_studies_of_trust")]

    operations = [
        *(
            migrations.AddField(name, "found", models.IntegerField(default=0), preserve_default=False)
            for name in CUBES
        ),
        migrations.RunPython(count_once, migrations.RunPython.noop, elidable=True),
    ]
