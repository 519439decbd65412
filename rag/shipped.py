"""Where the files live that travel with the program: prompts and the page."""

from __future__ import annotations

from pathlib import Path

from rag.errors import SettingsError

PACKAGE = Path(__file__).parent


def find_shipped(name: str) -> Path:
    """The path of a shipped file or folder, in an installed package as in a checkout.

    Raises SettingsError where it is in neither place.
    """
    for root in (PACKAGE / "_shipped", PACKAGE.parent):
        if (root / name).exists():
            return root / name
    raise SettingsError(f"{name} is missing from the installation.", "Install Dateline again.")
