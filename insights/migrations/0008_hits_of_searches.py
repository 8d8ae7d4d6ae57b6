"""A hit is a find of a search: what was found without one goes out of the sums that cubes hold."""

from typing import Any

from django.db import migrations

MARKS = {f"{name}_mark": f"coalesce({name}::int, -1)" for name in ("searched", "arrested", "drugs")}
FOUND_OTHERWISE = "hit IS TRUE AND searched IS NOT TRUE"


def count_again(apps: Any, schema_editor: Any) -> None:
    """Take them from the cells that hold them."""
    for model in apps.get_app_config("insights").get_models():
        if "hits" in {field.name for field in model._meta.local_fields}:
            table, keys = model._meta.db_table, [field.name for field in model._meta.pk_fields]
            groups = ", ".join(f"{MARKS.get(key, key)} AS {key}" for key in keys)
            places = ", ".join(str(place + 1) for place in range(len(keys)))
            same = " AND ".join(f"cube.{key} = others.{key}" for key in keys)
            schema_editor.execute(
                f"UPDATE {table} AS cube SET hits = cube.hits - others.found FROM (SELECT {groups}, count(*) AS found "
                f"FROM insights_stopfact WHERE {FOUND_OTHERWISE} GROUP BY {places}) AS others WHERE {same}"
            )


class Migration(migrations.Migration):
    dependencies = [("insights", "0007_data_profile")]

    operations = [migrations.RunPython(count_again, migrations.RunPython.noop, elidable=True)]
