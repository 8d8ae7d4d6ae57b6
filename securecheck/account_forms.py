"""Forms of the account pages: a person, a role, and for officers the number under which they log."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User

from ledger.models import Agency, Officer
from securecheck.accounts import holder_of, role_of
from securecheck.roles import OFFICER_ROLES, ROLES

OWN_ACCOUNT = "Nobody changes the own role. Ask another administrator."


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """An account. `signed_in` is who fills the form in; the admin sets it."""

    signed_in: Any = None

    role = forms.ChoiceField(choices=[("", "Choose a role"), *((role, role) for role in ROLES)])
    agency = forms.ModelChoiceField(
        Agency.objects.all(),
        required=False,
        help_text="For officers and supervisors: whose stops they may see.",
    )
    officer_number = forms.CharField(
        max_length=20,
        required=False,
        help_text="For officers and supervisors: the agency's own number of the officer.",
    )

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "is_active"]
        help_texts = {
            "is_active": "Accounts are never deleted: end one by taking the tick away. It is signed out at once."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            officer = getattr(self.instance, "officer", None)
            self.initial["role"] = role_of(self.instance)
            if officer is not None:
                self.initial.update(agency=officer.agency_id, officer_number=officer.number)
        if self.instance.pk and self.signed_in is not None and self.instance.pk == self.signed_in.pk:
            self._fix_own_account()

    def _fix_own_account(self) -> None:
        for name in ("role", "agency", "officer_number", "is_active"):
            self.fields[name].disabled = True
            self.fields[name].help_text = OWN_ACCOUNT

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["officer_number"] = cleaned.get("officer_number", "").strip()
        if cleaned.get("role") in OFFICER_ROLES:
            self._check_officer(cleaned)
        elif cleaned.get("role"):
            self._check_no_officer(cleaned)
        return cleaned

    def _check_officer(self, cleaned: dict[str, Any]) -> None:
        agency, number = cleaned.get("agency"), cleaned["officer_number"]
        if not agency and "agency" not in self.errors:
            self.add_error(
                "agency", f"Choose the agency: an account with the role {cleaned['role']} needs one."
            )
        if not number and "officer_number" not in self.errors:
            self.add_error("officer_number", "Enter the officer's number: stops are logged under it.")
        if agency and number:
            self._check_number(agency, number)

    def _check_number(self, agency: Agency, number: str) -> None:
        """A number is one account's, and of an officer who has left it is given to nobody."""
        holder = holder_of(agency, number)
        if holder is not None and holder.pk != self.instance.pk:
            self.add_error(
                "officer_number", f"The account “{holder}” has this number. Two accounts cannot share one."
            )
        elif holder is None and Officer.objects.filter(agency=agency, number=number, active=False).exists():
            self.add_error(
                "officer_number",
                "The officer of this number is no longer active. Make the officer active again first, or give another number.",
            )

    def _check_no_officer(self, cleaned: dict[str, Any]) -> None:
        for name in ("agency", "officer_number"):
            if cleaned.get(name):
                self.add_error(
                    name,
                    f"Leave this empty: an account with the role {cleaned['role']} belongs to no agency.",
                )


class NewAccountForm(AccountForm, UserCreationForm):  # type: ignore[type-arg]
    """A new account, with its first password."""

    class Meta(AccountForm.Meta):
        fields = ["username", "first_name", "last_name"]
