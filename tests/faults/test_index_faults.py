"""When bytes rot, disks fill, builders die and builders meet: it is said, and the old index serves."""

import contextlib
import io
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import builders
import numpy as np
import pytest
from toy import ToyEncoder, toy_articles

from partyqa.errors import (
    IndexBusyError,
    IndexDamagedError,
    IndexFormatError,
    IndexMissingError,
    StorageError,
)
from partyqa.index import generations
from partyqa.index.index import Index, build_index, check_index
from partyqa.index.manifest import encode

A, B = toy_articles(4, seed=1, sentences=6), toy_articles(5, seed=2, sentences=6)
FILES = (
    "articles.jsonl",
    "passages.jsonl",
    "vectors.faiss",
    "sentences.npy",
    "bm25.vocabulary.jsonl",
    "bm25.data.npy",
    "bm25.indices.npy",
    "bm25.indptr.npy",
    "manifest.json",
)


def answers(index: Index) -> tuple[object, ...]:
    """Everything an index says: what it holds, and exact scores and ranks by meaning and by words."""
    query = ToyEncoder().embed_queries(["Mường Tè kết nạp đảng viên"])[0]
    sentences = [sentence for passage in index.passages for sentence in passage.sentences]
    return (
        index.articles,
        index.passages,
        index.vectors.nearest(query, 10).tobytes(),
        index.score_tokens(["đảng", "viên", "tè"]).tobytes(),
        index.score_sentences(query, sentences).tobytes(),
        index.vectors.to_numpy().tobytes(),
    )


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[object, ...]]:
    """What an undisturbed index of A and one of B answers."""
    found = {}
    for name, articles in (("A", A), ("B", B)):
        folder = tmp_path_factory.mktemp(name)
        build_index(folder, articles, ToyEncoder())
        found[name] = answers(Index.load(folder))
    assert found["A"] != found["B"]
    return found


def serving(folder: Path, known: dict[str, tuple[object, ...]]) -> str:
    """Return whether `folder` answers exactly as "A" or as "B"; anything else fails the test."""
    found = answers(Index.load(folder))
    (name,) = [name for name, expected in known.items() if found == expected]
    return name


def assert_tidy(folder: Path) -> None:
    """No more than two generations, and nothing half-written anywhere."""
    assert {path.name for path in folder.iterdir()} == {"CURRENT", ".lock", "generations"}
    kept = list((folder / "generations").iterdir())
    assert len(kept) <= 2
    for place in kept:
        assert {path.name for path in place.iterdir()} == set(FILES)


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: fsync is free there, and a SIGKILL kills as on a disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as place:
        yield Path(place)


@pytest.fixture
def folder(scratch: Path) -> Path:
    build_index(scratch / "index", A, ToyEncoder())
    return scratch / "index"


def place_of(folder: Path, name: str) -> Path:
    return folder / name if name == "CURRENT" else folder / "generations" / generations.current(folder) / name


@pytest.mark.parametrize("name", [*FILES, "CURRENT"])
def test_a_damaged_byte_anywhere_is_noticed(folder: Path, name: str) -> None:
    path = place_of(folder, name)
    data = path.read_bytes()
    everywhere = range(len(data))
    if name not in {"manifest.json", "CURRENT"}:
        everywhere = sorted({0, 1, len(data) - 1, *random.Random(name).sample(range(len(data)), 12)})
    for position in everywhere:
        other = data[position] ^ (0x01 if position % 2 else 0xFF)
        path.write_bytes(data[:position] + bytes([other]) + data[position + 1 :])
        with pytest.raises(IndexDamagedError) as caught:
            check_index(folder)
        assert "partyqa index --full" in caught.value.vi
    path.write_bytes(data)
    assert Index.load(folder).articles == A


@pytest.mark.parametrize("name", [*FILES, "CURRENT"])
@pytest.mark.parametrize("kind", ["shorter", "longer", "empty", "gone", "a folder"])
def test_a_file_cut_or_gone_is_noticed_and_a_build_mends_it(folder: Path, name: str, kind: str) -> None:
    path = place_of(folder, name)
    data = path.read_bytes()
    if kind in {"gone", "a folder"}:
        path.unlink()
        if kind == "a folder":
            path.mkdir()
    else:
        path.write_bytes({"shorter": data[:-1], "longer": data + b"\n", "empty": b""}[kind])
    with pytest.raises(IndexDamagedError):
        Index.load(folder)
    if (name, kind) == ("CURRENT", "a folder"):
        return  # a folder cannot be replaced by a file: see the next test
    assert build_index(folder, A, ToyEncoder()).changed
    assert Index.load(folder).articles == A


