from __future__ import annotations

import pytest

from ledger.reference import ALPHABET, number_of, reference_of


@pytest.mark.parametrize("number", [0, 1, 31, 32, 999, 20_000, 2**35 - 1, 123_456_789_012])
def test_a_reference_leads_back_to_its_number(number: int) -> None:
    assert number_of(reference_of(number)) == number


def test_a_reference_is_read_as_people_write_it() -> None:
    reference = reference_of(20_000)
    assert number_of(f" {reference.lower().replace('-', ' ')} ") == 20_000
    assert number_of(reference.replace("0", "O")) == 20_000


def test_every_single_wrong_character_is_noticed() -> None:
    reference = reference_of(20_123)
    for place in range(3, 10):
        for character in set(ALPHABET) - {reference[place]}:
            assert number_of(reference[:place] + character + reference[place + 1 :]) is None


@pytest.mark.parametrize(
    "text", ["", "SC", "SC-", "XX-0000KH0-8", "SC-0000KH0", "SC-0000KH0-99999999999", "SC-00U0KH0-8"]
)
def test_what_is_no_reference_has_no_number(text: str) -> None:
    assert number_of(text) is None
