"""How an uploaded file is to be read: whose records, what it does not say itself, and which of its columns is which field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property

from ledger.imports.forms import AgencyFields
from ledger.imports.guessing import guess
from ledger.imports.known import from_database
from ledger.imports.reader import Unreadable
from ledger.imports.samples import SAMPLES, Beginning, label_of
from ledger.imports.source import Parameter, Source
from ledger.imports.table import reads_plainly

COLUMN, VALUE = "column-", "value-"
NOWHERE = "not in the file"


class ReadingForm(AgencyFields):
    """The questions that a source has about one file. Columns are guessed; what was chosen before comes first."""

    def __init__(
        self,
        *args: Any,
        source: Source,
        file_name: str,
        table: Beginning,
        options: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.source, self.file_name, self.table, self.options = source, file_name, table, options
        if not source.kind.has_agency or source.is_archive:
            self.ask_no_agency()
        for name, parameter in source.parameters.items():
            self.fields[VALUE + name] = _field_of(parameter, options.get("values", {}).get(name, ""))
        for target in source.columns if table.header else ():
            self.fields[COLUMN + target] = self._column_field(target)

    @cached_property
    def guessed(self) -> dict[str, str]:
        return guess(self.source, self.table, from_database())

    def _column_field(self, target: str) -> forms.ChoiceField:
        chosen = self.options.get("columns", {})
        names = dict.fromkeys(name for name in self.table.header if name)
        return forms.ChoiceField(
            label=label_of(target),
            choices=[("", NOWHERE), *((name, name) for name in names)],
            initial=chosen[target] if chosen.get(target) in names else self.guessed.get(target, ""),
            required=not self.source.columns[target].may_lack,
            error_messages={
                "required": f"Choose the column for “{label_of(target)}”.",
                "invalid_choice": "Choose one of the file’s columns.",
            },
        )

    @property
    def columns(self) -> list[tuple[forms.BoundField, list[str]]]:
        """The field of each column, and the first values of the column that it shows."""
        bound = [self[name] for name in self.fields if name.startswith(COLUMN)]
        return [(field, self._first_values(str(field.value() or ""))) for field in bound]

    def _first_values(self, name: str) -> list[str]:
        return self.table.values(name, SAMPLES) if name in self.table.header else []

    @property
    def file_columns(self) -> list[tuple[str, list[str]]]:
        """All named columns of the file with their first values."""
        return [(name, self._first_values(name)) for name in dict.fromkeys(self.table.header) if name]

    @property
    def said(self) -> list[forms.BoundField]:
        """The fields of what the file does not say itself."""
        return [
            self[name] for name in self.fields if name.startswith(VALUE) or name in ("agency", "new_agency")
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors:
            self._refuse_misfit(data)
        return data

    def _refuse_misfit(self, data: dict[str, Any]) -> None:
        whose = data.get("agency") or data.get("new_agency") or self.source.agency_of_file(self.file_name)
        if not (self.source.names_agency or self.source.is_archive or whose):
            self.add_error("agency", "This kind of file does not say whose they are. Choose the agency.")
        try:
            bound = self.source.for_file(self.file_name, self.chosen_options())
            if self.table.header and reads_plainly(bound):
                bound.places(self.table.header)
        except Unreadable as why:
            self.add_error(None, str(why))

    def chosen_options(self) -> dict[str, Any]:
        """The options of the run: what differs from how the source finds its columns by itself, and what was said."""
        found = {target: column.found_in(self.table.header) for target, column in self.source.columns.items()}
        columns = {
            target: name
            for target in self.source.columns
            if (name := self.cleaned_data.get(COLUMN + target)) is not None and name != found[target]
        }
        values = {name: self.cleaned_data.get(VALUE + name, "") for name in self.source.parameters}
        chosen = {"columns": columns, "values": {name: value for name, value in values.items() if value}}
        return {name: value for name, value in chosen.items() if value}


def _field_of(parameter: Parameter, value: str) -> forms.Field:
    needed = parameter.required and not parameter.default
    shared: dict[str, Any] = {
        "label": parameter.label,
        "help_text": parameter.help,
        "required": needed,
        "initial": value or parameter.default,
        "error_messages": {"required": "This must be said, for the file does not say it."},
    }
    if not parameter.choices:
        return forms.CharField(max_length=120, **shared)
    choices = [(one, one[:1].upper() + one[1:]) for one in parameter.choices]
    empty = [] if parameter.default else [("", "Choose" if needed else "Not said")]
    return forms.ChoiceField(choices=[*empty, *choices], **shared)
