"""Keeping views: what may be kept, who sees which, and with which one a page opens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from insights.catalogue import find
from insights.models import DefaultView, SavedView
from ledger.audit import role_names

PASSING = ("page", "per_page", "format", "after", "before", "all")  # of an address, what no view keeps
OTHER_PAGES = ("explore", "data")


def reads_rows(user: Any) -> bool:
    return bool(user.has_perm("ledger.view_stop") or user.has_perm("ledger.correct_stop"))


def address_of(page: str, query: str = "") -> str:
    path = reverse(page) if page in OTHER_PAGES else reverse("insight", args=[page])
    return f"{path}?{query}" if query else f"{path}?all=yes"


def views_for(user: Any) -> QuerySet[SavedView]:
    """The own views, and those shared with a role of the user, of pages that the user may open."""
    found = SavedView.objects.filter(Q(owner=user.pk) | Q(role__in=role_names(user))).select_related("owner")
    return found if reads_rows(user) else found.exclude(page="data")


def roles_to_share_with() -> list[str]:
    """Every role that reads insights."""
    permission = {
        "permissions__codename": "view_insights",
        "permissions__content_type__app_label": "insights",
    }
    return list(Group.objects.filter(**permission).order_by("name").values_list("name", flat=True))


def default_of(request: HttpRequest, page: str) -> DefaultView | None:
    """The view that a page opens with for this user, if it still may be seen; looked up once a request."""
    if not hasattr(request, "default_view"):
        visible = views_for(request.user).values("pk")
        own = DefaultView.objects.filter(user=request.user.pk, page=page, view__in=visible)
        request.default_view = own.select_related("view").first()  # type: ignore[attr-defined]
    found: DefaultView | None = request.default_view  # type: ignore[attr-defined]
    return found


def opens_with(request: HttpRequest, page: str) -> str:
    """The address to which a bare one leads; empty where it stands for itself."""
    chosen = default_of(request, page)
    return address_of(page, chosen.view.query) if chosen and not request.GET else ""


class SaveForm(forms.Form):
    """A view to keep. The vehicle number that an address may hold is not: what is kept cannot be erased on order."""

    name = forms.CharField(
        max_length=60,
        error_messages={
            "required": "Give the view a name.",
            "max_length": "A name has 60 characters at most.",
        },
    )
    page = forms.CharField(max_length=80)
    query = forms.CharField(
        required=False, max_length=2000, error_messages={"max_length": "The address is too long to be kept."}
    )
    role = forms.CharField(required=False, max_length=40)

    def __init__(self, data: Any, user: Any) -> None:
        super().__init__(data)
        self.user = user

    def clean_page(self) -> str:
        page: str = self.cleaned_data["page"]
        known = page == "explore" or (page == "data" and reads_rows(self.user)) or find(page) is not None
        if not known:
            raise forms.ValidationError("There is no such page to keep a view of.")
        return page

    def clean_query(self) -> str:
        """The parameters that make the view, without those of the moment."""
        given = QueryDict(self.cleaned_data["query"], mutable=True)
        for name in [*PASSING, *(name for name, value in given.items() if not value)]:
            given.pop(name, None)
        if "vehicle" in given:
            raise forms.ValidationError(
                "A vehicle number is not kept in a view. Take that filter away first."
            )
        return given.urlencode()

    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        if role and role not in roles_to_share_with():
            raise forms.ValidationError("Views are shared with a role of the list, or with nobody.")
        return role

    def save(self) -> SavedView:
        """Kept anew, or under its name in place of what it was."""
        told = self.cleaned_data
        view, _made = SavedView.objects.update_or_create(
            owner_id=self.user.pk,
            page=told["page"],
            name=told["name"],
            defaults={"query": told["query"], "role": told["role"]},
        )
        return view
