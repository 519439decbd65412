"""One writes, ten ask: no error, and an answer comes from one state; a second writer is refused."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import children
import pytest
from news import write_article

from rag.index.library import Library

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")

#: Threads that ask in each of the reading processes: ten in all.
READERS = (6, 1, 1, 1, 1)
#: How often every article changes meanwhile.
ROUNDS = 4 if "DATELINE_KILLS" not in os.environ else 60
ARTICLES = 6


def test_ten_who_ask_while_one_writes_see_one_state_each_and_no_error(tmp_path: Path) -> None:
    folder, home, stop = tmp_path / "articles", tmp_path / "home", tmp_path / "stop"

    def index(version: int) -> None:
        # Every article changes: one that is still as before beside one that is new tells a mixture.
        for number in range(ARTICLES):
            write_article(folder, number, version)
        said = str(tmp_path / "said")
        child = children.fork(children.index, str(home), [str(folder)], said, os.devnull)
        child.join(60)
        assert child.exitcode == 0, Path(said).read_text()

    index(0)
    results = [tmp_path / f"result-{number}" for number in range(len(READERS))]
    readers = [
        children.fork(children.read_on, str(home), str(stop), str(result), threads)
        for result, threads in zip(results, READERS, strict=True)
    ]
    for version in range(1, ROUNDS + 1):
        index(version)
    stop.touch()
    for reader in readers:
        reader.join(60)
    told = [json.loads(result.read_text()) for result in results]
    assert [wrong for _, wrong in told] == [[]] * len(READERS)
    assert all(times for asked, _ in told for times in asked)


def test_a_second_writer_is_refused_in_words_and_leaves_all_as_it_is(tmp_path: Path) -> None:
    folder, home, said = tmp_path / "articles", tmp_path / "home", tmp_path / "said"
    write_article(folder, 1)
    library = Library.open(home)
    with library.writer():
        child = children.fork(children.index, str(home), [str(folder)], str(said), os.devnull)
        # Within two seconds on a machine that does nothing else: docs/bench.md.
        child.join(20)
        assert child.exitcode == 1
    [line] = said.read_text().splitlines()
    assert line.startswith("dateline: Another process is writing to the library in ")
    assert line.endswith("Wait until it has finished, then try again.")
    assert library.count_articles() == 0
    library.close()
