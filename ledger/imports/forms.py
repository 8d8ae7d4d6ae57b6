"""What is asked before an import, and before it is loaded or taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from ledger.access import agency_of
from ledger.imports import rights, uploads
from ledger.imports.receiving import Received, receive
from ledger.imports.sources import source_named
from ledger.models import Agency

SHORTEST_REASON = 5
MOST_FILES = 100
NO_AGENCY = "Your account belongs to no agency, so it is not known whose records you may import. Ask an administrator."


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several. Cleans into a list."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class AgencyFields(forms.Form):
    """Whose records they are. A supervisor's file is for the own agency, always."""

    agency = forms.ModelChoiceField(
        Agency.objects.all(),
        label="Agency",
        required=False,
        empty_label="As the file says",
        help_text="Rows of any other agency are refused.",
        error_messages={"invalid_choice": "Choose one of the agencies."},
    )
    new_agency = forms.CharField(
        label="Or the name of a new agency",
        required=False,
        max_length=120,
        help_text="For files that name no agency. It is made when the file is loaded.",
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.may_choose_agency = user.has_perm(rights.ANY_AGENCY)
        if not self.may_choose_agency:
            self.ask_no_agency()

    def ask_no_agency(self) -> None:
        """The records are of no agency, or there is no choice."""
        self.fields.pop("agency", None)
        self.fields.pop("new_agency", None)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "agency" in self.fields:
            self._settle_agency(data)
            return data
        data["agency"], data["new_agency"] = agency_of(self.user), ""
        if data["agency"] is None and not self.may_choose_agency:
            raise ValidationError(NO_AGENCY)
        return data

    def _settle_agency(self, data: dict[str, Any]) -> None:
        name = data.get("new_agency", "")
        if name and data.get("agency"):
            self.add_error("new_agency", "Choose an agency or name a new one, not both.")
        elif known := Agency.objects.filter(name__iexact=name).first() if name else None:
            data["agency"], data["new_agency"] = known, ""


class UploadForm(AgencyFields):
    """Files, what kind they are, and whose records they hold."""

    file = FilesField(
        label="Files",
        help_text="CSV in UTF-8 with a header, Excel workbooks (.xlsx), GeoJSON; also packed (.gz) or as ZIP archives. "
        f"Up to {MOST_FILES} at once.",
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty. Choose a file with a header and rows.",
        },
    )
    source = forms.ChoiceField(
        label="Kind of file",
        required=False,
        error_messages={"invalid_choice": "Choose one of the kinds of file."},
    )
    field_order = ("file", "source", "agency", "new_agency")

    def __init__(self, *args: Any, dropped: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dropped = dropped
        self.sources = rights.sources_for(self.user)
        self.received: list[Received] = []
        kinds = [(source.name, source.title) for source in self.sources]
        self.fields["source"].choices = [("", "Recognise it by header and name"), *kinds]  # type: ignore[attr-defined]
        if dropped:
            self.fields["file"].error_messages["required"] = uploads.too_large()

    def clean_file(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["file"]
        if len(files) > MOST_FILES:
            raise ValidationError(f"These are {len(files)} files. Choose at most {MOST_FILES} at once.")
        return files

    def clean(self) -> dict[str, Any]:
        """Look at every file. What is wrong with one of several is told on its own page; of a single file, here."""
        data = super().clean()
        if self.errors:
            return data
        chosen = source_named(data.get("source", ""))
        known = bool(data.get("agency") or data.get("new_agency"))
        self.received = [receive(file, chosen, self.sources, known) for file in data.get("file", [])]
        self.received += [
            Received(UploadedFile(name=name), problem=uploads.too_large()) for name in self.dropped
        ]
        if len(self.received) == 1 and self.received[0].problem:
            self.add_error("file", self.received[0].problem)
        return data


class LoadForm(forms.Form):
    """What becomes of a checked file."""

    choice = forms.ChoiceField(
        label="What shall be done?",
        choices=[("load", "Load the good rows"), ("nothing", "Load nothing")],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose whether the good rows are loaded.",
            "invalid_choice": "Choose whether the good rows are loaded.",
        },
    )


class UndoForm(forms.Form):
    """Why an import is taken back."""

    reason = forms.CharField(
        label="Why is it undone?",
        max_length=500,
        help_text="Kept for ever: write no names and no vehicle numbers.",
        error_messages={"required": f"Say why, in at least {SHORTEST_REASON} characters."},
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if len(reason) < SHORTEST_REASON:
            raise ValidationError(f"Say why, in at least {SHORTEST_REASON} characters.")
        return reason
