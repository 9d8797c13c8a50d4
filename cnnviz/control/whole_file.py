"""Small files that are replaced as a whole."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(file: Path, content: str | bytes) -> None:
    """Write beside the file, sync, and replace: a killed process leaves the old file or the new.

    Raises
    ------
    OSError
        If it cannot be written; the old file is then as it was.
    """
    import tempfile  # not needed for reading, which comes before the first paint

    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content if isinstance(content, bytes) else content.encode())
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
