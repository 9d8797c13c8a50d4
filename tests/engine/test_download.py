"""Downloads from a server on this machine: checked, atomic, cancelled, and one sentence if not."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cnnviz.core.known_data import KNOWN, KnownSet, RemoteFile
from cnnviz.core.problem import Problem
from cnnviz.engine import data_places
from cnnviz.engine.data_places import place_of
from cnnviz.engine.datasets import read_dataset
from cnnviz.engine.download import Cancelled, Download, fetch
from tests.engine.idx_files import write_dataset


class Server(ThreadingHTTPServer):
    """Sends files by their names; ``cut`` ends after half of each, ``gate`` waits in the middle."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.cut = False
        self.gate: threading.Event | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        self.server.asked.append(name)
        data = self.server.files.get(name)
        if data is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2])
        self.wfile.flush()
        if self.server.gate is not None:
            self.server.gate.wait(10)
        if not self.server.cut:
            self.wfile.write(data[len(data) // 2 :])

    def log_message(self, *args: object) -> None:
        """Quiet: the tests say what they asked for."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    if made.gate is not None:
        made.gate.set()
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def found(server: Server, tmp_path: Path) -> KnownSet:
    """Fashion-MNIST, as this server publishes it: 60 and 40 pictures."""
    (known,) = (each for each in KNOWN if each.key == "fashion_mnist")
    folder = write_dataset(tmp_path / "published")
    server.files = {path.name: path.read_bytes() for path in folder.iterdir()}
    return replace(
        known,
        files=tuple(
            RemoteFile(
                f"{server.base}/data/{file.name}",
                len(server.files[file.name]),
                hashlib.md5(server.files[file.name]).hexdigest(),
            )
            for file in known.files
        ),
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_that_a_set_is_fetched_checked_and_found(
    server: Server, found: KnownSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_places, "SHARED", ())
    monkeypatch.setattr(data_places, "user_cache_path", lambda name: tmp_path / "cache")
    assert place_of(found) is None
    said: list[int] = []
    download = Download(found, data_places.download_folder(found))
    download.start()
    download._thread.join(10)
    assert download.complete
    assert download.done == found.size
    folder = tmp_path / "cache" / "data" / "fashion_mnist"
    assert place_of(found) == folder
    assert names(folder) == sorted(file.name for file in found.files)
    assert len(read_dataset("fashion_mnist").train_images) == 60
    server.asked.clear()
    fetch(found, folder, said.append)
    assert server.asked == []
    assert said == sorted(said)
    assert said[-1] == found.size


def test_that_a_file_that_is_not_the_published_one_gets_no_name(
    server: Server, found: KnownSet, tmp_path: Path
) -> None:
    name = found.files[2].name
    server.files[name] = b"x" * found.files[2].size
    with pytest.raises(Problem, match=r"^Fashion-MNIST was not downloaded: .*its MD5 sum"):
        fetch(found, tmp_path / "to", lambda done: None)
    # What came before it was checked and stays; nothing is left of the bad one.
    assert names(tmp_path / "to") == sorted(file.name for file in found.files[:2])
    server.files[name] = b"x" * (3 * found.files[2].size)
    with pytest.raises(Problem, match="more than twice"):
        fetch(found, tmp_path / "to", lambda done: None)


def test_that_failures_are_one_sentence_and_leave_nothing(
    server: Server, found: KnownSet, tmp_path: Path
) -> None:
    server.cut = True
    with pytest.raises(Problem, match=r"^Fashion-MNIST could not .* connection ended after"):
        fetch(found, tmp_path / "to", lambda done: None)
    assert names(tmp_path / "to") == []
    server.cut = False
    server.files.clear()
    with pytest.raises(Problem, match=r"could not be downloaded from http://127.* 404"):
        fetch(found, tmp_path / "to", lambda done: None)
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match=r"^Fashion-MNIST could not be written to"):
        fetch(found, tmp_path / "file" / "to", lambda done: None)
    gone = replace(found.files[0], url="http://127.0.0.1:1/train-images-idx3-ubyte.gz")
    with pytest.raises(Problem, match=r"could not be downloaded from http://127.0.0.1:1/"):
        fetch(replace(found, files=(gone,)), tmp_path / "to", lambda done: None)
    assert names(tmp_path / "to") == []


def test_that_a_download_can_be_given_up_in_the_middle_of_a_file(
    server: Server, found: KnownSet, tmp_path: Path
) -> None:
    server.gate = threading.Event()
    download = Download(found, tmp_path / "to")
    download.start()
    while not server.asked:
        threading.Event().wait(0.005)
    download.cancel()
    server.gate.set()
    download._thread.join(10)
    assert download.finished
    assert not download.complete
    assert download.problem is None
    assert names(tmp_path / "to") == []
    with pytest.raises(Cancelled):
        fetch(found, tmp_path / "to", lambda done: None, lambda: False)


def test_that_what_a_killed_process_left_is_cleared_away(
    server: Server, found: KnownSet, tmp_path: Path
) -> None:
    folder = tmp_path / "to"
    folder.mkdir()
    (folder / ".train-images-idx3-ubyte.gz-abc.part").write_bytes(b"half")
    fetch(found, folder, lambda done: None)
    assert names(folder) == sorted(file.name for file in found.files)
