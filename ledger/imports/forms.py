"""What is asked before an import, and before it is loaded or taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from ledger.access import agency_of
from ledger.imports import recognition, rights
from ledger.imports.look import look
from ledger.imports.reader import Unreadable
from ledger.imports.source import Source, refuse_doubled
from ledger.imports.sources import source_named
from ledger.imports.table import reads_plainly
from ledger.models import Agency

SHORTEST_REASON = 5
NO_AGENCY = (
    "Your account belongs to no agency, so it is not known whose stops you may import. Ask an administrator."
)


class UploadForm(forms.Form):
    """A file, what kind it is, and whose stops it holds. A supervisor's file is for the own agency, always."""

    file = forms.FileField(
        label="File",
        help_text="CSV in UTF-8 with a header, an Excel workbook (.xlsx), GeoJSON; also compressed (.gz) or as a ZIP archive.",
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

    def __init__(self, *args: Any, user: Any, too_large: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.too_large = user, too_large
        self.sources = rights.sources_for(user)
        kinds = [(source.name, source.title) for source in self.sources]
        self.fields["source"].choices = [("", "Recognise it by header and name"), *kinds]  # type: ignore[attr-defined]
        if not user.has_perm("ledger.import_any_agency"):
            del self.fields["agency"], self.fields["new_agency"]
        if too_large:
            self.fields["file"].error_messages["required"] = too_large

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.user.has_perm("ledger.import_any_agency"):
            self._settle_agency(data)
        else:
            data["agency"], data["new_agency"] = agency_of(self.user), ""
            if data["agency"] is None:
                raise ValidationError(NO_AGENCY)
        if data.get("file"):
            self._settle_source(data)
        return data

    def _settle_agency(self, data: dict[str, Any]) -> None:
        name = data.get("new_agency", "")
        if name and data.get("agency"):
            self.add_error("new_agency", "Choose an agency or name a new one, not both.")
        elif known := Agency.objects.filter(name__iexact=name).first() if name else None:
            data["agency"], data["new_agency"] = known, ""

    def _settle_source(self, data: dict[str, Any]) -> None:
        """The source, by choice or by the header, and whether the header is one of its files."""
        try:
            source = self._source(data["file"], data.get("source", ""))
        except Unreadable as sentence:
            self.add_error("file", str(sentence))
            return
        data["source"] = source.name
        told = source.names_agency or source.agency_of_file(data["file"].name)
        if not (told or data.get("agency") or data.get("new_agency")):
            self.add_error(
                "agency", "This kind of file does not say whose stops they are. Choose the agency."
            )

    def _source(self, file: UploadedFile[Any], chosen: str) -> Source:
        """The source that was chosen, else the one that the file is recognised by."""
        seen = look(file)  # type: ignore[arg-type]  # an upload is a binary file
        if source := source_named(chosen):
            recognition.refuse_misfit(seen, source)
            header = next((table.header for table in seen.tables if source.fits(table.header)), None)
            if header is None and seen.format == "csv":
                source.places(seen.tables[0].header)
            return source
        found = recognition.recognise(seen, file.name or "", self.sources)
        if found is None:
            raise Unreadable(recognition.about_unknown(seen, self.sources))
        if found.table.header and reads_plainly(found.source):
            refuse_doubled(found.table.header)
        return found.source


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
