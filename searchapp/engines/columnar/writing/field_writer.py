"""Writing a field of a segment: its terms, their postings, and the dictionary of exact forms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from searchapp.engines.columnar.segment.postings import FieldLayout, FieldPostingsWriter
from searchapp.engines.columnar.segment.postings_table import FormTable, PostingsTable
from searchapp.engines.fields import exact_field
from searchapp.engines.storage.number_stream import NumberStreamWriter
from searchapp.engines.storage.segment_file import SegmentFileWriter
from searchapp.engines.storage.tables import RowTableWriter

FORM_COLUMNS = ("term", "code", "postings")
"""The columns of a dictionary of exact forms: the row of the form's term, the form's place among
the forms of this term, and the number of documents that it occurs in."""

Tables = dict[str, object]
"""The shapes of tables by their names, for the properties of a file."""


def write_field(
    writer: SegmentFileWriter,
    layout: FieldLayout,
    terms: Sequence[bytes],
    table: PostingsTable,
    forms: Sequence[bytes] = (),
) -> Tables:
    """Write a whole field. Raises OSError.

    terms: sorted, one for each list of the table. forms: sorted, those that `table.forms` are
    the numbers of; some may not occur.
    """
    counts = [table.lengths, table.occurrences]
    tables: Tables = {}
    if layout.has_forms:
        table, form_counts, known = table.with_form_codes(len(forms))
        counts.append(form_counts)
        occurring = np.flatnonzero(known.doc_freqs)
        tables = write_forms(
            writer,
            layout,
            [forms[number] for number in occurring.tolist()],
            FormTable(*(column[occurring] for column in known)),
        )
    field = FieldPostingsWriter(writer, layout)
    field.add(terms, counts, table.columns())
    return tables | {layout.name: field.finish()}


def write_forms(
    writer: SegmentFileWriter, layout: FieldLayout, forms: Sequence[bytes], known: FormTable
) -> Tables:
    """Write the dictionary of the exact forms of a field, and for each term which are its own.

    forms: sorted. Raises OSError.
    """
    name = exact_field(layout.name)
    dictionary = RowTableWriter(writer, name, FORM_COLUMNS)
    dictionary.add(known, forms)
    shape = dictionary.finish(is_dictionary=True)
    of_term = np.argsort(known.terms, kind="stable")
    NumberStreamWriter(writer, f"{name}/of_term").add(of_term)
    return {name: shape}
