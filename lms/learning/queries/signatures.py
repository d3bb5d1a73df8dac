"""Signed statements."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from lms.learning.models import Attestation, Enrollment


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A statement as it was signed. `signed_at` is in UTC; `ip_address` and `user_agent` are for auditors only."""

    public_id: UUID
    user_id: int
    signer_name: str
    course_title: str
    version_number: int
    content_hash: str
    statement: str
    digest: str
    policy: str
    policy_title: str
    policy_version: str
    policy_url: str
    signed_at: dt.datetime
    ip_address: str | None
    user_agent: str


def signed_statements(user_ids: Collection[int]) -> list[SignedStatement]:
    """What these people signed, newest first; one statement."""
    rows = Attestation.objects.filter(enrollment__user_id__in=user_ids)
    rows = rows.select_related("enrollment__course_version").order_by("-signed_at", "-pk")
    return [
        SignedStatement(
            public_id=row.public_id,
            user_id=row.enrollment.user_id,
            signer_name=row.signer_name,
            course_title=row.enrollment.course_version.title,
            version_number=row.enrollment.course_version.number,
            content_hash=row.enrollment.course_version.content_hash,
            statement=row.statement,
            digest=row.digest,
            policy=row.policy,
            policy_title=row.policy_title,
            policy_version=row.policy_version,
            policy_url=row.policy_url,
            signed_at=row.signed_at,
            ip_address=row.ip_address,
            user_agent=row.user_agent,
        )
        for row in rows
    ]


def attestation_of(enrollment: Enrollment) -> Attestation | None:
    """What was signed at the end of a pass; nothing is read where nothing is signed."""
    if not (enrollment.is_completed and enrollment.course_version.statement):
        return None
    return Attestation.objects.filter(enrollment=enrollment).first()
