"""Kinds of columns. A column says how the texts of one column of a file become values of the ledger.

`clean` gets each distinct text of a chunk once, blanks and words for "unknown" taken away, and gives back text that
PostgreSQL reads, or nothing where it does not understand; then `complaint` is said of that cell. pandas is imported by
whoever calls, never by declaring.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ledger import csvsafe
from ledger.choices import Words as Enum
from ledger.imports.known import Known, Words
from ledger.plates import normal_plate

if TYPE_CHECKING:
    import pandas as pd

    Texts = pd.Series  # of str, missing where unknown or not understood

UNKNOWN = ("", "na", "n/a", "null", "none", "nan", "unknown")


@dataclass(frozen=True)
class Cells:
    """A column of a chunk as read: an array of one value a row, what is wrong with which (by place), and how many rows say
    nothing."""

    values: Any
    problems: dict[int, str]
    empty: int


class Column:
    """One column of a file, found by the first of its names that the header has.

    An empty cell is unknown, unless the column is `required`. A column that `may_lack` need not be in the file.
    """

    complaint: ClassVar[str] = "is not understood"
    unknown: tuple[str, ...] = UNKNOWN  # words, in lower case, that say nothing
    lenient: bool = False  # what is not understood is unknown, and nothing is said of it

    def __init__(self, *names: str, required: bool = False, may_lack: bool = False) -> None:
        self.names, self.required, self.may_lack = names, required, may_lack

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.names)})"

    def found_in(self, header: list[str]) -> str:
        """The name under which the file has this column; empty when it has not."""
        return next((name for name in self.names if name in header), "")

    def called(self, name: str) -> Self:
        """This column under the name that a file gives it, which the file must then have."""
        renamed = copy.copy(self)
        renamed.names, renamed.may_lack = (name,), False
        return renamed

    def read(self, cells: Sequence[str], known: Known) -> Cells:
        """The values of a whole column, and what is wrong with each."""
        import numpy as np
        import pandas as pd

        codes, distinct = pd.factorize(np.array(cells, dtype=object))
        texts = pd.Series(self._said(distinct.tolist()), dtype="str")
        values = self.clean(texts, known).astype(object)
        silent = texts.isna().to_numpy()
        strange = (~silent & values.isna().to_numpy()).nonzero()[0]
        problems = {} if self.lenient else dict.fromkeys(strange, self.say(known))
        if self.required:
            problems |= dict.fromkeys(silent.nonzero()[0], "is empty, and must not be")
        wrong = np.isin(codes, list(problems)).nonzero()[0] if problems else ()
        return Cells(
            values.to_numpy()[codes], {int(at): problems[codes[at]] for at in wrong}, int(silent[codes].sum())
        )

    def _said(self, texts: list[str]) -> list[Any]:
        """What distinct cells say, without blanks around; nothing where they say nothing."""
        plain = [(csvsafe.unescape(text) if "'" in text else text).strip() for text in texts]
        return [None if text.lower() in self.unknown else text for text in plain]

    def clean(self, texts: Texts, known: Known) -> Texts:
        """Values of distinct texts. Missing texts stay missing."""
        return texts

    def say(self, known: Known) -> str:
        """What is wrong with a text that `clean` did not understand."""
        return self.complaint


class Date(Column):
    """A day written as YYYY-MM-DD. One form only: a file that mixes forms cannot be trusted to mean either."""

    complaint = "is not a date from 1900 on, written as YYYY-MM-DD"

    def clean(self, texts: Texts, known: Known) -> Texts:
        import pandas as pd

        formed = texts.where(texts.str.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", na=False))
        days = pd.to_datetime(formed, format="%Y-%m-%d", errors="coerce")
        return formed.where(days.notna() & (days.dt.year >= 1900))


class Time(Column):
    """A time of day, hours padded or not, seconds or not: `0:05:00`, `12:55`."""

    complaint = "is not a time of day from 0:00 to 23:59"

    def clean(self, texts: Texts, known: Known) -> Texts:
        if _all_match(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]", texts):
            return texts
        parts = texts.str.extract(r"^([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?$")
        return parts[0].str.zfill(2) + ":" + parts[1] + ":" + parts[2].fillna("00")


class WholeNumber(Column):
    """A whole number between two bounds, both included. `20.0` is 20; `1e30`, `inf` and `20.5` are nothing."""

    def __init__(
        self,
        *names: str,
        lowest: int,
        highest: int,
        what: str = "a whole number",
        required: bool = False,
        may_lack: bool = False,
    ) -> None:
        super().__init__(*names, required=required, may_lack=may_lack)
        self.lowest, self.highest, self.what = lowest, highest, what

    def clean(self, texts: Texts, known: Known) -> Texts:
        import pandas as pd

        digits = texts.str.extract(r"^0*([0-9]{1,9})(?:\.0+)?$")[0]
        numbers = pd.to_numeric(digits, errors="coerce")
        return digits.where(numbers.between(self.lowest, self.highest))

    def say(self, known: Known) -> str:
        return f"is not {self.what} between {self.lowest} and {self.highest}"


class Age(WholeNumber):
    """Age in years."""

    def __init__(self, *names: str, required: bool = False, may_lack: bool = False) -> None:
        super().__init__(*names, lowest=1, highest=120, what="an age", required=required, may_lack=may_lack)


class Minutes(WholeNumber):
    """Duration of a stop in whole minutes."""

    def __init__(self, *names: str, required: bool = False, may_lack: bool = False) -> None:
        super().__init__(
            *names, lowest=1, highest=1440, what="a number of minutes", required=required, may_lack=may_lack
        )


class Degrees(Column):
    """Latitude or longitude in degrees: of stops kept to three decimals (about 100 metres), of published points to six."""

    def __init__(
        self, *names: str, limit: int, decimals: int = 3, required: bool = False, may_lack: bool = False
    ) -> None:
        super().__init__(*names, required=required, may_lack=may_lack)
        self.limit, self.decimals = limit, decimals

    def clean(self, texts: Texts, known: Known) -> Texts:
        import pandas as pd

        form = r"[+-]?[0-9]{1,3}(\.[0-9]{1,20})?"
        formed = texts if _all_match(form, texts) else texts.where(texts.str.fullmatch(form, na=False))
        numbers = pd.to_numeric(formed, errors="coerce")
        inside = numbers[numbers.abs() <= self.limit]
        zero = f"{0:.{self.decimals}f}"
        written = [zero if text == f"-{zero}" else text for text in _written(inside.tolist(), self.decimals)]
        return pd.Series(written, index=inside.index, dtype="str").reindex(texts.index)

    def say(self, known: Known) -> str:
        return f"is not a number of degrees between -{self.limit} and {self.limit}"


class Choice(Column):
    """A word of a fixed list: its label or a source's word for it, in any case. `also` adds words of this source."""

    def __init__(
        self,
        *names: str,
        words: type[Enum],
        also: dict[str, int] | None = None,
        required: bool = False,
        may_lack: bool = False,
    ) -> None:
        super().__init__(*names, required=required, may_lack=may_lack)
        labels = [str(member.label) for member in words if member.value]
        self.words = Words(words.vocabulary() | (also or {}), labels)

    def clean(self, texts: Texts, known: Known) -> Texts:
        return _codes(texts, self.words)

    def say(self, known: Known) -> str:
        return self.words.complaint()


