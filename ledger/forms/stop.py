"""What is asked about the stop itself: when, where, which vehicle, why. The persons have forms of their own."""

from __future__ import annotations

import uuid
import zoneinfo
from datetime import UTC, date, datetime, time
from typing import Any

from django import forms

from ledger.choices import DurationBand, StopType
from ledger.entry import StopEntry
from ledger.flags import LONG_MINUTES, is_late
from ledger.forms.codes import UNKNOWN, Codes, offered
from ledger.forms.fields import ClockField, DayField, PlainText, PlateField, WholeNumberField
from ledger.forms.person import labelled, one_of
from ledger.models import Agency, Post, Stop
from ledger.recording import SHORTEST_REASON, recorded_first

BANDS = [DurationBand.SHORT, DurationBand.MEDIUM, DurationBand.LONG]
TYPES = [StopType.VEHICLE, StopType.PEDESTRIAN, StopType.BICYCLE]
MOST_PERSONS = 10


class StopForm(forms.Form):
    client_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    further = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=MOST_PERSONS - 1
    )
    stopped_on = DayField(
        label="Date", required=True, error_messages={"required": "Write the day of the stop, as 20/11."}
    )
    stopped_at = ClockField(
        label="Time", required=True, error_messages={"required": "Write the time of the stop, as 1021."}
    )
    late_reason = PlainText(label="Why it is logged late", max_length=500)
    post = forms.ModelChoiceField(label="Post", queryset=Post.objects.none())
    stop_type = one_of("Who or what was stopped", "Choose who or what was stopped.")
    place = PlainText(
        label="Another place, if it was elsewhere", max_length=150, help_text="Never a home address."
    )
    duration_minutes = WholeNumberField(
        label="Exact minutes", least=1, most=1440, what="a duration in minutes"
    )
    confirm_minutes = forms.BooleanField(label="The duration is right", required=False)
    vehicle = PlateField(label="Vehicle number", required=False, help_text="As on the plate, no spaces.")
    no_number = forms.BooleanField(label="The vehicle’s number is not known", required=False)
    duration_band = one_of("Duration", "Choose how long the stop took.", required=False)
    violation = one_of("Violation", "Choose the violation.")
    drugs_related = forms.BooleanField(label="Drugs related", required=False)
    words = PlainText(label="In your words", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self,
        *args: Any,
        agency: Agency,
        codes: Codes,
        day: date | None,
        before: Stop | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.agency, self.before, self.now = agency, before, agency.now()
        self.kept = StopEntry.of(before) if before else None
        self.asks_minutes = bool(self.data.get("confirm_minutes"))
        self.asks_late = bool(self.data.get("late_reason") or (self.kept and self.kept.late_reason))
        self.fields["stopped_on"].today = self.now.date()  # type: ignore[attr-defined]
        self._offer_posts()
        self._offer(codes, day)

    def _offer_posts(self) -> None:
        """Posts of the own agency in use; a version before keeps its own."""
        field: Any = self.fields["post"]
        field.queryset = self.agency.posts.in_use_on(self.now.date())
        if self.kept and self.kept.post_id:
            field.queryset |= self.agency.posts.filter(pk=self.kept.post_id)
        self.posts = {post.pk: post.name for post in field.queryset}
        field.choices = [("", "Choose a post"), *self.posts.items()]
        field.error_messages = {
            "required": "Choose your post. It is remembered until you hand over or sign out.",
            "invalid_choice": f"This is not a post of {self.agency} that is in use. Choose one from the list.",
        }

    def _offer(self, codes: Codes, day: date | None) -> None:
        """Fill the lists. What is unknown in the version before may stay so."""
        kept = self.kept
        violation = {kept.violation_id} if kept and kept.violation_id else set()
        choices = {
            "stop_type": labelled(TYPES),
            "duration_band": labelled(BANDS),
            "violation": offered(codes.violations, day, violation),
        }
        if kept:
            unknown = {
                "stop_type": kept.stop_type == StopType.UNKNOWN,
                "duration_band": kept.duration_band == DurationBand.UNKNOWN and kept.duration_minutes is None,
                "violation": kept.violation_id is None,
            }
            choices = {
                name: [*found, (UNKNOWN, "Unknown")] if unknown[name] else found
                for name, found in choices.items()
            }
            self.fields["stopped_at"].required = kept.stopped_at is not None
            self.fields["post"].required = kept.post_id is not None
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]

    def clean_client_key(self) -> uuid.UUID:
        """A form without a key was not drawn by us: it is saved, under a key of its own."""
        return self.cleaned_data.get("client_key") or uuid.uuid4()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("stopped_on"):
            self._check_moment(cleaned["stopped_on"], cleaned.get("stopped_at"))
        self._check_vehicle(cleaned)
        self._check_duration(cleaned)
        return cleaned

    def _check_moment(self, day: date, clock: time | None) -> None:
        zone = zoneinfo.ZoneInfo(self.agency.time_zone)
        moment = datetime.combine(day, clock or time(0), tzinfo=zone)
        if day.year < 1900:
            self.add_error("stopped_on", "No stop of before 1900 can be logged. Check the year.")
        elif day > self.now.date():
            self.add_error("stopped_on", f"{day:%d/%m/%Y} is still to come. Check the date.")
        elif moment.replace(tzinfo=None) > self.now.replace(tzinfo=None):
            self.add_error(
                "stopped_at",
                f"{clock:%H:%M} is still to come: at {self.agency} it is {self.now:%H:%M}. Check the time.",
            )
        elif clock and moment.astimezone(UTC).astimezone(zone).time() != clock:
            self.add_error(
                "stopped_at", f"There was no {clock:%H:%M} that day: the clocks went forward. Check the time."
            )
        else:
            self._check_late(day, clock)

    def _check_late(self, day: date, clock: time | None) -> None:
        """A late entry says why. A correction is judged by when the stop was first recorded, an import never."""
        recorded = self._recorded(day)
        days = self.agency.max_backdate_days
        if recorded is None or not is_late(day, clock, recorded, days):
            return
        self.asks_late = True
        if len(self.cleaned_data.get("late_reason", "")) < SHORTEST_REASON:
            self.add_error(
                "late_reason",
                f"This stop is more than {days} {'day' if days == 1 else 'days'} old. "
                f"Say why it is logged late, in at least {SHORTEST_REASON} characters.",
            )

    def _recorded(self, day: date) -> datetime | None:
        """The moment that lateness counts from; None where it does not matter."""
        if self.before is None:
            return self.now
        if self.kept and self.kept.stopped_on == day:
            return None
        return recorded_first(self.before)

    def _check_vehicle(self, cleaned: dict[str, Any]) -> None:
        """A vehicle stop names the vehicle, or says that its number is not known."""
        had_none = self.kept is not None and not self.kept.vehicle
        by_vehicle = cleaned.get("stop_type") == str(StopType.VEHICLE)
        if "vehicle" not in cleaned:
            return
        if by_vehicle and not cleaned["vehicle"] and not cleaned.get("no_number") and not had_none:
            self.add_error(
                "vehicle", "Write the vehicle’s number, or tick “The vehicle’s number is not known”."
            )
        elif cleaned["vehicle"] and cleaned.get("no_number"):
            self.add_error("no_number", "There is a number and this tick. Clear one of the two.")

    def _check_duration(self, cleaned: dict[str, Any]) -> None:
        minutes, chosen = cleaned.get("duration_minutes"), cleaned.get("duration_band")
        band = DurationBand.of(minutes)
        if minutes is None:
            if not chosen and "duration_band" in cleaned and "duration_minutes" in cleaned:
                self.add_error("duration_band", "Choose how long the stop took.")
        elif chosen and chosen not in (str(band.value), UNKNOWN):
            self.add_error(
                "duration_minutes",
                f"{minutes} minutes are “{band.label}”, which is not the duration chosen. Mend one.",
            )
        elif minutes > LONG_MINUTES and not (self.kept and self.kept.duration_minutes == minutes):
            self.asks_minutes = True
            if not cleaned.get("confirm_minutes"):
                self.add_error(
                    "duration_minutes", f"{minutes} minutes? Correct them, or tick “The duration is right”."
                )
