"""Edits by hand that take two."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from lms.access.permissions import Permission
from lms.people.enums import ProposalState
from lms.people.models import Proposal, User
from lms.people.queries.directory import able_to


def change_approvers(asked_by: User | None) -> list[User]:
    """Who may agree to an edit: everybody who may change people, but not whoever asks."""
    return [one for one in able_to(Permission.PEOPLE_CHANGE) if one.pk != (asked_by.pk if asked_by else None)]


def proposal_for(public_id: UUID) -> Proposal:
    """The proposal of this id, with what it is about and who had to do with it. Raises Http404."""
    rows = Proposal.objects.select_related("department", "group", "asked_by", "decided_by")
    return get_object_or_404(rows, public_id=public_id)


def waiting_proposals() -> list[Proposal]:
    """Those that wait for somebody, the oldest first."""
    rows = Proposal.objects.filter(state=ProposalState.WAITING).select_related(
        "department", "group", "asked_by"
    )
    return list(rows.order_by("asked_at", "pk"))