def test_a_folder_in_the_place_of_the_pointer_is_said_to_be_in_the_way(folder: Path) -> None:
    (folder / "CURRENT").unlink()
    (folder / "CURRENT").mkdir()
    with pytest.raises(StorageError, match="Is a directory"):
        build_index(folder, A, ToyEncoder())


@pytest.mark.parametrize(
    "line",
    [
        "../../x\n",
        "/etc\n",
        "..\n",
        ".\n",
        "",
        "\n",
        "\x00\n",
        "20260101T000000Z-00000000",
        "20260101T000000Z-00000000\n",
        "20260101T000000Z-00000000\n\n",
        "20260101T000000Z-00000000/../x\n",
        "２０260101T000000Z-00000000\n",
    ],
)
def test_a_pointer_to_elsewhere_is_not_followed(folder: Path, line: str) -> None:
    name = generations.current(folder)
    shutil.copytree(folder / "generations" / name, folder.parent / "x")
    (folder / "CURRENT").write_text(line)
    with pytest.raises(IndexDamagedError):
        Index.load(folder)


def test_a_generation_under_another_name_is_damaged(folder: Path) -> None:
    name = generations.current(folder)
    other = name[:-1] + ("0" if name[-1] != "0" else "1")
    (folder / "generations" / name).rename(folder / "generations" / other)
    (folder / "CURRENT").write_text(f"{other}\n")
    with pytest.raises(IndexDamagedError, match=r"manifest\.json"):
        Index.load(folder)


def test_files_that_are_whole_but_of_different_builds_are_damaged(folder: Path) -> None:
    manifest, files = generations.read(folder, set(FILES) - {"manifest.json"})
    build_index(folder, B, ToyEncoder())
    _, others = generations.read(folder, set(FILES) - {"manifest.json"})
    for name in ("vectors.faiss", "passages.jsonl", "sentences.npy"):
        draft = replace(manifest, generation=generations.new_generation(folder)[0])
        with generations.locked(folder, wait=1):
            generations.publish(folder, draft, {**files, name: others[name]})
        with pytest.raises(IndexDamagedError, match="không khớp nhau"):
            Index.load(folder)


@pytest.mark.parametrize("shape", [(24, 32), (24, 65), (23, 64), (25, 64), (24 * 64,), (24, 64, 1)])
def test_sentence_vectors_of_another_shape_are_damaged(folder: Path, shape: tuple[int, ...]) -> None:
    manifest, files = generations.read(folder, set(FILES) - {"manifest.json"})
    assert np.load(io.BytesIO(files["sentences.npy"])).shape == (24, 64)
    data = io.BytesIO()
    np.save(data, np.zeros(shape, dtype=np.float16))
    draft = replace(manifest, generation=generations.new_generation(folder)[0])
    with generations.locked(folder, wait=1):
        generations.publish(folder, draft, {**files, "sentences.npy": data.getvalue()})
    with pytest.raises(IndexDamagedError, match="không khớp nhau"):
        Index.load(folder)


@pytest.mark.parametrize("number", [1, 999])
def test_another_format_says_both_numbers_and_the_command(folder: Path, number: int) -> None:
    path = place_of(folder, "manifest.json")
    body = json.loads(path.read_bytes()) | {"format": number, "new": {"field": [1, 2]}}
    path.write_text(json.dumps(body))
    for message in (IndexFormatError, f"định dạng {number}", "định dạng 2", "partyqa index --full"):
        with pytest.raises(IndexFormatError, match=message if isinstance(message, str) else None):
            Index.load(folder)
    assert build_index(folder, A, ToyEncoder()).changed
    assert Index.load(folder).articles == A


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b"null", b'"format"', b'{"format": true}', b"[" * 100_000, b"\xff"]
)
def test_a_manifest_that_is_none_is_damaged(folder: Path, body: bytes) -> None:
    place_of(folder, "manifest.json").write_bytes(body)
    with pytest.raises(IndexDamagedError):
        Index.load(folder)


def test_a_manifest_that_names_other_files_is_damaged(folder: Path) -> None:
    manifest = Index.load(folder).manifest
    files = {("../../../x" if name == "bm25.data.npy" else name): r for name, r in manifest.files.items()}
    place_of(folder, "manifest.json").write_bytes(encode(replace(manifest, files=files)))
    with pytest.raises(IndexDamagedError):
        Index.load(folder)


