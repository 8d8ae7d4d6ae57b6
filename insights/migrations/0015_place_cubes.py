"""Cubes of who was stopped at each place and year, frisks included, summed from the facts that are there already."""

from typing import Any

from django.db import migrations, models

GROUPS = {"WhoPlaceYear": ("race", "gender"), "AgePlaceYear": ("age_band",)}
PLACES = ("agency", "post", "area", "year")
COUNTED = {
    "stops": "true",
    "searches": "searched",
    "arrests": "arrested",
    "drugs": "drugs",
    "searched_arrested": "searched AND arrested",
    "searched_drugs": "searched AND drugs",
    "arrested_drugs": "arrested AND drugs",
    "all_three": "searched AND arrested AND drugs",
    "hits": "searched AND hit",
    "found": "hit",
    "warnings": "outcome = 2",
    "citations": "outcome = 3",
    "summonses": "outcome = 4",
    "arrest_outcomes": "outcome = 5",
    "no_action": "outcome = 1",
    "minutes_n": "minutes_x10 > 0",
    "d_0_15": "duration_band = 1",
    "d_16_30": "duration_band = 2",
    "d_30_plus": "duration_band = 3",
    "frisks": "frisked",
    "frisk_known": "frisked IS NOT NULL",
}
SUMS = {
    "country": "max(country)",
    "minutes_x10": "sum(minutes_x10)",
    **{name: f"count(*) FILTER (WHERE {condition})" for name, condition in COUNTED.items()},
}


def cube(name: str) -> migrations.CreateModel:
    keys = (*PLACES, *GROUPS[name])
    wide = {"post", "area"}
    codes = [
        (key, models.IntegerField() if key in wide else models.SmallIntegerField())
        for key in (*keys, "country")
    ]
    sums = [(measure, models.IntegerField()) for measure in SUMS if measure != "country"]
    pk = models.CompositePrimaryKey(*keys, blank=True, editable=False, primary_key=True, serialize=False)
    return migrations.CreateModel(
        name,
        fields=[("pk", pk), *codes, *sums],
        options={"abstract": False, "default_permissions": ()},
    )


def sum_up(apps: Any, schema_editor: Any) -> None:
    for name, groups in GROUPS.items():
        table, keys = apps.get_model("insights", name)._meta.db_table, ", ".join((*PLACES, *groups))
        schema_editor.execute(
            f"INSERT INTO {table} ({keys}, {', '.join(SUMS)}) "
            f"SELECT {keys}, {', '.join(SUMS.values())} FROM insights_stopfact GROUP BY {keys} ORDER BY {keys}"
        )


class Migration(migrations.Migration):
    dependencies = [("insights", "0014_whoagencyyear")]

    operations = [
        *map(cube, GROUPS),
        migrations.RunPython(sum_up, migrations.RunPython.noop, elidable=True),
    ]
