"""Keeping files: all of them or none, within what the site's plan includes."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from compliance.evidence import queries
from compliance.evidence.models import EvidenceFile
from compliance.evidence.rules.files import Checked
from tenants import plans
from tenants.plans import Limit

if TYPE_CHECKING:
    from lms.people.models import User

_MEGABYTE = 1024 * 1024


def keep(
    files: Sequence[Checked], *, of: dict[str, Any], user: "User", by: "User", at: datetime
) -> list[EvidenceFile]:
    """Keep the files in the caller's transaction. `of` names what they belong to, as {"evidence": …}.

    Raises LimitReached where the site takes no files, or has no room for these.
    """
    if not files:
        return []
    plans.refuse_uploads()
    more = -(-sum(len(each.content) for each in files) // _MEGABYTE)
    plans.admit(Limit.FILE_MEGABYTES, more=more, taken=queries.megabytes_kept)
    rows = [
        EvidenceFile(
            **of, user=user, sent_by=by, sent_at=at, name=each.name, content_type=each.content_type,
            size=len(each.content), sha256=each.sha256, content=each.content,
        )
        for each in files
    ]  # fmt: skip
    return EvidenceFile.objects.bulk_create(rows)


def facts(files: Sequence[Any]) -> list[str]:
    """The files as the log names them: their names and the beginning of their digests."""
    return [f"{each.name} ({each.sha256[:16]})" for each in files]
