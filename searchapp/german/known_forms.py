"""What is known of the forms of a corpus, in columns by the number of each form."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.german.forms import CAPITAL_MARK, plain_form

Int32Array = npt.NDArray[np.int32]

NO_FORM = -1


class FormColumns(NamedTuple):
    """Some forms in arrays. Stems are numbers of `KnownForms.stems`, or of a table's own.

    stems, small_forms, part_counts: shape (forms,). small_forms: the number of the same form in
    lower case if that is another word, else NO_FORM. parts: stems of the parts of all compounds,
    those of one form after those of the form before.
    """

    stems: Int32Array
    small_forms: Int32Array
    part_counts: Int32Array
    parts: Int32Array


class KnownForms:
    """Numbers forms and stems, each from 0 in the order in which they are added.

    texts, stems: by number. plain: the forms without their marks.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.plain: list[str] = []
        self.stems: list[str] = []
        self._numbers: dict[str, int] = {}
        self._stem_numbers: dict[str, int] = {}
        # Arrays of the standard library: appending to them is cheap, and numpy can copy them.
        self._stem_of_form = array("i")
        self._small_forms = array("i")
        self._part_counts = array("i")
        self._parts = array("i")

    def __len__(self) -> int:
        """How many forms there are."""
        return len(self.texts)

    def number(self, form: str) -> int:
        """The number of a form, or NO_FORM."""
        return self._numbers.get(form, NO_FORM)

    def add(self, form: str, stem: str, parts: Sequence[str]) -> int:
        """The number of a form that is new. stem: its key; parts: those of its parts."""
        self._stem_of_form.append(self.stem_number(stem))
        self._small_forms.append(NO_FORM)
        self._part_counts.append(len(parts))
        if parts:
            self._parts.extend([self.stem_number(part) for part in parts])
        return self._numbered(form)

    def add_all(self, forms: Sequence[str], columns: FormColumns) -> None:
        """Number forms that are all new, in their order, with what is known of them."""
        for form in forms:
            self._numbered(form)
        for column, added in zip(
            (self._stem_of_form, self._small_forms, self._part_counts, self._parts),
            columns,
            strict=True,
        ):
            column.frombytes(np.ascontiguousarray(added, dtype=np.int32).tobytes())

    def _numbered(self, form: str) -> int:
        number = self._numbers[form] = len(self.texts)
        self.texts.append(form)
        self.plain.append(plain_form(form) if form[-1] == CAPITAL_MARK else form)
        return number

    def stem_number(self, stem: str) -> int:
        """The number of a stem, which may be new."""
        number = self._stem_numbers.setdefault(stem, len(self.stems))
        if number == len(self.stems):
            self.stems.append(stem)
        return number

    def set_small_form(self, number: int, small: int) -> None:
        """Say which form is the same in lower case."""
        self._small_forms[number] = small

    def columns(self) -> FormColumns:
        """What is known of all forms, in copies: the arrays cannot grow while numpy sees them."""
        return FormColumns(
            np.array(self._stem_of_form, dtype=np.int32),
            self.small_forms(),
            np.array(self._part_counts, dtype=np.int32),
            np.array(self._parts, dtype=np.int32),
        )

    def small_forms(self) -> Int32Array:
        """Column of FormColumns."""
        return np.array(self._small_forms, dtype=np.int32)
