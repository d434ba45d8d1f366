"""Times of lessons; knows nothing of where they are kept."""

from datetime import datetime, timedelta


def when(text: str) -> datetime:
    """Read a time on the school's clock."""
    return datetime.fromisoformat(text)


def overlap(start: str, minutes: int, other_start: str, other_minutes: int) -> bool:
    """Tell whether two lessons need the instructor at the same time."""
    end = when(start) + timedelta(minutes=minutes)
    other_end = when(other_start) + timedelta(minutes=other_minutes)
    return when(start) < other_end and when(other_start) < end
