"""Certificates, old ones included."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lms.learning.models import Certificate, Enrollment
from tenants import clock


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate with the course as it was called in the version taken. Dates are days in the tenant's zone."""

    enrollment_id: int
    public_id: UUID
    course_title: str
    version_number: int
    issued_at: dt.datetime
    valid_from: dt.date | None
    valid_until: dt.date | None
    revoked_on: dt.date | None = None

    @property
    def issued_on(self) -> dt.date:
        """The day it was earned on the tenant's calendar."""
        return clock.today(self.issued_at)


def certificates_of(user_id: int) -> list[CertificateRow]:
    """Every certificate a person ever earned, newest first; one statement."""
    rows = (
        Certificate.objects.filter(enrollment__user_id=user_id)
        .select_related("enrollment__course_version")
        .order_by("-issued_at", "-pk")
    )
    return [
        CertificateRow(
            row.enrollment_id,
            row.public_id,
            row.enrollment.course_version.title,
            row.enrollment.course_version.number,
            row.issued_at,
            row.valid_from,
            row.valid_until,
            row.revoked_on,
        )
        for row in rows
    ]


def certificate_of(enrollment: Enrollment) -> Certificate | None:
    """The certificate of a completed enrollment; nothing is read for one that is not."""
    return Certificate.objects.filter(enrollment=enrollment).first() if enrollment.is_completed else None


def certificate_for(user: Any, public_id: UUID) -> Certificate | None:
    """A certificate of `user`'s own, with its enrollment and version; None for anybody else's."""
    return (
        Certificate.objects.select_related("enrollment__course_version", "enrollment__attestation")
        .filter(public_id=public_id, enrollment__user=user)
        .first()
    )


def certificate_by(code: str) -> Certificate | None:
    """The certificate with this code, whoever's it is, with its enrollment and version; one statement."""
    return Certificate.objects.select_related("enrollment__course_version").filter(code=code).first()
