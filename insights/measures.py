"""What is counted of each person stopped: one expression over a fact, summed by every question and every cube."""

from __future__ import annotations

from ledger.choices import DurationBand, Outcome

# A mark that was not recorded counts in no numerator: `IS TRUE` takes NULL for no, `stops` still counts the person.
MEASURES: dict[str, str] = {
    "stops": "1",
    "searches": "(searched IS TRUE)::int",
    "arrests": "(arrested IS TRUE)::int",
    "drugs": "(drugs IS TRUE)::int",
    "searched_arrested": "(searched IS TRUE AND arrested IS TRUE)::int",
    "searched_drugs": "(searched IS TRUE AND drugs IS TRUE)::int",
    "arrested_drugs": "(arrested IS TRUE AND drugs IS TRUE)::int",
    "all_three": "(searched IS TRUE AND arrested IS TRUE AND drugs IS TRUE)::int",
    "hits": "(searched IS TRUE AND hit IS TRUE)::int",  # of what was found without a search, a hit rate has no base
    "found": "(hit IS TRUE)::int",  # with or without a search: what hiding small counts of hits needs
    "warnings": f"(outcome = {Outcome.WARNING})::int",
    "citations": f"(outcome = {Outcome.CITATION})::int",
    "summonses": f"(outcome = {Outcome.SUMMONS})::int",
    "arrest_outcomes": f"(outcome = {Outcome.ARREST})::int",
    "no_action": f"(outcome = {Outcome.NO_ACTION})::int",
    "minutes_x10": "minutes_x10",
    "minutes_n": "(minutes_x10 > 0)::int",
    "d_0_15": f"(duration_band = {DurationBand.SHORT})::int",
    "d_16_30": f"(duration_band = {DurationBand.MEDIUM})::int",
    "d_30_plus": f"(duration_band = {DurationBand.LONG})::int",
    "frisks": "(frisked IS TRUE)::int",
    "frisk_known": "(frisked IS NOT NULL)::int",  # what a rate of frisks is of: most sources say nothing of them
}
