"""What can be asked about evidence: one's own, the queue of those who review, and the files."""

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
from compliance.evidence.queries.waits import MIN_REVIEWS, Waits, target_of, waits

__all__ = [
    "MIN_REVIEWS",
    "Copy",
    "Line",
    "Waiting",
    "Waits",
    "copies_of",
    "file_for",
    "files_of",
    "for_reviewer",
    "lines",
    "megabytes_kept",
    "mine",
    "of_person",
    "owner_files",
    "queue",
    "target_of",
    "waiting_counts",
    "waits",
]
