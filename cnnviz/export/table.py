"""The numbers of one step as a table: for a spreadsheet, or to be checked elsewhere."""

from __future__ import annotations

import csv
import io

from cnnviz.core.scenes.stage import StageScene

Table = list[list[str]]
"""Rows of cells; the first row names the columns."""

HEADING = ["term", "channel", "row", "column", "input", "weight", "contribution", "running"]
"""English in every language, as the names of PyTorch are: scripts read them."""


def ledger_table(scene: StageScene) -> Table:
    """Every operand of the output element, what it contributes, and the total so far.

    Numbers are written so that reading them gives the same float64 again.  Positions are those of
    the input, padding outside of it included; what a smaller window does not read is left out.
    Bias, divisor, shift and result stand in lines of their own below, named in the first column.
    """
    ledger, rows = scene.ledger, [HEADING]
    for term in filter(ledger.taps.reads, range(ledger.taps.count)):
        place = [str(int(i)) for i in ledger.taps.inputs[term]]
        rows.append(
            [
                str(term),
                *(place if len(place) == 3 else ["", "", place[0]]),
                repr(float(ledger.operands[term])),
                "" if ledger.weights is None else repr(float(ledger.weights[term])),
                repr(float(ledger.terms[term])),
                repr(float(ledger.partials[term])),
            ]
        )
    blank = [""] * (len(HEADING) - 2)
    for name, value in (
        ("bias", ledger.bias),
        ("divisor", ledger.divisor),
        ("shift", ledger.shift),
        ("result", ledger.result),
    ):
        if value is not None:
            rows.append([name, *blank, repr(float(value))])
    return rows


def as_tabs(table: Table) -> str:
    """Tabs between cells: what spreadsheets paste as a table."""
    return "".join("\t".join(row) + "\n" for row in table)


def as_csv(table: Table) -> str:
    """Comma-separated values (RFC 4180).

    A byte-order mark stands before them, without which Excel takes UTF-8 for the system's old
    encoding.
    """
    text = io.StringIO()
    text.write("\ufeff")
    csv.writer(text).writerows(table)
    return text.getvalue()
