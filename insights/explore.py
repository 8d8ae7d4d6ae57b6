"""A question that the reader puts together: a measure, up to two groupings, a period step. The same unit as every other.

The class is made from the choice; filters, navigator, hiding of small counts, exports, chart and sentence follow from
its declaration as they do for the questions of the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass

from insights import limits
from insights.charts import Bar, Chart, Grid, Line
from insights.columns import Column, Count, Label, Share, rate_of
from insights.filters import FilterError, Filters
from insights.findings import Commonest, Extreme, Finding
from insights.insight import Insight
from insights.relation import Result, run_sql
from insights.wording import count, listed

MOST_ROWS = 10_000
LINES = 6  # series that can be followed side by side


@dataclass(frozen=True)
class Measure:
    """What is counted (`of`) of whom (`per`); without `per` it is a count of its own."""

    label: str
    question: str
    of: str
    per: str = ""
    counted: str = ""  # heading of the count
    key: str = ""  # its column
    limits: tuple[str, ...] = ()


HITS = "Counted are searches on whose record something was found. Where nothing was noted, the search counts as without a find."
OUTCOME = "The outcome is the gravest one recorded for the person."
MEASURES: dict[str, Measure] = {
    "stops": Measure("Persons stopped", "How many people are stopped", "stops"),
    "search": Measure(
        "Search rate",
        "How often are people searched",
        "searches",
        "stops",
        "Searches",
        "searches",
        (limits.MARKS,),
    ),
    "arrest": Measure(
        "Arrest rate",
        "How often do stops end in arrest",
        "arrests",
        "stops",
        "Arrests",
        "arrests",
        (limits.MARKS,),
    ),
    "hit": Measure(
        "Hit rate", "How often do searches find something", "hits", "searches", "With a find", "hits", (HITS,)
    ),
    "citation": Measure(
        "Citation rate",
        "How often do stops end in a citation",
        "citations",
        "stops",
        "Citations",
        "citations",
        (OUTCOME,),
    ),
    "warning": Measure(
        "Warning rate",
        "How often do stops end in a warning",
        "warnings",
        "stops",
        "Warnings",
        "warnings",
        (OUTCOME,),
    ),
    "drugs": Measure(
        "Drug rate",
        "How often are stops drug-related",
        "drugs",
        "stops",
        "In drug-related stops",
        "drug_stops",
    ),
}
# A grouping's word in the address → its labels, in the order of the columns.
GROUPINGS: dict[str, dict[str, str]] = {
    "country": {"country": "Country"},
    "agency": {"agency": "Agency"},
    "post": {"agency": "Agency", "post": "Post"},  # posts of two agencies may share a name
    "violation": {"violation": "Violation"},
    "outcome": {"outcome": "Outcome"},
    "race": {"race": "Race"},
    "gender": {"gender": "Gender"},
    "age": {"age_band": "Age band"},
    "hour": {"hour": "Hour"},
    "period": {"period": "Day or night"},
    "weekday": {"weekday": "Weekday"},
}
STEPS: dict[str, dict[str, str]] = {
    "year": {"year": "Year"},
    "quarter": {"year": "Year", "quarter": "Quarter"},
    "month": {"year": "Year", "month": "Month"},
}
NAMES = {
    "age": "age band",
    "period": "day or night",
}  # of groupings in sentences, where they are not their own word


@dataclass(frozen=True)
class Choice:
    """A reader's choice, in the words of the address. Raises `FilterError` when it makes no question."""

    measure: str = "stops"
    by: tuple[str, ...] = ()
    step: str = ""

    @classmethod
    def of(cls, measure: str, by: str, by2: str, step: str) -> Choice:
        """From what a form holds. Without anything to tell rows apart, the months do."""
        if by and by == by2:
            raise FilterError({"by2": ["Is the grouping already chosen. Choose another one, or none."]})
        for name, group in (("by", by), ("by2", by2)):
            if group == "outcome" and measure in ("citation", "warning"):
                rate = MEASURES[measure].label.lower()
                raise FilterError(
                    {name: [f"Of each outcome the {rate} is all or nothing. Choose another grouping."]}
                )
        groups = tuple(filter(None, (by, by2)))
        return cls(measure, groups, step or ("" if groups else "month"))

    @property
    def labels(self) -> dict[str, str]:
        """Columns by which rows are told apart: of time first."""
        found = dict(STEPS.get(self.step, {}))
        for group in self.by:
            found |= GROUPINGS[group]
        return found

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(name for name in self.labels if name not in self.time)

    @property
    def time(self) -> tuple[str, ...]:
        return tuple(STEPS.get(self.step, {}))

    def title(self) -> str:
        parts = [NAMES.get(group, group) for group in self.by] + ([self.step] if self.step else [])
        return f"{MEASURES[self.measure].label} by {listed(parts)}"

    def question(self) -> str:
        by = f" by {listed([NAMES.get(group, group) for group in self.by])}" if self.by else ""
        step = f", {self.step} by {self.step}" if self.step else ""
        return f"{MEASURES[self.measure].question}{by}{step}?"


