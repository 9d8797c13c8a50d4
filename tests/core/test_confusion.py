"""Counts of right and predicted classes, against counting one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.core.confusion import confusion

PAIRS = st.integers(1, 12).flatmap(
    lambda classes: st.tuples(
        st.just(classes),
        st.lists(
            st.tuples(st.integers(0, classes - 1), st.integers(0, classes - 1)),
            min_size=1,
            max_size=80,
        ),
    )
)


@given(PAIRS)
def test_that_it_is_what_counting_one_by_one_gives(drawn) -> None:
    classes, pairs = drawn
    labels, predictions = np.array(pairs).T
    table = confusion(labels, predictions, classes)
    for right in range(classes):
        row = [p for r, p in pairs if r == right]
        column = [r for r, p in pairs if p == right]
        for predicted in range(classes):
            assert table.counts[right, predicted] == pairs.count((right, predicted))
            share = row.count(predicted) / len(row) if row else 0.0
            assert np.isclose(table.shares[right, predicted], share)
        hits = row.count(right)
        recall = hits / len(row) if row else np.nan
        precision = hits / len(column) if column else np.nan
        assert np.isclose(table.recall[right], recall, equal_nan=True)
        assert np.isclose(table.precision[right], precision, equal_nan=True)
    assert table.total == len(pairs)
    assert np.isclose(table.accuracy, np.mean(labels == predictions))


@given(PAIRS)
def test_that_the_largest_error_is_one_that_none_exceeds(drawn) -> None:
    classes, pairs = drawn
    labels, predictions = np.array(pairs).T
    found = confusion(labels, predictions, classes).largest_error
    errors = [pair for pair in pairs if pair[0] != pair[1]]
    if not errors:
        assert found is None
    else:
        assert errors.count(found) == max(map(errors.count, errors))


def test_that_a_class_that_is_never_predicted_has_no_precision() -> None:
    table = confusion(np.array([0, 1, 1]), np.array([0, 0, 0]), 2)
    assert table.counts.tolist() == [[1, 0], [2, 0]]
    assert table.recall.tolist() == [1.0, 0.0]
    assert np.isclose(table.precision[0], 1 / 3)
    assert np.isnan(table.precision[1])
    assert table.largest_error == (1, 0)
