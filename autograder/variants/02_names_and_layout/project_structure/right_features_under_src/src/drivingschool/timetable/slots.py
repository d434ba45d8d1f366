from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property


@dataclass(frozen=True)
class Slot:
    start: str
    minutes: int

    @cached_property
    def begins(self) -> datetime:
        return datetime.fromisoformat(self.start)

    @property
    def ends(self) -> datetime:
        return self.begins + timedelta(minutes=self.minutes)

    def meets(self, other: "Slot") -> bool:
        return max(self.begins, other.begins) < min(self.ends, other.ends)


def overlap(start, minutes, other_start, other_minutes):
    return Slot(start, minutes).meets(Slot(other_start, other_minutes))