class Code(Column):
    """A word of a code list that the force keeps: `violation`, `race`."""

    def __init__(self, *names: str, words: str, required: bool = False, may_lack: bool = False) -> None:
        super().__init__(*names, required=required, may_lack=may_lack)
        self.words = words

    def clean(self, texts: Texts, known: Known) -> Texts:
        return _codes(texts, known.words[self.words])

    def say(self, known: Known) -> str:
        return known.words[self.words].complaint(f"is not a known {self.words.replace('_', ' ')}")


class CodeSet(Code):
    """Several words of a code list in one cell, joined by commas or upright strokes. `none` are words for "none at all"."""

    def __init__(self, *names: str, words: str, none: tuple[str, ...] = (), may_lack: bool = False) -> None:
        super().__init__(*names, words=words, may_lack=may_lack)
        self.none = frozenset(none)
        self.unknown = tuple(word for word in UNKNOWN if word not in self.none)

    def clean(self, texts: Texts, known: Known) -> Texts:
        codes = known.words[self.words].codes
        return texts.str.lower().map(lambda text: self._set(text, codes), na_action="ignore")

    def _set(self, text: str, codes: object) -> str | None:
        if text in self.none:
            return "{}"
        found = {codes.get(part.strip()) for part in text.replace("|", ",").split(",")}  # type: ignore[attr-defined]
        return None if None in found else "{" + ",".join(map(str, sorted(found))) + "}"


class SearchTypes(CodeSet):
    """Kinds or grounds of a search."""

    def __init__(self, *names: str, none: tuple[str, ...] = (), may_lack: bool = False) -> None:
        super().__init__(*names, words="search_basis", none=none, may_lack=may_lack)


class YesNo(Column):
    """A mark: yes, no, or unknown where the cell is empty."""

    complaint = "is neither yes nor no. Known are: TRUE, FALSE, yes, no, 1, 0"
    marks: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("true", "t", "yes", "y", "1"), "t"),
        **dict.fromkeys(("false", "f", "no", "n", "0"), "f"),
    }

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.str.lower().map(self.marks)


class VehicleNumber(Column):
    """A vehicle's number, written down as the form writes it: upper case, letters and digits only."""

    complaint = "is not a vehicle number of at most 20 letters and digits"

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.map(normal_plate, na_action="ignore")


class Text(Column):
    """Free text of bounded length."""

    def __init__(self, *names: str, longest: int, required: bool = False, may_lack: bool = False) -> None:
        super().__init__(*names, required=required, may_lack=may_lack)
        self.longest = longest

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.where(texts.str.len() <= self.longest)

    def say(self, known: Known) -> str:
        return f"is longer than {self.longest:,} characters"


class Name(Column):
    """A name that becomes a record of its own (an agency, a country): begins with a letter, at most 60 characters."""

    complaint = (
        "is not a name: it must begin with a letter and have at most 60 letters, blanks and . , ' ( ) -"
    )

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.where(texts.str.fullmatch(r"[^\W\d_][\w .,'’()&-]{0,59}", na=False))


class AgencyName(Name):
    """The agency whose row it is, spelt as the ledger spells it."""

    def clean(self, texts: Texts, known: Known) -> Texts:
        return super().clean(texts, known).map(known.agency, na_action="ignore")


def _codes(texts: Texts, words: Words) -> Texts:
    """Codes of words, as text."""
    return texts.str.lower().map({word: str(code) for word, code in words.codes.items()})


def _all_match(form: str, texts: Texts) -> bool:
    """Whether every text that says anything has the form, found in one look and not one by one."""
    said = texts.dropna().to_numpy(dtype=object).tolist()
    lines = "\n".join(said)
    alone = lines.count("\n") == max(len(said) - 1, 0)  # a text of several lines has no form
    return alone and re.fullmatch(rf"(?:{form}(?:\n|\Z))*", lines) is not None


def _written(numbers: list[float], decimals: int) -> list[str]:
    """The numbers as text, all in one go."""
    return (f"%.{decimals}f\n" * len(numbers) % tuple(numbers)).split("\n")[:-1]
