"""The whole page of a stop: one form for the stop, one for each person. Used to log, to correct and in the admin.

page = StopPage(agency, data=request.POST)
if page.is_valid():
    record_stop(page.entry(), …, client_key=page.client_key)
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from ledger.choices import DurationBand, PersonRole, StopType
from ledger.entry import PersonEntry, StopEntry, private_of
from ledger.forms.codes import UNKNOWN, Codes
from ledger.forms.fields import DayField
from ledger.forms.person import PersonForm, answers
from ledger.forms.stop import MOST_PERSONS, StopForm
from ledger.models import Agency, Post, Stop

ROLE_BY_TYPE = {
    StopType.VEHICLE: PersonRole.DRIVER,
    StopType.PEDESTRIAN: PersonRole.PEDESTRIAN,
    StopType.BICYCLE: PersonRole.CYCLIST,
}
ADD = "add"  # the button for another person
FOLDED = ("post", "stop_type", "place", "duration_minutes", "no_number")


class StopPage:
    """Filled from `data` (what was sent), else from `draft` (what was typed, unchecked), `before` (a version to correct)
    or nothing (a new stop, now, at the remembered post)."""

    def __init__(
        self,
        agency: Agency,
        *,
        data: QueryDict | None = None,
        draft: QueryDict | None = None,
        before: Stop | None = None,
        post: Post | None = None,
    ) -> None:
        self.agency, self.before, self.codes = agency, before, Codes.read()
        self.kept = StopEntry.of(before) if before else None
        self.data, self.draft = data, draft
        self.day = self._day()
        self.stop = StopForm(data, agency=agency, codes=self.codes, day=self.day, before=before)
        self.further = [self._person(number) for number in range(2, self._count() + 1)]
        self.driver = self._person(1)
        self._fill(post)

    def _day(self) -> date | None:
        """The day whose codes are offered: the typed one where it can be read."""
        sent = self.data or self.draft
        typed = sent.get("stopped_on", "") if sent else ""
        today = self.agency.now().date()
        if not typed:
            return self.kept.stopped_on if self.kept else today
        field = DayField()
        field.today = today
        try:
            day: date | None = field.clean(typed)
        except forms.ValidationError:
            return today
        return day

    def _count(self) -> int:
        """How many persons the page holds."""
        sent = self.data if self.data is not None else self.draft
        if sent is None:
            return len(self.kept.persons) if self.kept else 1
        return 1 + _further(sent)

    def _person(self, number: int) -> PersonForm:
        prefix = None if number == 1 else f"person{number}"
        kept = self._person_before(number)
        return PersonForm(
            self.data, prefix=prefix, codes=self.codes, day=self.day, kept=kept, further=number > 1
        )

    def _person_before(self, number: int) -> PersonEntry | None:
        """Who stood in the version before. A further block says it itself: it moves up when one before it is removed."""
        sent = self.data if self.data is not None else self.draft
        was = str(number) if sent is None or number == 1 else sent.get(f"person{number}-was", "")
        persons = dict(enumerate(self.kept.persons if self.kept else (), start=1))
        return persons.get(int(was)) if was.isdecimal() and len(was) < 4 else None

    def _fill(self, post: Post | None) -> None:
        if self.data is not None:
            return
        if self.draft is not None:
            for form in self.forms:
                form.initial = typed(form, self.draft)
        elif self.before is not None and self.kept is not None:
            self._fill_from(self.before, self.kept)
        else:
            now = self.agency.now()
            self.stop.initial = {
                "client_key": uuid.uuid4(),
                "stopped_on": now.date(),
                "stopped_at": now.time().replace(second=0, microsecond=0),
                "post": post,
                "stop_type": str(StopType.VEHICLE.value),
            }
        self.stop.initial["further"] = len(self.further)

    def _fill_from(self, before: Stop, kept: StopEntry) -> None:
        self.stop.initial = stop_answers(before, kept) | {"client_key": uuid.uuid4()}
        for number, (form, person) in enumerate(zip(self.persons, kept.persons, strict=True), start=1):
            form.initial = answers(person) | {"was": number}

    @property
    def persons(self) -> list[PersonForm]:
        return [self.driver, *self.further]

    @property
    def forms(self) -> list[forms.Form]:
        """Every form, in reading order, for the list of errors on top."""
        return [self.stop, *self.persons]

    @property
    def spelled(self) -> str:
        """The day in full, so that a slip of day and month is seen; empty where it cannot be read."""
        return f"{self.day:%A}, {self.day.day} {self.day:%B %Y}" if self.day else ""

    @property
    def post_name(self) -> str:
        """The post that stands in the form."""
        chosen = str(self.stop["post"].value() or "")
        return self.stop.posts.get(int(chosen), "") if chosen.isdecimal() and len(chosen) < 10 else ""

    @property
    def where_needs_a_look(self) -> bool:
        """Whether the folded part holds something out of the ordinary: an error, another place, another kind of stop."""
        form = self.stop
        unusual = [form[name].value() for name in ("place", "duration_minutes", "no_number")]
        ordinary = form["stop_type"].value() in (str(StopType.VEHICLE.value), UNKNOWN, None)
        wrong = self.data is not None and any(form[name].errors for name in FOLDED)
        return bool(wrong or not ordinary or any(unusual))

    def focus_on_new_person(self) -> None:
        """Where the page goes on after a block was added."""
        if self.draft is not None and self.draft.get("act") == ADD and self.further:
            self.further[-1].fields["role"].widget.attrs["autofocus"] = True

    def under_new_key(self, why: str) -> StopPage:
        """What was sent, under a new key and with the reason why it was not saved: the next press saves it."""
        sent = (self.data or QueryDict()).copy()
        sent["client_key"] = str(uuid.uuid4())
        again = StopPage(self.agency, data=sent, before=self.before)
        again.is_valid()
        again.stop.add_error(None, why)
        return again

    @property
    def client_key(self) -> uuid.UUID:
        key: uuid.UUID = self.stop.cleaned_data["client_key"]
        return key

    def is_valid(self) -> bool:
        """Check every form, so that all errors are shown at once, then what only holds for them together."""
        checked = [form.is_valid() for form in self.forms]
        self._check_together()
        return all(checked) and not any(form.errors for form in self.forms)

    def _check_together(self) -> None:
        drivers = 0
        for person in self.persons:
            role = person.role_of(self._first_role())
            drivers += role == PersonRole.DRIVER
            person.check_age(role)
            if role == PersonRole.DRIVER and drivers > 1:
                person.add_error("role", "There is one driver at most. Choose another role.")
        found = {code for person in self.persons for code in person.cleaned_data.get("contraband", [])}
        if not self.stop.cleaned_data.get("drugs_related") and not found.isdisjoint(
            map(str, self.codes.drugs)
        ):
            self.stop.add_error("drugs_related", "Drugs were found, so the stop is drug-related. Tick this.")

    def _first_role(self) -> int:
        """The first person's role follows from what was stopped; a source's own role is kept while that stays."""
        stop_type = self._number("stop_type")
        if self.kept and self.kept.persons and self.kept.stop_type == stop_type:
            return self.kept.persons[0].role
        return ROLE_BY_TYPE.get(StopType(stop_type), PersonRole.UNKNOWN)

    def _number(self, name: str) -> int:
        value = self.stop.cleaned_data.get(name) or UNKNOWN
        return 0 if value == UNKNOWN else int(value)

    def _band(self, minutes: int | None) -> int:
        """Minutes give the band. A version before that had minutes alone keeps them alone."""
        chosen, kept = self._number("duration_band"), self.kept
        if minutes is None or (kept and kept.duration_minutes == minutes and kept.duration_band == chosen):
            return chosen
        return int(DurationBand.of(minutes))

    def entry(self) -> StopEntry:
        """What the valid page says. What it does not ask (coordinates) stays as in the version before."""
        filled, kept = self.stop.cleaned_data, self.kept
        post: Post | None = filled["post"]
        moved = kept is None or (post.pk if post else None) != kept.post_id
        minutes: int | None = filled["duration_minutes"]
        drugs = filled["drugs_related"] or (None if kept and kept.drugs_related is None else False)
        return StopEntry(
            agency_id=self.agency.pk,
            post_id=post.pk if post else None,
            area_id=(post.area_id if post else None) if moved else (kept.area_id if kept else None),
            stopped_on=filled["stopped_on"],
            stopped_at=filled["stopped_at"],
            stop_type=self._number("stop_type"),
            duration_minutes=minutes,
            duration_band=self._band(minutes),
            violation_id=self._number("violation") or None,
            drugs_related=drugs,
            latitude=kept.latitude if kept else None,
            longitude=kept.longitude if kept else None,
            vehicle=filled["vehicle"],
            words=filled["words"],
            place=filled["place"],
            late_reason=filled["late_reason"],
            persons=tuple(person.entry(self._first_role()) for person in self.persons),
        )


def stop_answers(before: Stop, kept: StopEntry) -> dict[str, Any]:
    """The form's answers that say what a stored stop says."""
    private = private_of(before)
    texts = {name: getattr(private, name) if private else "" for name in ("words", "place", "late_reason")}
    return texts | {
        "stopped_on": kept.stopped_on,
        "stopped_at": kept.stopped_at,
        "post": kept.post_id,
        "stop_type": str(kept.stop_type) if kept.stop_type else UNKNOWN,
        "duration_minutes": kept.duration_minutes,
        "duration_band": str(kept.duration_band)
        if kept.duration_band
        else ("" if kept.duration_minutes else UNKNOWN),
        "violation": str(kept.violation_id) if kept.violation_id else UNKNOWN,
        "drugs_related": bool(kept.drugs_related),
        "vehicle": kept.vehicle,
    }


