"""What figures of stops cannot show: sentences that several insights share."""

RECORDED = "Counted is what officers and sources recorded. Stops that were never recorded are not here."
MARKS = (
    "Whoever is not recorded as arrested or searched, or where that was not recorded, counts as stopped only."
)
RACE = (
    "Race is as the officer perceived it or the source recorded it. A difference between groups shows that their stops "
    "ended differently on record; why, it does not show."
)
PLACES = "Laws and the habits of recording differ between countries, and so do the agencies that are in this ledger."
SMALL = (
    "The fewer the persons, the wider the interval. Where two intervals overlap, their order may be chance."
)
VEHICLES = "Stops without a vehicle number are left out. A number may have been misread, or belong to more than one keeper."
NIGHT = "Night is 20:00 to 04:59 by the clock, in every season and place; it need not be dark, nor light outside it."
ENDS = "The first and the last period may be recorded in part only."
MIDNIGHT = "Sources that know only the day often write 0:00. Look at midnight with that in mind."
