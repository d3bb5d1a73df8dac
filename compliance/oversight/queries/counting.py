"""What it changes in the figures of a day whether whoever is in grace counts as compliant."""

from dataclasses import dataclass
from datetime import date

from compliance.records import queries as records


@dataclass(frozen=True, slots=True)
class Compared:
    """Figures counted both ways; without a title those of everybody over all requirements."""

    title: str
    without: records.Totals
    counted: records.Totals

    @property
    def more(self) -> int:
        """How many more people are compliant if grace counts."""
        return self.counted.compliant_count - self.without.compliant_count


def grace_compared(today: date) -> list[Compared]:
    """Everybody, then each requirement with somebody in grace on `today` (tenant's zone), by title; four statements."""
    ways = (False, True)
    overall = [records.totals(records.people(today, grace_counts=way)) for way in ways]
    without, counted = (records.by_requirement(today, grace_counts=way) for way in ways)
    by_id = {one.requirement_id: one.totals for one in counted}
    return [
        Compared("", *overall),
        *(
            Compared(one.title, one.totals, by_id[one.requirement_id])
            for one in without
            if one.totals.grace_count
        ),
    ]