@pytest.mark.parametrize("kind", ["nothing", "an empty folder", "a file", "an unfinished first build"])
def test_before_any_index_one_is_told_to_build_it(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "index"
    if kind == "a file":
        folder.write_text("x")
    elif kind != "nothing":
        folder.mkdir()
    if kind == "an unfinished first build":
        (folder / "generations" / ".new-20260101T000000Z-00000000").mkdir(parents=True)
    with pytest.raises(IndexMissingError, match="partyqa index"):
        Index.load(folder)
    with pytest.raises(IndexMissingError):
        check_index(folder, A, ToyEncoder())


def test_a_file_in_the_place_of_the_folder_is_said_to_be_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("mine")
    with pytest.raises(StorageError) as caught:
        build_index(tmp_path / "index", A, ToyEncoder())
    assert "partyqa index --index" in caught.value.vi
    assert (tmp_path / "index").read_text() == "mine"


class Interrupted(ToyEncoder):
    """Stops in the middle, as when somebody presses Ctrl-C."""

    def embed_passages(self, texts: Sequence[str], progress: object = None) -> Any:
        raise KeyboardInterrupt


def test_an_interrupted_build_leaves_nothing(folder: Path, known: dict[str, tuple[object, ...]]) -> None:
    with pytest.raises(KeyboardInterrupt):
        build_index(folder, B, Interrupted())
    assert serving(folder, known) == "A"
    assert_tidy(folder)
    build_index(folder, B, ToyEncoder())  # the lock was released
    assert serving(folder, known) == "B"


def test_a_reader_overtaken_by_two_builds_reads_the_new_generation(
    folder: Path, known: dict[str, tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    current = generations.current

    def overtaken(place: Path) -> str:
        name = current(place)
        monkeypatch.setattr(generations, "current", current)
        build_index(folder, toy_articles(2, seed=9), ToyEncoder())
        build_index(folder, B, ToyEncoder())
        assert not (folder / "generations" / name).exists()
        return name

    monkeypatch.setattr(generations, "current", overtaken)
    assert serving(folder, known) == "B"


def test_readers_see_one_build_or_the_other_while_builds_go_on(
    folder: Path, known: dict[str, tuple[object, ...]]
) -> None:
    seen: list[str] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.append(serving(folder, known))

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for number in range(20):
            build_index(folder, B if number % 2 == 0 else A, ToyEncoder())
    finally:
        done.set()
        reader.join()
    assert {"A", "B"} == set(seen)


# Processes of their own


@pytest.fixture(scope="module")
def processes() -> Iterator[Any]:
    """A server that has everything imported and forks a real process for each build."""
    context = multiprocessing.get_context("forkserver")
    here = str(Path(__file__).parents[1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")])))
        patch.setenv("DISABLE_TQDM", "1")  # bm25s then makes no lock that a killed process would leave behind
        context.set_forkserver_preload(["builders", "partyqa.corpus.chunking"])
        yield context


def start(processes: Any, build: Any, *arguments: object) -> BaseProcess:
    process: BaseProcess = processes.Process(target=build, args=arguments, daemon=True)
    process.start()
    return process


def outcome(processes: Any, build: Any, *arguments: object) -> str:
    """Run a build to its end and return what it said."""
    heard, said = processes.Pipe(duplex=False)
    process = start(processes, build, *arguments, said)
    said.close()
    answer: str = heard.recv()
    process.join()
    return answer


def test_a_build_killed_at_30_random_moments_answers_as_before_or_as_after(
    folder: Path, known: dict[str, tuple[object, ...]], processes: Any
) -> None:
    assert outcome(processes, builders.build_slowly, folder, B, 0.0) == "built"  # starts the server
    began = time.monotonic()
    assert outcome(processes, builders.build_slowly, folder, A, 0.0) == "built"
    whole = time.monotonic() - began
    _, said = processes.Pipe(duplex=False)
    moments, before, killed = random.Random(30), "A", 0
    for _ in range(30):
        other = "B" if before == "A" else "A"
        process = start(processes, builders.build_slowly, folder, B if other == "B" else A, 0.0, said)
        process.join(timeout=moments.uniform(0, whole))
        process.kill()
        process.join()
        killed += process.exitcode != 0
        now = serving(folder, known)
        assert now in {before, other}
        following = "B" if now == "A" else "A"
        assert build_index(folder, B if following == "B" else A, ToyEncoder(), wait=0).changed
        assert serving(folder, known) == following
        assert_tidy(folder)
        before = following
    assert killed >= 15


def test_a_build_killed_before_any_step_on_the_disk_answers_as_before_or_as_after(
    folder: Path, scratch: Path, known: dict[str, tuple[object, ...]], processes: Any
) -> None:
    build_index(folder, toy_articles(2, seed=9), ToyEncoder())
    build_index(folder, A, ToyEncoder())  # two generations: the next build has one to prune
    start(processes, builders.build_until, shutil.copytree(folder, scratch / "0"), B, 0, scratch / "n").join()
    steps = int((scratch / "n").read_text())
    assert serving(scratch / "0", known) == "B"
    history = []
    for step in range(1, steps + 1):
        copy = shutil.copytree(folder, scratch / str(step))
        process = start(processes, builders.build_until, copy, B, step)
        process.join()
        assert process.exitcode == -9
        history.append(serving(copy, known))
        following = "B" if history[-1] == "A" else "A"
        assert build_index(copy, B if following == "B" else A, ToyEncoder(), wait=0).changed
        assert serving(copy, known) == following
        assert_tidy(copy)
        shutil.rmtree(copy)
    assert history == sorted(history)  # once the pointer has moved it stays
    assert history.count("A") > 20 and history.count("B") > 5


def test_a_first_build_killed_before_any_step_leaves_no_index_or_a_whole_one(
    scratch: Path, known: dict[str, tuple[object, ...]], processes: Any
) -> None:
    start(processes, builders.build_until, scratch / "0", A, 0, scratch / "n").join()
    steps = int((scratch / "n").read_text())
    for step in range(1, steps + 1):
        folder = scratch / str(step)
        start(processes, builders.build_until, folder, A, step).join()
        with contextlib.suppress(
            IndexMissingError, IndexDamagedError
        ):  # damaged: written, not yet pointed to
            assert serving(folder, known) == "A"
        build_index(folder, A, ToyEncoder(), wait=0)
        assert serving(folder, known) == "A"
        assert_tidy(folder)


def test_of_two_builds_at_once_the_second_waits(
    folder: Path, known: dict[str, tuple[object, ...]], processes: Any
) -> None:
    heard, said = processes.Pipe(duplex=False)
    both = [start(processes, builders.build_slowly, folder, articles, 20.0, said) for articles in (A, B)]
    assert [heard.recv(), heard.recv()] == ["built", "built"]
    for process in both:
        process.join()
    assert serving(folder, known) in {"A", "B"}
    assert_tidy(folder)


def test_of_two_builds_at_once_the_second_says_why_not(
    folder: Path, known: dict[str, tuple[object, ...]], processes: Any
) -> None:
    with generations.locked(folder, wait=0):
        assert outcome(processes, builders.build_slowly, folder, B, 0.1) == "IndexBusyError"
        assert serving(folder, known) == "A"
    assert outcome(processes, builders.build_slowly, folder, B, 0.1) == "built"
    assert serving(folder, known) == "B"


def test_being_busy_says_what_to_do(folder: Path) -> None:
    with generations.locked(folder, wait=0), pytest.raises(IndexBusyError) as caught:
        build_index(folder, B, ToyEncoder(), wait=0)
    assert str(folder) in caught.value.vi and "partyqa index" in caught.value.vi


@pytest.mark.parametrize("name", [*FILES, "CURRENT"])
@pytest.mark.parametrize("part", ["nothing", "half", "all but a byte"])
def test_a_file_that_may_not_grow_leaves_the_old_index(
    folder: Path,
    scratch: Path,
    known: dict[str, tuple[object, ...]],
    processes: Any,
    name: str,
    part: str,
) -> None:
    build_index(scratch / "B", B, ToyEncoder())
    size = place_of(scratch / "B", name).stat().st_size
    largest = {"nothing": 0, "half": size // 2, "all but a byte": size - 1}[part]
    assert outcome(processes, builders.build_within, folder, B, name, largest) == "StorageError"
    assert serving(folder, known) == "A"
    assert_tidy(folder)
    assert build_index(folder, B, ToyEncoder()).changed


def test_a_full_and_a_read_only_disk_leave_the_old_index(tmp_path: Path) -> None:
    alone = ["unshare", "--mount", "--map-root-user"]
    mount = ["mount", "-t", "tmpfs", "tmpfs", str(tmp_path)]
    if not shutil.which("unshare") or subprocess.run([*alone, *mount], capture_output=True).returncode:
        pytest.skip("no file system may be mounted here")
    code = f"import builders, pathlib; builders.build_on_a_small_disk(pathlib.Path({str(tmp_path)!r}))"
    result = subprocess.run(
        [*alone, sys.executable, "-c", code],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[1],
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    *refused, idle, mended = map(json.loads, result.stdout.splitlines())
    assert [row["case"] for row in refused][-1] == "read-only"
    for row in refused:
        said = "may not be written" if row["case"] == "read-only" else "No space is left"
        assert row["outcome"].startswith("StorageError: ") and said in row["outcome"], row
        assert row["unchanged"] and row["serving"] == "old", row
    assert (idle["outcome"], idle["serving"]) == ("up to date", "old")
    assert (mended["outcome"], mended["serving"]) == ("built", "new")


def test_a_folder_without_permission_leaves_the_old_index(
    folder: Path, known: dict[str, tuple[object, ...]], processes: Any
) -> None:
    folder.parent.chmod(0o755)
    (folder / "generations").chmod(0o555)
    try:
        assert "Không có quyền ghi" in outcome(processes, builders.build_as_nobody, folder, B)
        assert serving(folder, known) == "A"
    finally:
        (folder / "generations").chmod(0o755)
