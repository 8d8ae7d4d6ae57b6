"""What waits on whose desk: the counts of the front page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from ledger.access import imports_for, stops_for
from ledger.drafts import shift_start, unfinished
from ledger.models import Agency, ImportRun, Post, Stop

WEEKS = 8  # of the same weekday, for what is usual
RECENT = timedelta(days=30)


@dataclass(frozen=True)
class Shift:
    """What an officer logged in the last twelve hours, and left unfinished."""

    logged: int
    last: Stop | None
    drafts: int

    @classmethod
    def of(cls, user: Any) -> Shift:
        logged = Stop.objects.current().logged_by(user, shift_start())
        last = logged.select_related("violation").order_by("-recorded_at", "-id").first()
        return cls(logged.count(), last, unfinished(user).count())


@dataclass(frozen=True)
class Waiting:
    """Flagged stops within the user's reach that nobody has looked at."""

    count: int
    oldest: datetime | None

    @classmethod
    def of(cls, user: Any) -> Waiting:
        stops = stops_for(user).waiting_for_review()
        oldest = stops.values_list("recorded_at", flat=True).first()
        return cls(stops.count(), oldest)


@dataclass(frozen=True)
class PostToday:
    """Stops of a post today, beside the fewest and most on the same weekday of the last eight weeks."""

    post: str
    today: int
    fewest: int
    most: int


def posts_today(agency: Agency) -> list[PostToday]:
    """The posts in use, in the order of their names, by the agency's own clock."""
    today = agency.now().date()
    days = [today - timedelta(weeks=week) for week in range(WEEKS + 1)]
    counts = Stop.objects.of_agency(agency.pk).current().counted_by_post_and_day(days)
    return [_post_today(post, days, counts) for post in agency.posts.in_use_on(today)]


def _post_today(post: Post, days: list[date], counts: dict[tuple[int | None, date], int]) -> PostToday:
    today, *before = [counts.get((post.pk, day), 0) for day in days]
    return PostToday(post.name, today, min(before), max(before))


def imports_to_mend(user: Any) -> QuerySet[ImportRun]:
    """Imports of the last 30 days with refused rows, the newest first."""
    recent: QuerySet[ImportRun] = imports_for(user).filter(
        created_at__gte=timezone.now() - RECENT, rows_refused__gt=0
    )
    return recent.filter(undo=None)
