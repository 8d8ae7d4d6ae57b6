"""The crosswalk of offences: nothing at hand is unmapped, and the built-in list is the published one."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from ledger import offences
from ledger.choices import CrimeAgainst, OffenceGroup, Severity
from ledger.models import Offence
from ledger.tests.import_files import SHARED
from securecheck.seeds import seed_code_lists

FIXTURE = Path(settings.BASE_DIR) / "fixtures" / "offences.json"
CODES = SHARED / "nibrs-offense-codes" / "NIBRS_OFFENSE_TYPE.csv"
ATLANTA = SHARED / "atlanta-cobra"
STREET = SHARED / "uk-police-street"
PLAINFIELD = SHARED / "markup-plainfield" / "Opra Request Dated 24FEB18 to 01JAN19 in CSV format.csv"
published = pytest.mark.skipif(not SHARED.exists(), reason="the published files are not beside the checkout")

# Where the built-in list follows the manual of 2023 and not the table of 2020.
CATEGORIES = {
    **dict.fromkeys(("30A", "30B", "30C", "30D"), "Immigration Violations"),
    **dict.fromkeys(("49A", "49B", "49C"), "Fugitive Offenses"),
    **dict.fromkeys(("58A", "58B", "61A", "61B", "620"), "Commerce Violations"),
    **dict.fromkeys(("521", "522", "526"), "Weapon Law Violations"),
    **dict.fromkeys(("36A", "36B", "360"), "Sex Offenses"),
    "26H": "Fraud Offenses",
    "101": "Treason",
    "103": "Espionage",
}
RENAMED = {"11D": "Fondling (Criminal Sexual Contact)"}


def built_in() -> dict[str, dict[str, Any]]:
    return {record["pk"]: record["fields"] for record in json.loads(FIXTURE.read_text())}


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)


def test_every_built_in_code_is_well_formed_and_in_our_group() -> None:
    for code, fields in built_in().items():
        assert fields["against"] in CrimeAgainst.values
        assert fields["group"] in (*Severity.values, "")
        assert fields["name"]
        assert fields["category"]
        assert OffenceGroup(fields["our_group"]) is offences.group_of_nibrs(code)
    assert set(built_in()) == set(offences.NIBRS)


def test_group_a_has_the_71_offences_in_28_categories_of_the_manual() -> None:
    manual = {code: fields for code, fields in built_in().items() if fields["group"] == "A" and code != "23*"}
    assert len(manual) == 71
    assert len({fields["category"] for fields in manual.values()}) == 28


def test_the_code_is_the_text_that_it_is() -> None:
    assert built_in()["100"]["name"] == "Kidnapping/Abduction"
    assert built_in()["09A"]["our_group"] == OffenceGroup.HOMICIDE
    assert built_in()["200"]["our_group"] == OffenceGroup.DAMAGE
    assert built_in()["90I"]["group"] == ""


@published
def test_the_built_in_list_is_the_published_table_but_for_what_is_declared() -> None:
    table = {row["OFFENSE_CODE"]: row for row in rows(CODES)}
    assert set(built_in()) == set(table)
    for code, fields in built_in().items():
        row = table[code]
        assert fields["name"] == RENAMED.get(code, row["OFFENSE_NAME"])
        assert fields["category"] == CATEGORIES.get(code, row["OFFENSE_CATEGORY_NAME"])
        assert fields["against"] == ("Not a Crime" if code == "09C" else row["CRIME_AGAINST"])
        assert fields["group"] == row["OFFENSE_GROUP"]
    assert Counter(row["OFFENSE_GROUP"] for row in table.values()) == {"A": 72, "B": 13, "": 1}


@published
@pytest.mark.parametrize("name", ["COBRA-2020(NEW RMS 9-30 12-31).csv", "COBRA-2021.csv"])
def test_no_code_of_the_newer_atlanta_files_is_unmapped(name: str) -> None:
    """The words say the same as the code: a group of the one, a group of the other."""
    for row in rows(ATLANTA / name):
        group = offences.group_of_nibrs(row["ibr_code"])
        assert group is not None
        assert group is offences.group_of_uc2(row["UC2_Literal"])


@published
def test_no_number_of_the_old_atlanta_file_is_unmapped() -> None:
    for row in rows(ATLANTA / "COBRA-2020-OldRMS-09292020.csv"):
        code = offences.nibrs_of_ucr(row["UCR_Number"])
        assert code in built_in()
        assert offences.group_of_nibrs(code) is offences.group_of_uc2(row["UC2_Literal"])


@published
def test_no_crime_type_of_the_british_street_files_is_unmapped() -> None:
    types = {row["Crime type"] for path in STREET.rglob("*.csv") for row in rows(path)}
    assert len(types) == 14
    assert not [name for name in types if offences.group_of_uk(name) is None]


@published
def test_no_word_of_the_plainfield_reports_is_unmapped() -> None:
    words = {row["CRIME"] for row in rows(PLAINFIELD)}
    assert len(words) == 86
    assert not [name for name in words if offences.group_of_new_jersey(name) is None]


@pytest.mark.parametrize(
    "words, group",
    [
        ("LARCENY OVER $200 - FROM AUTO/NOT PARTS", OffenceGroup.THEFT_FROM_VEHICLE),
        ("LRCNY BTWN $50 & $200 - AUT PARTS & ACC", OffenceGroup.THEFT_FROM_VEHICLE),
        ("LRCNY BTWN $50 & $200 -  PURSE SOTHERTCHING", OffenceGroup.THEFT),
        ("ASSAULT - FIREARM", OffenceGroup.ASSAULT),
        ("STOLEN TRUCK OR BUS", OffenceGroup.VEHICLE_THEFT),
        ("MISSING ADULT", OffenceGroup.OTHER),
        ("PARKING", None),
        ("", None),
    ],
)
def test_new_jersey_words_are_told_by_their_beginning(words: str, group: OffenceGroup | None) -> None:
    assert offences.group_of_new_jersey(words) is group


@pytest.mark.parametrize(
    "number, code",
    [
        ("640", "23F"),
        ("0640", "23F"),
        (" 650 ", "23G"),
        ("110", "09A"),
        ("120", "09B"),
        ("347", "120"),
        ("730", "240"),
        ("130", None),
        ("810", None),
        ("64", None),
        ("6401", None),
        ("64x", None),
        ("٦٤٠", None),
        ("", None),
    ],
)
def test_a_ucr_number_gives_the_nibrs_code_that_took_its_place(number: str, code: str | None) -> None:
    assert offences.nibrs_of_ucr(number) == code


def test_words_are_found_in_any_case_and_spacing_and_never_guessed() -> None:
    assert offences.group_of_uk(" Violence  and sexual offences") is OffenceGroup.ASSAULT
    assert offences.group_of_uc2("agg assault") is OffenceGroup.ASSAULT
    assert offences.group_of_nibrs(" 13a ") is OffenceGroup.ASSAULT
    assert offences.group_of_nibrs("13Z") is None
    assert offences.group_of_uk("Crime") is None
    assert offences.group_of_uc2("") is None


@pytest.mark.django_db
def test_a_new_ledger_has_the_codes_and_a_force_s_own_edits_stay() -> None:
    assert Offence.objects.count() == len(built_in())
    Offence.objects.filter(pk="13A").update(name="Assault, aggravated")
    Offence.objects.filter(pk="520").delete()
    seed_code_lists()
    assert Offence.objects.get(pk="13A").name == "Assault, aggravated"
    assert Offence.objects.get(pk="520").our_group == OffenceGroup.WEAPONS


@pytest.mark.django_db
def test_the_list_can_be_loaded_as_a_fixture() -> None:
    Offence.objects.all().delete()
    call_command("loaddata", FIXTURE, verbosity=0)
    assert Offence.objects.count() == len(built_in())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_offence WHERE code <> upper(code)")
        assert cursor.fetchone() == (0,)
