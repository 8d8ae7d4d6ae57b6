"""What each test asks, shows and cannot show. The list is the index page, the menu and the input of the contract tests."""

from __future__ import annotations

from dataclasses import dataclass

OPP = "Stanford Open Policing Project"


@dataclass(frozen=True)
class TestOfRecord:
    """`exact`: only for those who see exact figures. `fitted`: runs in the worker. `arguments`: names in the address."""

    __test__ = False  # the name is the subject's, not pytest's

    slug: str
    title: str
    question: str
    asks: str
    shows: str
    cannot: tuple[str, ...]
    assumes: str
    source: str
    arguments: tuple[str, ...]
    exact: bool = False
    fitted: bool = False

    @property
    def name(self) -> str:
        """The name of its address."""
        return f"fairness-{self.slug}"


BENCHMARK = TestOfRecord(
    slug="benchmark",
    title="Stops against a benchmark",
    question="Is a group stopped more often than its share of the people?",
    asks="How many stops does each group meet with, for each of its people in a benchmark such as the residents?",
    shows="Stops per person and year, the ratio to a reference group, and the residual disparity: the share of stops "
    "over the share of people.",
    cannot=(
        "Residents are not road users. People who drive through, drive more, or are counted badly by the census move "
        "the ratio without any officer doing anything. Read it with a second test.",
        "It does not say at whose hands, or why: patrols are sent where calls come from, and places differ.",
        "A benchmark is of one place and year. The filters must choose the stops that belong to it.",
    ),
    assumes="The benchmark counts the people who could have been stopped.",
    source=f"{OPP}, tutorial (stop rate and ratio); California RIPA board (residual disparity); Home Office, Stop and "
    "search statistics (relative rate).",
    arguments=("benchmark", "reference"),
)
RATES = TestOfRecord(
    slug="rates",
    title="Rates by group",
    question="Once stopped, is a group searched, frisked, arrested or cited more often?",
    asks="How often does a person of each group meet with an action once stopped, over all places and place by place?",
    shows="Each group's rate with its interval, the difference from a reference group, pooled and within places, and "
    "the scatter of places.",
    cannot=(
        "Groups may be stopped for other reasons, or at other hours: any officer would then search them at other "
        "rates. The adjusted difference holds place and hour fixed.",
        "It does not say what the searches found: see the outcome test.",
        "Pooled and per-place comparisons may disagree (Simpson's paradox). Where they do, the page says so.",
    ),
    assumes="In one place, groups are stopped in like circumstances.",
    source=f"{OPP}, tutorial; Mantel and Haenszel 1959 (comparison within places).",
    arguments=("group", "action", "place", "reference", "least"),
)
ADJUSTED = TestOfRecord(
    slug="adjusted",
    title="Difference at the same place and hour",
    question="Is a group searched, arrested or cited more often at the same place and hour?",
    asks="What would the difference in rates be if groups were stopped at the same places and hours?",
    shows="The average marginal difference in points from a logistic regression with place and hour held fixed, and "
    "the odds ratio.",
    cannot=(
        "What officers saw and wrote nothing of is not held fixed.",
        "Places and hours in which all stops ended alike tell nothing and are left out; the page counts them.",
    ),
    assumes="At one place and hour, groups differ in nothing else that bears on the action.",
    source="Pierson and others, Nature Human Behaviour 4, 2020; Williams, Stata Journal 12, 2012 (marginal effects).",
    arguments=("group", "action", "place", "reference"),
    exact=True,
    fitted=True,
)
OUTCOME = TestOfRecord(
    slug="outcome",
    title="Outcome test",
    question="Do searches of a group find less than searches of another?",
    asks="Of the searches that officers were free to make, how many found something, by group?",
    shows="Hit rates with intervals, pooled and by place. A lower hit rate says that the group was searched on less "
    "evidence.",
    cannot=(
        "It compares averages, while a threshold is about the last person searched. If more people of a group are "
        "certain cases, its hit rate is higher even where it is searched on less evidence (infra-marginality). The "
        "threshold test is made for that.",
        "Pooling places can turn the sign: where pooled and per-place comparisons disagree, the page warns.",
        "Searches that law or rule demanded (arrest, inventory, warrant) are left out, as recorded.",
    ),
    assumes="Whoever is searched could have been left alone, and what was found is recorded alike for all groups.",
    source=f"Becker 1957; Knowles, Persico and Todd 2001; {OPP}, outcome test (at least 50 searches of each group in a "
    "place, three places).",
    arguments=("group", "result", "place", "reference", "least", "unknown_ground"),
    exact=True,
)
THRESHOLD = TestOfRecord(
    slug="threshold",
    title="Threshold test",
    question="On how much evidence is each group searched?",
    asks="At which chance of carrying something do officers begin to search, for each group?",
    shows="The threshold of each group with its credible interval, inferred from search and hit rates of all places at "
    "once; posterior checks; the same under narrower and wider priors.",
    cannot=(
        "It believes that officers see a signal with the same spread for all, and that people do not adapt.",
        "A finding that changes with the priors is no finding: read the table of sensitivity.",
    ),
    assumes="Officers search when a signal passes a threshold; the signal is as clear for one group as for another, up "
    "to what the data say.",
    source="Simoiu, Corbett-Davies and Goel, Annals of Applied Statistics 11, 2017; Pierson, Corbett-Davies and Goel "
    f"2018; {OPP} (model and priors).",
    arguments=("group", "result", "place", "reference", "least", "unknown_ground"),
    exact=True,
    fitted=True,
)
VEIL = TestOfRecord(
    slug="veil",
    title="Veil of darkness",
    question="Is a group stopped less once officers can no longer see who drives?",
    asks="At the same minute of the clock, is the group's share of stops lower on evenings when it is dark already?",
    shows="The odds ratio of darkness with its interval: without place, with place, and in the days around a change of "
    "the clock only.",
    cannot=(
        "Street lights, tinted windows, and stops for lamps that fail only at night blur it.",
        "Where times are written down on round hours, or a shift changes in the window, darkness is mixed with the "
        "clock. The page warns.",
        "No effect of darkness does not show equal treatment: it looks at who is stopped only, not at what follows.",
    ),
    assumes="Who is on the road at a minute of the clock does not depend on whether it is light.",
    source=f"Grogger and Ridgeway, Journal of the American Statistical Association 101, 2006; {OPP}.",
    arguments=("group", "compared", "reference", "place", "stops", "shifts"),
    exact=True,
    fitted=True,
)

TESTS: tuple[TestOfRecord, ...] = (BENCHMARK, RATES, ADJUSTED, OUTCOME, THRESHOLD, VEIL)


def find_test(slug: str) -> TestOfRecord | None:
    return next((test for test in TESTS if test.slug == slug), None)
