"""Dates as people write them, and how long ago they were."""

from __future__ import annotations

from datetime import date

#: Days from which on an age is given in weeks, in months and in years.
WEEKS, MONTHS, YEARS = 14, 61, 365


def write_date(value: date | None) -> str:
    """“13 March 2022”, or “undated”."""
    return f"{value.day} {value:%B %Y}" if value else "undated"


def write_age(day: date, today: date) -> str | None:
    """“today”, “3 days ago”, “5 weeks ago”, “4 years ago”; None for a day that is to come."""
    days = (today - day).days
    if days < 0:
        return None
    if days < 2:
        return ("today", "yesterday")[days]
    if days < WEEKS:
        return f"{days} days ago"
    if days < MONTHS:
        return f"{days // 7} weeks ago"
    months = (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day)
    if months < 12:
        return f"{months} months ago"
    return "1 year ago" if months < 24 else f"{months // 12} years ago"


def write_dated(day: date | None, today: date) -> str:
    """A date with its age: “12 March 2022 (4 years ago)”; the date alone where it is to come."""
    age = None if day is None else write_age(day, today)
    return f"{write_date(day)} ({age})" if age else write_date(day)
