"""The metrics of runs as a table."""

from __future__ import annotations

import numpy as np

from cnnviz.core.metrics import Evaluation
from cnnviz.export.metrics import METRICS_HEADING, metrics_table


def test_that_every_batch_has_a_row_with_the_same_number_in_it() -> None:
    losses = np.array([0.1, 1 / 3], dtype=np.float32)
    looks = (Evaluation(2, 0.25, 0.5, True), Evaluation(2, 0.5, 0.75, False))
    table = metrics_table([("one, two", losses, looks), ("empty", losses[:0], ())])
    assert table[0] == METRICS_HEADING
    assert table[1] == ["one, two", "1", "0.1", "", "", ""]
    assert table[2] == ["one, two", "2", "0.33333334", "0.25", "0.5", "1"]
    assert np.float32(table[2][2]) == losses[1]
    assert len(table) == 3


def test_that_a_look_before_the_first_batch_has_a_row_of_its_own() -> None:
    table = metrics_table([("a", np.ones(1, np.float32), [Evaluation(0, 2.5, 0.1, True)])])
    assert table[1:] == [["a", "0", "", "2.5", "0.1", "1"], ["a", "1", "1.0", "", "", ""]]
