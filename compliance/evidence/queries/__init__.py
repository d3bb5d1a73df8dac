"""What can be asked about evidence: one's own, the queue of those who review, and the files."""

from compliance.evidence.queries.aim import MOST_DAYS, has_own_aim, review_aim
from compliance.evidence.queries.files import Copy, copies_of, file_for, files_of, megabytes_kept, owner_files
from compliance.evidence.queries.listing import (
    Line,
    Waiting,
    for_reviewer,
    lines,
    mine,
    of_person,
    queue,
    waiting_counts,
)
from compliance.evidence.queries.readings import Found, found_in
from compliance.evidence.queries.waits import MIN_REVIEWS, Waits, target_of, waits

__all__ = [
    "MIN_REVIEWS",
    "MOST_DAYS",
    "Copy",
    "Found",
    "Line",
    "Waiting",
    "Waits",
    "copies_of",
    "file_for",
    "files_of",
    "for_reviewer",
    "found_in",
    "has_own_aim",
    "lines",
    "megabytes_kept",
    "mine",
    "of_person",
    "owner_files",
    "queue",
    "review_aim",
    "target_of",
    "waiting_counts",
    "waits",
]
