"""The vocabulary of questions to the ledger. Views choose and pass on; they never count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

if TYPE_CHECKING:
    from ledger.models import Stop


class StopQuerySet(models.QuerySet["Stop"]):
    def current(self) -> Self:
        """Versions without a successor whose import was not undone. The one place that knows of undoing."""
        from ledger.models import ImportUndo, Stop

        # The few undone imports as a list of their own: a correlated look-up makes the planner expect no rows at all,
        # and a list page then joins and sorts the whole agency instead of walking its newest stops.
        undone = ImportUndo.objects.values("import_run_id")
        later = Stop.objects.filter(supersedes_id=OuterRef("pk"))
        return self.filter(~Exists(later)).filter(Q(import_run=None) | ~Q(import_run_id__in=undone))

    def of_agency(self, agency_id: int) -> Self:
        return self.filter(agency_id=agency_id)

    def with_parts(self) -> Self:
        """Everything that a list or a detail page shows, in a constant number of queries."""
        return self.select_related(
            "agency__country",
            "post",
            "area",
            "officer",
            "violation",
            "private__vehicle",
            "author",
            "import_run",
        ).prefetch_related("persons__race")

    def with_parts_in_bulk(self) -> Self:
        """What a download shows. Agencies, posts and codes are few: each is read once, not joined to every row."""
        return self.select_related("private__vehicle", "review").prefetch_related(
            "agency", "post", "officer", "violation", "persons__race"
        )

    def whole(self, keys: list[int]) -> list[Stop]:
        """These stops with all that a list shows, in this order."""
        found = {stop.pk: stop for stop in self.filter(pk__in=keys).with_parts().with_review()}
        return [found[key] for key in keys]

    def with_review(self) -> Self:
        """Whether and by whom a flagged version was accepted, without a query a row."""
        return self.select_related("review__user")

    def waiting_for_review(self) -> Self:
        """Current stops with something to look at that nobody has accepted yet, the oldest entry first."""
        return self.current().filter(flags__gt=0, review=None).order_by("id")

    def flagged_with(self, flag: int) -> Self:
        """Stops that have this reason to be looked at, alone or among others."""
        return self.annotate(this_flag=F("flags").bitand(flag)).filter(this_flag=flag)

    def flagged_with_nothing_but(self, flag: int) -> Self:
        return self.filter(flags=flag)

    def logged_by(self, user: Any, since: datetime | None = None) -> Self:
        """Stops that a user logged, by their first version: a correction by another does not take them away."""
        from ledger.models import Stop

        first = Stop.objects.filter(version=1, author=user)
        if since is not None:
            first = first.filter(recorded_at__gte=since)
        return self.filter(number__in=first.values("number"))

    def was_written_by(self, number: int, user: Any) -> bool:
        """Whether a user wrote any version of a stop: nobody approves their own."""
        return self.filter(number=number, author=user).exists()

    def of_vehicle(self, number: str) -> Self:
        return self.filter(private__vehicle__number=number)

    def of_vehicles(self, numbers: Iterable[str]) -> Self:
        return self.filter(private__vehicle__number__in=numbers)

    def of_vehicle_around(self, number: str, day: date) -> Self:
        """Stops of a vehicle on a day and its neighbours."""
        span = (day - timedelta(days=1), day + timedelta(days=1))
        return self.of_vehicle(number).filter(stopped_on__range=span)

    def newest_first(self) -> Self:
        return self.order_by("-stopped_on", "-stopped_at", "-id")

    def recorded_before_days(self, days: int) -> Self:
        """Versions written more than so many times 24 hours ago."""
        return self.filter(recorded_at__lt=timezone.now() - timedelta(days=days))

    def not_written_by(self, user: Any) -> Self:
        """Stops of which a user wrote no version."""
        from ledger.models import Stop

        return self.filter(~Exists(Stop.objects.filter(number=OuterRef("number"), author=user)))

    def counted_by_vehicle(self) -> Any:
        """Vehicle numbers with their counts of stops, the most stopped first."""
        rows = (
            self.order_by()
            .values(plate=F("private__vehicle__number"))
            .annotate(stops=Count("pk", distinct=True))
        )
        return rows.order_by("-stops", "plate")

    def counted_by_post_and_day(self, days: Iterable[date]) -> dict[tuple[int | None, date], int]:
        """Numbers of stops by post and day; a post without stops on a day is not in it."""
        rows = self.order_by().filter(stopped_on__in=list(days)).values_list("post_id", "stopped_on")
        return {(post, day): count for post, day, count in rows.annotate(Count("pk"))}
