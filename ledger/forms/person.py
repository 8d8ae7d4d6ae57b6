"""One person of a stop: who it was as perceived, what the stop came to, what was searched and found."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from ledger.choices import AgeBand, Gender, Outcome, PersonRole
from ledger.entry import PersonEntry
from ledger.flags import YOUNGEST_DRIVER
from ledger.forms.codes import NONE, SOME, UNKNOWN, Choices, Codes, offered
from ledger.forms.fields import WholeNumberField

OUTCOMES = [Outcome.WARNING, Outcome.CITATION, Outcome.SUMMONS, Outcome.ARREST, Outcome.NO_ACTION]
GENDERS = [Gender.MALE, Gender.FEMALE, Gender.OTHER, Gender.UNKNOWN]
ROLES = [PersonRole.PASSENGER, PersonRole.DRIVER, PersonRole.PEDESTRIAN, PersonRole.CYCLIST]
NOT_OFFERED = {"invalid_choice": "Choose one of the buttons: this code is not in use on that day."}


def labelled(members: list[Any]) -> Choices:
    return [(str(member.value), str(member.label)) for member in members]


def one_of(label: str, ask: str, choices: Choices = [], **options: Any) -> forms.ChoiceField:  # noqa: B006
    """A group of buttons of which one is pressed."""
    messages = {"required": ask, **NOT_OFFERED}
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages=messages, **options
    )


def some_of(label: str, **options: Any) -> forms.MultipleChoiceField:
    """A group of buttons of which several may be pressed."""
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={**NOT_OFFERED, "invalid_list": "Choose from the buttons."},
        **options,
    )


class PersonForm(forms.Form):
    """The first person's fields stand on the page by name, those of further persons carry a prefix."""

    was = forms.CharField(
        widget=forms.HiddenInput, required=False
    )  # the person's number in the version before
    role = one_of("Role", "Say who this was.", labelled(ROLES))
    age = WholeNumberField(
        label="Age",
        least=1,
        most=120,
        what="an age",
        help_text="In years, as it seems. Leave empty if unknown.",
    )
    confirm_age = forms.BooleanField(label="The age is right", required=False)
    gender = one_of("Gender", "Choose the gender as it seems to you.", labelled(GENDERS))
    race = one_of("Race, as perceived by you", "Choose the race as you perceive it. Never ask for it.")
    outcome = one_of("Outcome", "Choose what the stop came to.")
    search = some_of("Search")
    contraband = some_of("What the search found")

    def __init__(
        self,
        *args: Any,
        codes: Codes,
        day: date | None,
        kept: PersonEntry | None = None,
        further: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.codes, self.kept, self.further = codes, kept, further
        self.asks_age = bool(self.data.get(self.add_prefix("confirm_age")))
        self._offer(day)
        if not further:
            del self.fields["role"], self.fields["was"]

    def _offer(self, day: date | None) -> None:
        """Fill the lists. What is unknown in the version before may stay so; a new entry must say."""
        kept, codes = self.kept, self.codes
        race = {kept.race_id} if kept and kept.race_id else set()
        self._choices("race", [*offered(codes.races, day, race), (UNKNOWN, "Unknown")])
        outcomes = (
            OUTCOMES if kept is None or kept.outcome != Outcome.UNKNOWN else [*OUTCOMES, Outcome.UNKNOWN]
        )
        self._choices("outcome", labelled(outcomes))
        self._choices(
            "search", [(NONE, "No search"), *offered(codes.bases, day, kept.search_bases if kept else ())]
        )
        self._choices(
            "contraband", [(NONE, "Nothing"), *offered(codes.finds, day, kept.contraband if kept else ())]
        )
        if kept and kept.searched is None:
            self._add("search", UNKNOWN, "Unknown")
        if kept and kept.searched and not kept.search_bases:
            self._add("search", SOME, "Searched, kind not recorded")
        if kept and kept.searched is not False and kept.contraband_found is None:
            self._add("contraband", UNKNOWN, "Unknown")
        if kept and kept.contraband_found and not kept.contraband:
            self._add("contraband", SOME, "Something, kind not recorded")
        if kept and kept.role == PersonRole.UNKNOWN:
            self._choices("role", [*labelled(ROLES), ("0", "Unknown")])

    def _choices(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _add(self, name: str, value: str, label: str) -> None:
        self._choices(name, [*self.fields[name].choices, (value, label)])  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "search" in cleaned:
            self._check_search(cleaned["search"], cleaned.get("outcome", ""))
        if "contraband" in cleaned and "search" in cleaned:
            self._check_finds(cleaned["contraband"], cleaned["search"])
        return cleaned

    def _check_search(self, search: list[str], outcome: str) -> None:
        arrest = {str(code) for code in self.codes.incident_to_arrest}
        if not search:
            self.add_error("search", "Choose “No search”, or what kind of search it was.")
        elif len(search) > 1 and not {NONE, UNKNOWN, SOME}.isdisjoint(search):
            self.add_error(
                "search",
                f"“{self._label('search', search)}” excludes every other answer. Clear it, or the rest.",
            )
        elif outcome and outcome != str(Outcome.ARREST) and not arrest.isdisjoint(search):
            self.add_error(
                "search", "A search incident to arrest needs the outcome “Arrest”. Mend one of the two."
            )

    def _check_finds(self, finds: list[str], search: list[str]) -> None:
        searched = bool(search) and NONE not in search
        if len(finds) > 1 and not {NONE, UNKNOWN, SOME}.isdisjoint(finds):
            self.add_error(
                "contraband",
                f"“{self._label('contraband', finds)}” excludes every other answer. Clear it, or the rest.",
            )
        elif searched and not finds and UNKNOWN not in search:
            self.add_error("contraband", "Choose “Nothing”, or what the search found.")
        elif search == [NONE] and finds and finds not in ([NONE], [UNKNOWN]):
            self.add_error(
                "contraband", "Something was found, but no search was made. Choose the search, or clear this."
            )

    def _label(self, name: str, values: list[str]) -> str:
        """The label of the answer that stands alone."""
        choices: Choices = list(self.fields[name].choices)  # type: ignore[attr-defined]
        return next(label for value, label in choices if value in values and value in (NONE, UNKNOWN, SOME))

    def check_age(self, role: int) -> None:
        """A very young driver is asked about, not refused."""
        age = self.cleaned_data.get("age")
        unchanged = self.kept is not None and self.kept.age == age
        if role != PersonRole.DRIVER or age is None or age >= YOUNGEST_DRIVER or unchanged:
            return
        self.asks_age = True
        if not self.cleaned_data.get("confirm_age"):
            self.add_error("age", f"A driver aged {age}? Correct the age, or tick “The age is right”.")

    def role_of(self, first: int) -> int:
        return int(self.cleaned_data.get("role") or 0) if self.further else first

    def entry(self, first: int) -> PersonEntry:
        """The person as filled in. Searched follows from the search, arrested from the outcome: each is asked once."""
        filled, kept = self.cleaned_data, self.kept
        outcome = int(filled["outcome"])
        search, finds = filled["search"], filled["contraband"]
        searched = None if UNKNOWN in search else NONE not in search
        arrested = outcome == Outcome.ARREST if outcome else (kept.arrested if kept else None)
        found = None if searched is False or not finds or UNKNOWN in finds else NONE not in finds
        return PersonEntry(
            role=self.role_of(first),
            age=filled["age"],
            age_band=kept.age_band if kept and filled["age"] is None else AgeBand.UNKNOWN,
            gender=int(filled["gender"]),
            race_id=None if filled["race"] == UNKNOWN else int(filled["race"]),
            outcome=outcome,
            arrested=arrested,
            searched=searched,
            search_bases=_numbers(search),
            frisked=kept.frisked if kept else None,
            contraband_found=found,
            contraband=_numbers(finds) if found else (),
        )


def _numbers(values: list[str]) -> tuple[int, ...]:
    return tuple(sorted(int(value) for value in values if value not in (NONE, UNKNOWN, SOME)))


def answers(person: PersonEntry) -> dict[str, Any]:
    """The form's answers that say what a stored person says."""
    bases = [str(code) for code in person.search_bases]
    finds = [str(code) for code in person.contraband]
    return {
        "role": str(person.role),
        "age": person.age,
        "gender": str(person.gender),
        "race": str(person.race_id) if person.race_id else UNKNOWN,
        "outcome": str(person.outcome),
        "search": _answer(person.searched, bases),
        "contraband": finds if person.searched is False else _answer(person.contraband_found, finds),
    }


def _answer(mark: bool | None, codes: list[str]) -> list[str]:
    """Mark and codes as one answer. A contradiction shows as two answers, which the form asks to be mended."""
    if mark is None:
        return codes or [UNKNOWN]
    if mark:
        return codes or [SOME]
    return [NONE, *codes]
