"""How the benchmarks' tables are written."""

from __future__ import annotations

import math
from collections.abc import Sequence


def share(good: Sequence[bool]) -> str:
    """A share with its 95% interval after Wilson (1927); "" of nothing."""
    if not good:
        return ""
    n, p, z = len(good), sum(good) / len(good), 1.96
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{p:.3f} [{max(0.0, middle - reach):.2f}, {min(1.0, middle + reach):.2f}]"


def lay_out(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
