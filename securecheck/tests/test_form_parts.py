"""Fields, error summary, filter form and table, as the shared templates draw them."""

from __future__ import annotations

import re
from typing import Any

import django_filters
import django_tables2
import pytest
from django import forms
from django.contrib.auth.models import Group
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.test import RequestFactory

from securecheck.templatetags.ui import menu_link

KEY = "00000000-0000-0000-0000-000000000000"


class Logged(forms.Form):
    vehicle = forms.CharField(label="Vehicle number", help_text="As on the plate")
    age = forms.IntegerField(required=False)
    outcome = forms.ChoiceField(choices=[("w", "Warning"), ("a", "Arrest")], widget=forms.RadioSelect)
    drugs = forms.BooleanField(label="Drugs related", required=False)
    when = forms.SplitDateTimeField(label="When", required=False)

    def clean(self) -> None:
        raise forms.ValidationError("The stop lies in the future.")


@pytest.fixture
def wrong() -> Logged:
    return Logged(QueryDict("age=x"))


def tags(html: str, name: str) -> list[str]:
    return re.findall(rf"<{name}\b[^>]*>", html)


def test_help_and_error_are_tied_to_the_input(wrong: Logged) -> None:
    html = wrong["vehicle"].as_field_group()
    field = next(tag for tag in tags(html, "input") if 'name="vehicle"' in tag)
    assert 'aria-describedby="id_vehicle_helptext id_vehicle_error"' in field
    assert 'aria-invalid="true"' in field
    assert 'id="id_vehicle_helptext"' in html
    assert 'id="id_vehicle_error"' in html


def test_only_fields_that_may_stay_empty_say_optional() -> None:
    form = Logged()
    assert "optional" in form["age"].as_field_group()
    assert "optional" not in form["vehicle"].as_field_group()


def test_radio_group_is_a_fieldset_with_numbered_native_inputs(wrong: Logged) -> None:
    html = wrong["outcome"].as_field_group()
    assert "<legend>Outcome" in html
    assert 'aria-describedby="id_outcome_error"' in tags(html, "fieldset")[0]
    assert re.findall(r"<kbd[^>]*>(\d)</kbd>", html) == ["1", "2"]
    assert [tag for tag in tags(html, "input") if 'type="radio"' in tag] == tags(html, "input")
    assert set(re.findall(r'<label for="([^"]+)"', html)) == {"id_outcome_0", "id_outcome_1"}


def test_each_part_of_a_split_field_has_a_name_of_its_own() -> None:
    html = Logged()["when"].as_field_group()
    assert re.findall(r'aria-label="([^"]+)"', html) == ["When, date", "When, time"]


def test_box_stands_before_its_label() -> None:
    html = Logged()["drugs"].as_field_group()
    assert html.index("<input") < html.index("<label")


def test_error_summary_links_to_inputs_that_exist(wrong: Logged) -> None:
    summary = render_to_string("partials/error_summary.html", {"form": wrong})
    drawn = "".join(field.as_field_group() for field in wrong)
    ids = re.findall(r'href="#([^"]+)"', summary)
    assert ids == ["id_vehicle", "id_age", "id_outcome_0"]
    assert all(f'id="{name}"' in drawn for name in ids)
    assert "The stop lies in the future." in summary
    assert 'role="alert"' in summary
    assert "autofocus" in summary


def test_error_summary_takes_several_forms(wrong: Logged) -> None:
    summary = render_to_string("partials/error_summary.html", {"forms": [Logged(), wrong, wrong]})
    assert summary.count("Vehicle number") == 2
    assert summary.count("There is a problem") == 1


def test_a_form_without_errors_has_no_summary() -> None:
    assert render_to_string("partials/error_summary.html", {"form": Logged()}).strip() == ""


class Narrowed(django_filters.FilterSet):
    vehicle = django_filters.CharFilter(label="Vehicle")
    outcome = django_filters.MultipleChoiceFilter(
        label="Outcome", choices=[("w", "Warning"), ("a", "Arrest")], widget=forms.CheckboxSelectMultiple
    )
    age = django_filters.RangeFilter(label="Age")


def filter_form(query: str, first: int = 6) -> str:
    request = RequestFactory().get(f"/stops/?{query}")
    narrowed = Narrowed(request.GET, queryset=Group.objects.none())
    return render_to_string("partials/filters.html", {"filter": narrowed, "first": first}, request=request)


def hidden(html: str) -> list[str]:
    return [re.findall(r'name="([^"]+)"', tag)[0] for tag in tags(html, "input") if 'type="hidden"' in tag]