class Exploration(Insight):
    """What all questions of readers share. `exploration` makes one."""

    slug = "explore"
    group = "Explore"
    why = ""

    def fetch(self, filters: Filters) -> Result:
        """As every insight, but not more rows than a page can bear."""
        sql = f"{self.select()}\nLIMIT {MOST_ROWS + 1}"
        found = run_sql(sql, filters, self.dimensions(), self.measures())
        if len(found.rows) > MOST_ROWS:
            raise FilterError(
                {
                    "": [
                        f"These groups make more than {count(MOST_ROWS)} rows. "
                        "Choose one grouping less, a longer step, or a filter."
                    ]
                }
            )
        return found


def exploration(choice: Choice) -> Insight:
    """The insight of a choice."""
    measure = MEASURES[choice.measure]
    labels = {name: Label(heading, name) for name, heading in choice.labels.items()}
    figures = _figures(measure)
    parts = {
        "title": choice.title(),
        "question": choice.question(),
        "limits": _limits(choice),
        "columns": {**labels, **figures, **_share(choice)},
        "headline": dict(figures),
        "order": tuple(labels),
        "chart": _chart(choice),
        "finding": _finding(choice),
    }
    made: Insight = type("ChosenExploration", (Exploration,), parts)()
    return made


def _figures(measure: Measure) -> dict[str, Column]:
    """Counts, and of a rate itself with the ends of its interval."""
    found: dict[str, Column] = {"stops": Count("Persons stopped", "stops")}
    if not measure.per:
        return found
    if measure.per == "searches":
        found["searches"] = Count("Searches", "searches")
    found[measure.key] = Count(measure.counted, measure.of)
    return found | rate_of(measure.of, measure.label, measure.per)


def _share(choice: Choice) -> dict[str, Column]:
    return {} if MEASURES[choice.measure].per or choice.step else {"share": Share("Share", "stops")}


def _limits(choice: Choice) -> tuple[str, ...]:
    """What the parts of the question cannot show."""
    labels = choice.labels
    found = [limits.RECORDED, *MEASURES[choice.measure].limits]
    found += [limits.PLACES] if "country" in labels else []
    found += [limits.RACE] if "race" in labels else []
    found += [limits.MIDNIGHT] if "hour" in labels else []
    found += [limits.NIGHT] if "period" in labels else []
    found += [limits.ENDS] if choice.step else []
    return (*found, *([limits.SMALL] if MEASURES[choice.measure].per else []))


def _chart(choice: Choice) -> Chart:
    """Lines over time and over the hours of a rate; depths for two groupings; bars for one."""
    y = ("rate",) if MEASURES[choice.measure].per else ("stops",)
    groups = choice.groups
    if choice.step:
        return Line(x=choice.time, y=y, series=groups, cap=60, cap_series=LINES)
    if len(choice.by) == 2:
        across = "hour" if "hour" in choice.by else choice.by[1]
        x = tuple(GROUPINGS[across])
        rows = tuple(name for name in groups if name not in x)
        return Grid(x=x, y=y, series=rows, hours=across == "hour", cap_series=20) if rows else Bar(x=x, y=y)
    if groups == ("hour",):
        return (Line if y == ("rate",) else Bar)(x=groups, y=y, hours=True)
    return Bar(x=groups, y=y)


def _finding(choice: Choice) -> Finding:
    names, measure = tuple(choice.labels), MEASURES[choice.measure]
    if measure.per:
        text = f"The {measure.label.lower()} is highest {'for' if choice.by else 'in'} {{name}}"
        return Extreme(names, text, base=measure.per)
    return Commonest(
        names, "The largest group is {name}" if choice.by else "Most people were stopped in {name}"
    )
