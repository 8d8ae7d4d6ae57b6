"""Lines as COPY reads them: what is put together by combinations says the same as what is put together row by row."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.imports import lines

VALUES = [None, "a", "b", "\\", "x\ty", "é\n", 7, True]
KEY = b"a key"
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.tuples(*[st.sampled_from(VALUES)] * width), min_size=1, max_size=40)
)


def frame_of(table: list[tuple[object, ...]]) -> pd.DataFrame:
    columns = {chr(97 + place): list(values) for place, values in enumerate(zip(*table, strict=True))}
    return pd.DataFrame(
        {name: np.array([*values, None], dtype=object)[:-1] for name, values in columns.items()}
    )


@given(TABLES)
def test_columns_are_joined_as_row_by_row(table: list[tuple[object, ...]]) -> None:
    frame = frame_of(table)
    told = [lines.coded(frame[name]).written(str, "-") for name in frame]
    rows = ["|".join(column.texts[column.codes[at]] for column in told) for at in range(len(frame))]
    assert lines.joined(told, "|") == rows


@given(TABLES)
def test_a_digest_is_of_name_and_value_of_what_is_known(table: list[tuple[object, ...]]) -> None:
    table = [tuple(1 if value is True else value for value in row) for row in table]
    frame = frame_of(table)
    for row, found in zip(table, lines.digests(frame, KEY), strict=True):
        told = "".join(f"{chr(97 + at)}={value}\0" for at, value in enumerate(row) if value is not None)
        assert found == blake2b(told.encode(), key=KEY, digest_size=16).hexdigest()


@pytest.mark.parametrize("rows", [1, 3, 200])
def test_few_combinations_are_put_together(rows: int) -> None:
    column = lines.coded(pd.Series(["a", None] * rows)).written(str, "")
    assert lines.joined([column] * 6) == ["a" * 6, ""] * rows