def test_filter_form_keeps_order_and_page_size_but_not_the_page() -> None:
    assert hidden(filter_form("sort=-date&per_page=50&page=3&vehicle=AB1&age_min=18&outcome=w")) == [
        "sort",
        "per_page",
    ]


def test_choices_in_use_are_counted_on_their_menu() -> None:
    assert re.search(r"<summary>Outcome \(2\)</summary>", filter_form("outcome=w&outcome=a"))


def test_more_filters_are_open_only_while_one_of_them_is_in_use() -> None:
    more = r'<details class="filter-more"( open)?>'
    assert re.findall(more, filter_form("vehicle=AB1", first=1)) == [""]
    assert re.findall(more, filter_form("age_min=18", first=1)) == [" open"]
    assert re.findall(more, filter_form("age_min=18", first=3)) == []


class Drawn(django_tables2.Table):
    caption = "Stops, newest first"
    vehicle = django_tables2.Column()
    age = django_tables2.Column(attrs={"cell": {"class": "num"}})

    class Meta:
        template_name = "tables/table.html"
        empty_text = "No stop fits. Remove a filter."


def draw(rows: list[dict[str, Any]], query: str = "") -> str:
    request = RequestFactory().get(f"/stops/?{query}")
    table = Drawn(rows)
    django_tables2.RequestConfig(request, paginate={"per_page": 25}).configure(table)
    return str(table.as_html(request))


ROWS = [{"vehicle": f"AB{number}", "age": number} for number in range(60)]


def test_table_has_a_caption_and_a_scroll_area_that_the_keyboard_reaches() -> None:
    html = draw(ROWS)
    assert re.search(r"<caption[^>]*>Stops, newest first</caption>", html)
    assert 'tabindex="0" role="region" aria-label="Stops, newest first"' in html


def test_sorting_keeps_filters_and_goes_back_to_the_first_page() -> None:
    html = draw(ROWS, "violation=dui&page=2&sort=vehicle")
    assert "violation=dui&amp;sort=-vehicle" in html
    assert not re.search(r'<th[^>]*><a href="[^"]*page=2', html)
    assert re.search(r'<th[^>]*aria-sort="ascending"', html)


def test_pager_says_where_one_is_and_offers_page_sizes() -> None:
    html = draw(ROWS, "page=2")
    assert "26–50 of 60" in html
    assert re.search(r'aria-current="page">.*?</span>2</span>', html)
    assert "per_page=100" in html


def test_empty_table_says_what_to_do() -> None:
    html = draw([])
    assert "No stop fits. Remove a filter." in html
    assert "table-foot" not in html


def test_numbers_stand_right() -> None:
    assert re.search(r'<td[^>]*class="[^"]*\bnum\b', draw(ROWS[:1]))


@pytest.mark.parametrize(
    "group, path, marked",
    [
        ("prediction", "/prediction/", ("At a stop", "page")),
        ("prediction", "/prediction/proxy/", ("Proxy audit", "page")),
        ("prediction", "/prediction/proxy/apply/", ("Proxy audit", "true")),
        ("prediction", f"/prediction/runs/{KEY}/", ("Models and runs", "true")),
        ("prediction", f"/prediction/drift/{KEY}/note/", ("Drift", "true")),
        ("crime", "/crime/", ("By the hour", "page")),
        ("crime", "/crime/hotspots/look/", ("Hot spots", "true")),
        ("trust", "/trust/", ("Overview", "page")),
        ("trust", "/trust/groups/", ("Groups", "page")),
    ],
)
def test_one_tab_is_marked_on_its_page_and_on_the_answers_below_it(
    group: str, path: str, marked: tuple[str, str]
) -> None:
    html = render_to_string(f"{group}/_tabs.html", request=RequestFactory().get(path))
    found = re.findall(r'aria-current="(\w+)">([^<]+)</a>', html)
    assert [(label, mark) for mark, label in found] == [marked]


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/prediction/crime/record/", "crime"),
        ("/prediction/runs/", "prediction"),
        ("/crime/map/", "crime"),
        ("/stops/new/", "log-stop"),
        ("/stops/", "stops"),
        ("/", "home"),
    ],
)
def test_a_page_marks_the_menu_entry_it_belongs_to_and_no_other(path: str, marked: str) -> None:
    context = Context({"request": RequestFactory().get(path)})
    names = ("home", "stops", "log-stop", "prediction", "crime", "insights")
    assert [name for name in names if "aria-current" in menu_link(context, name, name)] == [marked]
