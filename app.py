"""The chat page, as Streamlit runs it; `dateline serve` starts it."""

from rag.ui.page import draw_page

draw_page()
