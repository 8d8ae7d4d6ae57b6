"""The made-up forces: one a country, named as it, with posts and officers."""

from __future__ import annotations

from dataclasses import dataclass

OFFICERS_A_POST = 6


@dataclass(frozen=True)
class Force:
    """An agency. Shares of races and of men among those stopped; weights of posts are falling: the first is busiest.

    Degrees north and east are those of the main town of its time zone.
    """

    country: str
    time_zone: str
    latitude: float
    longitude: float
    share: float
    men: float
    races: dict[str, float]
    posts: tuple[str, ...]
    plate: str

    def officer_numbers(self) -> list[str]:
        """Numbers of all officers, post by post: 101 to 106 at the first, 201 to 206 at the second, …"""
        return [
            f"{self.country[:2].upper()}{post}{officer:02}"
            for post in range(1, len(self.posts) + 1)
            for officer in range(1, OFFICERS_A_POST + 1)
        ]


# Letters of a plate's pattern: A a letter, 9 a digit, S a state of India.
FORCES = (
    Force(
        country="Canada",
        time_zone="America/Toronto",
        latitude=43.65,
        longitude=-79.38,
        share=0.25,
        men=0.64,
        races={"Asian": 0.18, "Black": 0.08, "Hispanic": 0.05, "Other": 0.11, "White": 0.58},
        posts=("Lakeshore", "Harbour Bridge", "Maple Street", "North Gate"),
        plate="AAAA999",
    ),
    Force(
        country="India",
        time_zone="Asia/Kolkata",
        latitude=22.53,
        longitude=88.37,
        share=0.43,
        men=0.82,
        races={"Asian": 0.86, "Black": 0.02, "Hispanic": 0.01, "Other": 0.09, "White": 0.02},
        posts=(
            "Ring Road",
            "Station Square",
            "River Bridge",
            "Market Road",
            "Airport Junction",
            "Fort Gate",
            "Mill Lane",
            "Canal Side",
        ),
        plate="S99AA9999",
    ),
    Force(
        country="USA",
        time_zone="America/New_York",
        latitude=40.71,
        longitude=-74.01,
        share=0.32,
        men=0.63,
        races={"Asian": 0.06, "Black": 0.22, "Hispanic": 0.20, "Other": 0.04, "White": 0.48},
        posts=("Highway 9", "Downtown", "Union Avenue", "Mill Creek", "County Line", "West Exit"),
        plate="9AAA999",
    ),
)


def ensure_places() -> None:
    """Make the forces with their posts and officers where they are missing; what is there stays as it is."""
    from ledger.models import Agency, Country, Officer, Post

    for force in FORCES:
        country, _ = Country.objects.get_or_create(name=force.country)
        agency, _made = Agency.objects.get_or_create(
            name=force.country, defaults={"country": country, "time_zone": force.time_zone}
        )
        Post.objects.bulk_create(
            (Post(agency=agency, name=name) for name in force.posts), ignore_conflicts=True
        )
        Officer.objects.bulk_create(
            (Officer(agency=agency, number=number) for number in force.officer_numbers()),
            ignore_conflicts=True,
        )
