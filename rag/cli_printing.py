"""What commands write besides their text: JSON, and bars while something takes its time."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from rag.index.run import Progress
from rag.written import write_progress

#: Without tqdm's own rate, which is of files: what takes the time is passages.
BAR = "{desc} |{bar:20}| {percentage:3.0f}%"


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def draw_exam() -> Callable[[int, int], None]:
    """A bar on standard error: how many cases of an exam are done."""
    from tqdm import tqdm

    bar = tqdm(unit=" cases", desc="Examining", file=sys.stderr)

    def draw(done: int, of: int) -> None:
        bar.total = of
        bar.update(done - bar.n)
        if done >= of:
            bar.close()

    return draw


def draw_progress() -> Callable[[Progress], None]:
    """A bar on standard error: how much is indexed, how fast, and how long it will take yet."""
    from tqdm import tqdm

    # Made when the first progress comes, since it needs the total.
    bar: tqdm[Any] | None = None

    def draw(progress: Progress) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(total=1.0, bar_format=BAR, file=sys.stderr)
        bar.set_description_str(f"Indexing {write_progress(progress)}", refresh=False)
        bar.update(progress.share - bar.n)
        if progress.done >= progress.total:
            bar.close()

    return draw
