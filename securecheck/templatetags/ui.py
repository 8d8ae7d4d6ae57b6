"""Template tags of the frame and of the shared parts: menu, filter form, pager."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, Widget
from django.http import HttpRequest
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

PAGE_SIZES = (25, 50, 100)
# Pages that have a menu entry of their own below another entry's address.
OWN_ENTRY = ("log-stop",)
# Pages that belong to another entry than the one below whose address they lie.
BELONGS = {"crime-record": "crime"}


@register.simple_tag(takes_context=True)
def menu_link(context: Context, name: str, label: str) -> SafeString:
    """One menu entry, marked as current on its page and on every page below its address."""
    url = reverse(name)
    request = context.get("request")
    path: str = request.path if request else ""
    mark = (
        format_html(' aria-current="{}"', "page" if path == url else "true")
        if _is_below(path, name, url)
        else ""
    )
    return format_html('<a class="menu-link" href="{}"{}>{}</a>', url, mark, label)


def _is_below(path: str, name: str, url: str) -> bool:
    """Whether the page belongs to the menu entry."""
    for page, entry in BELONGS.items():
        if path == reverse(page):
            return name == entry
    if url == reverse("home"):
        return path == url
    elsewhere = name not in OWN_ENTRY and path in {reverse(other) for other in OWN_ENTRY}
    return path.startswith(url) and not elsewhere


@register.simple_tag(takes_context=True)
def tab_link(context: Context, name: str, label: str, alone: bool = False) -> SafeString:
    """One tab of a group of pages, marked on its own page and on those below its address, such as a form's answer.

    `alone`: on its own page only; for the tab below whose address the other tabs lie.
    """
    url = reverse(name)
    request = context.get("request")
    path: str = request.path if request else ""
    here = path == url or (path.startswith(url) and not alone)
    mark = format_html(' aria-current="{}"', "page" if path == url else "true") if here else ""
    return format_html('<a class="menu-link" href="{}"{}>{}</a>', url, mark, label)


@register.simple_tag
def spare_static(name: str) -> str:
    """The address of a static file; empty where it is not known, for pages that must appear whatever is missing."""
    try:
        return static(name)
    except ValueError:  # not in the manifest
        return ""


@register.filter
def fields_in_error(forms: BaseForm | Iterable[BaseForm]) -> list[BoundField]:
    """The fields with errors of one form or of several, in reading order."""
    return [field for form in _listed(forms) for field in form if field.errors]


@register.filter
def general_errors(forms: BaseForm | Iterable[BaseForm]) -> list[str]:
    """Errors that belong to no single field."""
    return [str(error) for form in _listed(forms) for error in form.non_field_errors()]


def _listed(forms: BaseForm | Iterable[BaseForm]) -> Sequence[BaseForm]:
    return [forms] if isinstance(forms, BaseForm) else list(forms)


@register.filter
def anchor(field: BoundField) -> str:
    """The id that a link to the field must name: the first choice of a group, else the field itself."""
    if field.use_fieldset:
        widgets = field.subwidgets
        return str(widgets[0].id_for_label) if len(widgets) > 1 else f"{field.auto_id}_0"
    return str(field.id_for_label or field.auto_id)


@register.filter
def is_choice_group(field: BoundField) -> bool:
    """Whether the field is drawn as a group of radio buttons or boxes."""
    return field.use_fieldset and getattr(field.field.widget, "input_type", "") in ("radio", "checkbox")


@register.filter
def is_single_box(field: BoundField) -> bool:
    """Whether the field is one box that is ticked or not; its label stands after it."""
    return not field.use_fieldset and getattr(field.field.widget, "input_type", "") == "checkbox"


PART_LABELS = {"SplitDateTimeWidget": ("Date", "Time"), "AdminSplitDateTime": ("Date", "Time")}


@register.filter
def with_labelled_parts(field: BoundField) -> SafeString:
    """The inputs of a field that has several, each named after the field and its part: “Duration, from”."""
    widget = field.field.widget
    for part, name in zip(getattr(widget, "widgets", []), _part_names(widget), strict=False):
        part.attrs.setdefault("aria-label", f"{field.label}, {name.lower()}")
    return field.as_widget()


def _part_names(widget: Widget) -> tuple[str, ...]:
    for kind in type(widget).__mro__:
        if kind.__name__ in PART_LABELS:
            return PART_LABELS[kind.__name__]
    return ("From", "To")


@register.filter
def chosen(field: BoundField) -> int:
    """How many choices of a group are ticked."""
    return sum(bool(part.data.get("selected")) for part in field.subwidgets)


@register.simple_tag
def filter_fields(form: BaseForm, first: int) -> dict[str, Any]:
    """The filter form's fields in two parts: always seen, and behind “More filters”, open while one of them is in use."""
    fields = form.visible_fields()
    more = fields[first:]
    return {"first": fields[:first], "more": more, "open": any(_in_use(field) for field in more)}


def _in_use(field: BoundField) -> bool:
    value = field.value()
    return value not in (None, "", [], (), ["", ""], [None, None])


@register.filter
def kept_parameters(form: BaseForm, request: HttpRequest | None) -> list[tuple[str, str]]:
    """What else stands in the address (order, page size) and must outlive a new filter. The page number does not."""
    own = {"page"} | {name for field in form for name in _input_names(field)}
    sent = request.GET.lists() if request else []
    return [(name, value) for name, values in sent if name not in own for value in values]


def _input_names(field: BoundField) -> list[str]:
    """The names under which a field is sent: of a range, one for each end."""
    widget = field.field.widget
    if suffixes := getattr(widget, "suffixes", None):  # a range of django-filter
        return [f"{field.html_name}_{suffix}" for suffix in suffixes if suffix]
    endings: list[str] = getattr(widget, "widgets_names", [""])
    return [field.html_name + ending for ending in endings]


@register.simple_tag
def page_sizes(table: Any) -> list[int]:
    """Page sizes on offer, when more than the smallest page is there to show."""
    return list(PAGE_SIZES) if table.paginator.count > PAGE_SIZES[0] else []
