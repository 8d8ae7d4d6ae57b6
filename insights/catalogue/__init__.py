"""All insights, in the order of `docs/insights.md`. A new one is one file here and one line in the list."""

from __future__ import annotations

from insights.catalogue.arrest_rate_by_age_band import ArrestRateByAgeBand
from insights.catalogue.arrest_rate_by_country_and_violation import ArrestRateByCountryAndViolation
from insights.catalogue.driver_demographics_by_country import DriverDemographicsByCountry
from insights.catalogue.drug_rate_by_country import DrugRateByCountry
from insights.catalogue.duration_by_violation import DurationByViolation
from insights.catalogue.gender_by_country import GenderByCountry
from insights.catalogue.high_search_and_arrest_violations import HighSearchAndArrestViolations
from insights.catalogue.most_common_violations import MostCommonViolations
from insights.catalogue.most_searched_vehicles import MostSearchedVehicles
from insights.catalogue.most_stopped_vehicles import MostStoppedVehicles
from insights.catalogue.night_arrest_rate import NightArrestRate
from insights.catalogue.rates_by_hour import RatesByHour
from insights.catalogue.search_rate_by_race_and_gender import SearchRateByRaceAndGender
from insights.catalogue.searches_by_country import SearchesByCountry
from insights.catalogue.stops_by_hour import StopsByHour
from insights.catalogue.stops_over_time import StopsOverTime
from insights.catalogue.top_arrest_violations import TopArrestViolations
from insights.catalogue.top_drug_vehicles import TopDrugVehicles
from insights.catalogue.violation_trends_by_age_and_race import ViolationTrendsByAgeAndRace
from insights.catalogue.violations_leading_to_search_or_arrest import ViolationsLeadingToSearchOrArrest
from insights.catalogue.violations_rarely_enforced import ViolationsRarelyEnforced
from insights.catalogue.violations_under_25 import ViolationsUnder25
from insights.catalogue.yearly_stops_and_arrests import YearlyStopsAndArrests
from insights.insight import Insight

CATALOGUE: list[Insight] = [
    TopDrugVehicles(),
    MostSearchedVehicles(),
    ArrestRateByAgeBand(),
    GenderByCountry(),
    SearchRateByRaceAndGender(),
    StopsByHour(),
    DurationByViolation(),
    NightArrestRate(),
    ViolationsLeadingToSearchOrArrest(),
    ViolationsUnder25(),
    ViolationsRarelyEnforced(),
    DrugRateByCountry(),
    ArrestRateByCountryAndViolation(),
    SearchesByCountry(),
    YearlyStopsAndArrests(),
    ViolationTrendsByAgeAndRace(),
    StopsOverTime(),
    HighSearchAndArrestViolations(),
    DriverDemographicsByCountry(),
    TopArrestViolations(),
    MostCommonViolations(),
    MostStoppedVehicles(),
    RatesByHour(),
]


def find(slug: str) -> Insight | None:
    """The insight of a slug; None when there is none."""
    return next((insight for insight in CATALOGUE if insight.slug == slug), None)
