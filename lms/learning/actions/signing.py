"""Signing the statement at the end of a course."""

import datetime as dt
import hashlib
import ipaddress
from typing import Any

from django.db import transaction

from lms.learning import rules
from lms.learning.actions import finishing
from lms.learning.models import Attestation, Enrollment

LONGEST_AGENT = 300


@transaction.atomic
def sign(
    *, enrollment: Enrollment, by: Any, at: dt.datetime, address: str = "", user_agent: str = ""
) -> Enrollment:
    """Keep that `by` signed the statement of the version they took, at `at` (UTC), and complete the course.

    `address` is the network address the request came from, `user_agent` what the browser calls itself. A second time
    changes nothing. Raises rules.NothingToSign, rules.NotYetToSign.
    """
    held = finishing.held(enrollment, by)
    if held.is_completed:
        return held
    version = held.course_version
    if not version.statement:
        raise rules.NothingToSign(held)
    if not finishing.is_whole(held):
        raise rules.NotYetToSign(held)
    signed = Attestation.objects.create(
        enrollment=held,
        signer_name=held.user.display_name,
        statement=version.statement,
        digest=hashlib.sha256(version.statement.encode()).hexdigest(),
        policy_title=version.policy_title,
        policy_version=version.policy_version,
        policy_url=version.policy_url,
        signed_at=at,
        ip_address=_address(address),
        user_agent=_words(user_agent),
    )
    return finishing.complete(held, at, signed=signed)


def _address(given: str) -> str | None:
    """The address as it is written usually, without a zone; None when it is none."""
    try:
        return str(ipaddress.ip_address(given.partition("%")[0]))
    except ValueError:
        return None


def _words(given: str) -> str:
    """What can be stored and shown, shortened."""
    return "".join(char for char in given if char.isprintable())[:LONGEST_AGENT]
