"""What the engine's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.idx_files import write_dataset


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of 60 training and 40 test images."""
    return write_dataset(tmp_path / "data")
