"""The page without a browser: its script, over a scripted assistant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from fake_assistant import FakeAssistant

from rag.settings import Settings
from rag.ui.desk import Desk


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(Settings(home=tmp_path))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, assistant: FakeAssistant) -> Iterator[Desk]:
    """What the page's script finds; what it has cached is forgotten afterwards."""
    desk = Desk(assistant)  # type: ignore[arg-type]
    monkeypatch.setattr("rag.ui.page.open_desk", lambda: desk)
    yield desk
    st.cache_data.clear()
    st.cache_resource.clear()
