"""What a machine found in the files of a piece of evidence, beside what the person entered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ObjectDoesNotExist

from compliance.evidence.models import Evidence, EvidenceFile, EvidenceReading


@dataclass(frozen=True, slots=True)
class Found:
    """One file with its reading; None: not read yet, or an image.

    `days`: each date of the file as the days it may mean. `is_day_named`: the day entered is one of them for certain;
    `may_name_day`: it is one of two that a date may mean.
    """

    file: EvidenceFile
    reading: EvidenceReading | None
    days: list[list[date]]
    is_day_named: bool
    may_name_day: bool

    @property
    def is_ambiguous(self) -> bool:
        """Whether a date may mean two days."""
        return any(len(each) > 1 for each in self.days)


def found_in(files: Iterable[EvidenceFile], evidence: Evidence) -> list[Found]:
    """For the files of `queries.files_of`: those read, and while it waits also those not read. No statement."""
    found = [_found(file, evidence.completed_on) for file in files]
    return [each for each in found if each.reading or evidence.is_waiting]


def _found(file: EvidenceFile, entered: date) -> Found:
    try:
        reading: EvidenceReading | None = file.reading
    except ObjectDoesNotExist:
        reading = None
    days = [[date.fromisoformat(day) for day in each] for each in (reading.days if reading else [])]
    return Found(
        file=file,
        reading=reading,
        days=days,
        is_day_named=[entered] in days,
        may_name_day=any(entered in each for each in days),
    )
