"""`python -m rag` is `dateline`."""

import sys

from rag.cli import main

sys.exit(main())
