"""Dates as people write them."""

from __future__ import annotations

from datetime import date


def write_date(value: date | None) -> str:
    """“13 March 2022”, or “undated”."""
    return f"{value.day} {value:%B %Y}" if value else "undated"
