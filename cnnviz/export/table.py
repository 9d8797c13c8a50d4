"""The numbers of one step as a table: for a spreadsheet, or to be checked elsewhere."""

from __future__ import annotations

import csv
import io

from cnnviz.core.operations import Shape
from cnnviz.core.scenes.stage import StageScene
from cnnviz.core.summary import Summary

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


SUMMARY_HEADING = ["layer", "output shape", "parameters", "multiply-adds"]


def summary_table(summary: Summary) -> Table:
    """A row a layer, then one with the totals; counts are plain digits, to be added up."""
    rows = [SUMMARY_HEADING]
    for row in summary.rows:
        shape = batch_shape(row.output_shape)
        rows.append([row.name, shape, str(row.parameters), str(row.products)])
    return [*rows, ["total", "", str(summary.parameters), str(summary.products)]]


def batch_shape(shape: Shape) -> str:
    """A shape as Keras's summary has it, in torch's order: "(None, 32, 28, 28)"."""
    return f"({', '.join(('None', *map(str, shape)))})"


def summary_text(summary: Summary) -> str:
    """The summary as plain text, laid out with spaces for a font of one width."""
    heading, *rows = summary_table(summary)
    totals = rows.pop()
    lines = [heading, *([*row[:2], f"{int(row[2]):,}", f"{int(row[3]):,}"] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(4)]
    laid_out = [
        "  ".join(
            [cell.ljust(width) for cell, width in zip(line[:2], widths[:2], strict=True)]
            + [cell.rjust(width) for cell, width in zip(line[2:], widths[2:], strict=True)]
        )
        for line in lines
    ]
    rule = "=" * max(map(len, laid_out))
    below = [
        f"Total params: {int(totals[2]):,}",
        f"Trainable params: {summary.parameters:,}",
        f"Buffers (not trained): {summary.kept:,}",
        f"Multiply-adds of one image: {int(totals[3]):,}",
    ]
    above = [summary.title, f"Input: {batch_shape(summary.input_shape)}"]
    text = [*above, rule, laid_out[0], rule, *laid_out[1:], rule, *below]
    return "\n".join(line.rstrip() for line in text) + "\n"


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
