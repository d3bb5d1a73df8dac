"""The files: whose they are, who may read them, and where else the same content was sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from compliance.evidence.enums import EvidenceState
from compliance.evidence.models import Evidence, EvidenceFile
from compliance.records.enums import RequestState
from lms.access.permissions import Permission
from lms.people import queries as people

if TYPE_CHECKING:
    from lms.people.models import User

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Copy:
    """Another place where exactly the same file was sent. `name` is empty where the viewer may not know whose it is."""

    file_name: str
    is_same_person: bool
    name: str
    what: str
    state: str
    sent_at: Any
    evidence_public_id: UUID | None


def files_of(thing: Any) -> list[EvidenceFile]:
    """The files of a piece of evidence, a waiver or an extension, without their content, with what was read in them."""
    return list(thing.files.defer("content").select_related("reading").order_by("pk"))


def owner_files(user_id: int) -> dict[tuple[str, int], list[EvidenceFile]]:
    """Every file about a person by ("evidence" | "waiver" | "extension", id); one statement, without content."""
    found: dict[tuple[str, int], list[EvidenceFile]] = {}
    for file in EvidenceFile.objects.filter(user_id=user_id).defer("content").order_by("pk"):
        for kind in ("evidence", "waiver", "extension"):
            if key := getattr(file, f"{kind}_id"):
                found.setdefault((kind, key), []).append(file)
    return found


def file_for(viewer: "User", public_id: UUID) -> EvidenceFile | None:
    """The file with its content, if it is about the viewer, they sent it, or its person is within their reach.

    Files of evidence need `evidence.view` over the person, those of requests `waivers.view`.
    """
    file = EvidenceFile.objects.filter(public_id=public_id).first()
    if file is None or viewer.pk in (file.user_id, file.sent_by_id):
        return file
    needed = Permission.EVIDENCE_VIEW if file.evidence_id else Permission.WAIVERS_VIEW
    return file if people.reach(viewer, needed).covers(file.user_id) else None


def copies_of(evidence: Evidence, within: people.Reach) -> list[Copy]:
    """Where the same files were sent before or since: by somebody else, or by the person for something else.

    What was withdrawn does not count, and neither does what this one replaces. Whoever lies outside `within` is not
    named.
    """
    own = {file.sha256: file.name for file in files_of(evidence)}
    others = _elsewhere(own, evidence)
    return [_copy(file, own[file.sha256], evidence, within) for file in others]


def megabytes_kept() -> int:
    """How much all files of the tenant take, in whole megabytes, rounded up."""
    total: int = EvidenceFile.objects.aggregate(total=Sum("size"))["total"] or 0
    return -(-total // _MEGABYTE)


def _elsewhere(digests: Iterable[str], evidence: Evidence) -> QuerySet[EvidenceFile]:
    gone = (
        Q(evidence__state=EvidenceState.WITHDRAWN)
        | Q(waiver__state=RequestState.WITHDRAWN)
        | Q(extension__state=RequestState.WITHDRAWN)
    )
    earlier = evidence.replaces_id
    rows = EvidenceFile.objects.filter(sha256__in=list(digests)).exclude(evidence=evidence)
    if earlier:
        rows = rows.exclude(evidence_id=earlier)
    return (
        rows.exclude(gone)
        .defer("content")
        .select_related("user", "evidence__requirement", "waiver__requirement", "extension__requirement")
        .order_by("sent_at", "pk")
    )


def _copy(file: EvidenceFile, own_name: str, evidence: Evidence, within: people.Reach) -> Copy:
    thing: Any = file.evidence or file.waiver or file.extension
    is_known = within.covers(file.user_id)
    return Copy(
        file_name=own_name,
        is_same_person=file.user_id == evidence.user_id,
        name=file.user.display_name if is_known else "",
        what=thing.requirement.title,
        state=thing.state,
        sent_at=file.sent_at,
        evidence_public_id=file.evidence.public_id if file.evidence and is_known else None,
    )
