"""Whether facts and summaries still say what the ledger says. They are written with it, so they should; this looks.

A job compares one country and year a night (`insights.tasks`), `rebuild --check` whatever it is asked to. Nothing is
mended in silence: a difference has a cause that somebody must know of. `manage.py rebuild` mends it.
"""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.utils import timezone

from insights import cubes, facts
from insights.models import Comparison
from ledger.models import Agency, Country

Differences = dict[str, int]  # facts and cells that differ, by table; empty when all is well
YEARS = """
    SELECT DISTINCT a.country_id, extract(year FROM s.stopped_on)::int
    FROM ledger_stop s JOIN ledger_agency a ON a.id = s.agency_id
"""


def disagreements(agency_id: int | None = None, month: tuple[int, int] | None = None) -> Differences:
    """What a rebuild of the same would change."""
    found = {"StopFact": facts.differences(facts.Part.of(agency_id, month))}
    for scope in facts.scopes_of(agency_id, month):
        for name, count in cubes.differences(scope).items():
            found[name] = max(found.get(name, 0), count)
    return {name: count for name, count in found.items() if count}


def compare(country: int, year: int) -> Differences:
    """Compare a country and year, and write down what was found."""
    agencies = tuple(Agency.objects.filter(country=country).values_list("pk", flat=True))
    part = facts.Part(agencies, (date(year, 1, 1), date(year, 12, 31)))
    found = {"StopFact": facts.differences(part), **cubes.differences({"country": country, "year": year})}
    found = {name: count for name, count in found.items() if count}
    Comparison.objects.update_or_create(
        country=country, year=year, defaults={"at": timezone.now(), "differences": found}
    )
    return found


def next_in_turn() -> tuple[int, int] | None:
    """The country and year never compared, else the one whose comparison is the oldest; None in an empty ledger."""
    with connection.cursor() as cursor:
        cursor.execute(YEARS)
        there = sorted(
            cursor.fetchall(), key=lambda one: (-one[1], one[0])
        )  # the newest years are written to most
    last = {(one.country, one.year): one.at.timestamp() for one in Comparison.objects.all()}
    return min(there, key=lambda one: last.get(one, 0.0), default=None)


def compare_again() -> None:
    """After a repair: look again where something was found."""
    for one in Comparison.objects.exclude(differences={}):
        compare(one.country, one.year)


def found_wrong() -> list[tuple[str, int, Comparison]]:
    """What is known to be wrong: country, year and the comparison that found it."""
    names = dict(Country.objects.values_list("pk", "name"))
    wrong = Comparison.objects.exclude(differences={})
    return [(names.get(one.country, "an unknown country"), one.year, one) for one in wrong]
