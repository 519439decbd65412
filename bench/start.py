"""Times to start: `import rag`, and `dateline ask` from cold over a home that is indexed already.

python -m bench.start --home .dateline-samples
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

RUNS = 7
QUESTION = "Who is the special envoy?"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", default=".dateline-samples")
    options = parser.parse_args()
    commands = {
        "import nothing": ["-c", "pass"],
        "import rag": ["-c", "import rag"],
        "dateline ask": ["-m", "rag", "ask", QUESTION, "--home", options.home],
        "dateline articles": ["-m", "rag", "articles", "--home", options.home],
    }
    for name, arguments in commands.items():
        taken = []
        for _ in range(RUNS):
            started = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
            taken.append(time.perf_counter() - started)
        print(f"{name}: median {statistics.median(taken):.2f} s, worst {max(taken):.2f} s")


if __name__ == "__main__":
    main()
