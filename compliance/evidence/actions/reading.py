"""Having files read by a machine: in a worker, one after the other, each once. What it finds only suggests."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from compliance.evidence import gateway
from compliance.evidence.enums import EvidenceState, FileType, ReadingState
from compliance.evidence.models import Evidence, EvidenceFile, EvidenceReading
from compliance.evidence.rules import text as rules
from tenants import clock, schedule

JOB = "evidence.read"
# After this the turn ends and asks to be called again, so that no worker is held for long.
TURN = timedelta(seconds=10)


def have_read(files: Iterable[EvidenceFile], *, at: datetime) -> None:
    """Leave the PDFs among the files to a worker."""
    if any(file.content_type == FileType.PDF for file in files):
        schedule.wake(JOB, at=at)


def read_files(*, at: datetime, scheduled_for: datetime) -> datetime | None:
    """Read what waits for a review and was not read; answers `at` when more is left, None when nothing is.

    Whatever is in a file, it is read once: that it could not be is kept too. Raises gateway.NoReader.
    """
    ends_at = clock.now() + TURN
    for pk in list(_unread().values_list("pk", flat=True)):
        if clock.now() >= ends_at:
            return at
        # Decided or withdrawn meanwhile: nobody needs it any more.
        if file := _unread().select_related("evidence__user").filter(pk=pk).first():
            _keep(_reading(file, at))
    return None


def _unread() -> QuerySet[EvidenceFile]:
    return EvidenceFile.objects.filter(
        evidence__state=EvidenceState.WAITING, content_type=FileType.PDF, reading__isnull=True
    ).order_by("pk")


def _reading(file: EvidenceFile, at: datetime) -> EvidenceReading:
    """What is found in the file; no transaction is open meanwhile."""
    read = gateway.text_of(bytes(file.content))
    reading = EvidenceReading(file=file, state=read.state, read_at=at)
    if read.state == ReadingState.READ and file.evidence:
        user = file.evidence.user
        reading.is_part = read.is_part
        reading.days = [[day.isoformat() for day in days] for days in rules.days_in(read.text)]
        reading.is_name_found = rules.names_person(
            read.text, user.given_name, user.preferred_name, user.family_name
        )
        reading.is_title_found = rules.names(read.text, file.evidence.title)
        reading.is_issuer_found = rules.names(read.text, file.evidence.issuer)
    return reading


def _keep(reading: EvidenceReading) -> None:
    """Keep it, unless another turn was first, or somebody decided meanwhile or withdrew it with its file."""
    with transaction.atomic():
        waiting = Evidence.objects.filter(files=reading.file_id, state=EvidenceState.WAITING)
        # As whoever decides or withdraws locks it: then the file stays until the reading of it stands.
        if waiting.select_for_update(of=("self",)).values_list("pk", flat=True).first():
            EvidenceReading.objects.bulk_create([reading], ignore_conflicts=True)
