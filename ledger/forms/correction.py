"""Why a stop is corrected, which version was on the screen; why a stop or many are accepted; why a vehicle is looked up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from ledger.forms.fields import PlainText, PlateField
from ledger.recording import SHORTEST_REASON

KEPT_FOR_EVER = "Kept for ever: write no names and no vehicle numbers."


class ReasonForm(forms.Form):
    before = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = PlainText(
        label="Why do you correct it?",
        required=True,
        max_length=500,
        error_messages={
            "required": f"Say why you correct this stop, in at least {SHORTEST_REASON} characters."
        },
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.is_bound:
            self.fields["reason"].widget.attrs["autofocus"] = True

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if len(reason) < SHORTEST_REASON:
            raise ValidationError(f"Say why you correct this stop, in at least {SHORTEST_REASON} characters.")
        return reason


class AcceptForm(forms.Form):
    note = PlainText(label="Note", max_length=500, help_text=KEPT_FOR_EVER)


class LookupReason(models.TextChoices):
    """Why a vehicle is looked up. A code, since the trail keeps it for ever."""

    STOP = "stop", "It is being stopped now"
    RECORD = "record", "To check or mend a record"
    INQUIRY = "inquiry", "For an investigation"
    COMPLAINT = "complaint", "For a complaint or a question of the driver"
    REVIEW = "review", "For a review or an audit"


class LookupForm(forms.Form):
    vehicle = PlateField(
        label="Vehicle number", required=True, error_messages={"required": "Write the vehicle’s number."}
    )
    reason = forms.ChoiceField(
        label="Reason for the look-up",
        choices=LookupReason.choices,
        widget=forms.RadioSelect,
        help_text="Kept in the audit trail with your name and the time.",
        error_messages={
            "required": "Choose why you look this vehicle up.",
            "invalid_choice": "Choose one of the reasons.",
        },
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["vehicle"].widget.attrs |= {"data-search": ""} | (
            {} if self.is_bound else {"autofocus": True}
        )