def typed(form: forms.Form, sent: QueryDict) -> dict[str, Any]:
    """What stands in a form's fields, unchecked: to show it again."""
    return {
        name: field.widget.value_from_datadict(sent, {}, form.add_prefix(name))
        for name, field in form.fields.items()
    }


def with_changed_persons(sent: QueryDict) -> QueryDict | None:
    """What was typed, with a person's block more or less; None where neither button was pressed."""
    number = sent.get("remove_person", "")
    if number:
        return without_person(sent, int(number) if number.isdecimal() and len(number) < 4 else 0)
    return with_person(sent) if sent.get("act") == ADD else None


def with_person(sent: QueryDict) -> QueryDict:
    """The page with one more block for a person."""
    changed = sent.copy()
    changed["further"] = str(min(_further(sent) + 1, MOST_PERSONS - 1))
    return changed


def without_person(sent: QueryDict, number: int) -> QueryDict:
    """The page without a further person's block; those after it move up."""
    changed, count = sent.copy(), _further(sent)
    if not 2 <= number <= count + 1:
        return changed
    # In the order of their numbers, so that each moves into a place that is free by then.
    for block in range(number, count + 2):
        for name in [name for name in changed if name.startswith(f"person{block}-")]:
            values = changed.pop(name)
            if block > number:
                changed.setlist(f"person{block - 1}-{name.partition('-')[2]}", values)
    changed["further"] = str(count - 1)
    return changed


def _further(sent: Mapping[str, Any]) -> int:
    text = sent.get("further", "") or "0"
    return min(int(text), MOST_PERSONS - 1) if text.isdecimal() and len(text) < 4 else 0
