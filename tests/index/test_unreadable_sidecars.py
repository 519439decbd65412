"""A sidecar that may not be read costs its article nothing but what it would have said."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.index import run
from rag.index.run import digest_file


def test_the_article_is_told_from_itself_with_a_sidecar_that_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, beside = tmp_path / "story.md", tmp_path / "story.md.yaml"
    story.write_text("The barrier opened, the mayor said.")
    alone = digest_file(story)
    beside.write_text("title: By hand")
    readable, hash_bytes = digest_file(story), run._hash_bytes

    def refuse(path: Path) -> str:
        if path == beside:
            raise PermissionError(13, "Permission denied", str(path))
        return hash_bytes(path)

    monkeypatch.setattr(run, "_hash_bytes", refuse)
    assert len({alone, readable, digest_file(story)}) == 3
