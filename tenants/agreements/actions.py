"""Invite a department, take up the offer, accept, refuse, end, and publish figures. All inside a tenant.

Each deed is written to the chronicle of both sites by the very function that does it; their audit logs and their
owners' mailboxes follow from there.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from tenants import chronicle, context, limits
from tenants.agreements import codes, desk
from tenants.agreements.terms import CURRENT
from tenants.enums import AgreementSide, AgreementState
from tenants.lifecycle.refusals import Refused
from tenants.models import RollUpAgreement, RollUpInvitation, SignUp, Tenant

CODE_LASTS = dt.timedelta(days=30)
MOST_INVITATIONS = 100
_TRIES = 20
_TRIES_WITHIN = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Signer:
    """Whoever acts for the site. The other site is shown the name, not the address."""

    name: str
    email: str

    @property
    def by(self) -> str:
        """As the chronicle writes it."""
        return f"tenant:{self.email}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure that may leave the department; both numbers None where it is withheld. `requirement` None: overall.

    `grace_counts`: people in the days of grace are among the compliant ones.
    """

    requirement: UUID | None
    title: str
    compliant: int | None
    required: int | None
    grace_counts: bool = False


def invite(*, label: str, by: Signer, at: dt.datetime) -> UUID:
    """Make a code for one department, called `label` until it has a site; answers the invitation's id.

    Raises Refused when MOST_INVITATIONS codes are open.
    """
    public_id = uuid4()
    row = desk.outcome(
        "duly_rollup_invite",
        public_id,
        codes.digest_of(codes.code_of(public_id)),
        label,
        by.name,
        by.by,
        at,
        at + CODE_LASTS,
        MOST_INVITATIONS,
    )
    if row["outcome"] != "ok":
        raise Refused(_("There are too many open invitations. Withdraw one that nobody needs any more."))
    return public_id


def withdraw(invitation: UUID, *, by: Signer, at: dt.datetime) -> bool:
    """Let a code open nothing any more; False when it was used, withdrawn or another site's."""
    return bool(desk.outcome("duly_rollup_withdraw", invitation, by.by, at)["outcome"] == "ok")


def redeem(*, code: str, by: Signer, at: dt.datetime) -> UUID:
    """Take up the offer that a code stands for; nothing is shared before it is accepted. Raises Refused."""
    if not limits.allows("roll-up-code", str(context.require_tenant().id), most=_TRIES, within=_TRIES_WITHIN):
        raise Refused(_("Too many codes were tried. Nothing was changed; wait an hour."))
    row = desk.outcome("duly_rollup_redeem", codes.digest_of(code), CURRENT, by.name, by.by, at)
    if row["outcome"] == "own":
        raise Refused(_("This is a code of your own site. Give it to the department it is meant for."))
    if row["outcome"] not in ("ok", "open"):
        raise Refused(
            _(
                "This code opens nothing: it is mistyped, used, withdrawn or older than 30 days. Ask for a new one."
            )
        )
    return UUID(str(row["agreement"]))


def accept(agreement: UUID, *, by: Signer, at: dt.datetime) -> None:
    """The department agrees: from now on its figures are shared. Raises Refused."""
    _decide(agreement, "accept", by, at)


def refuse(agreement: UUID, *, by: Signer, at: dt.datetime) -> None:
    """The department does not agree. Raises Refused."""
    _decide(agreement, "refuse", by, at)


def end(agreement: UUID, *, by: Signer, at: dt.datetime) -> None:
    """Either side ends it, or the university takes its offer back. The figures are gone. Raises Refused."""
    _decide(agreement, "end", by, at)


def publish(cells: Sequence[Cell], *, as_of: dt.date, at: dt.datetime) -> int:
    """Put these figures of the tenant in force in the place of the month's earlier ones; answers to how many sites.

    `as_of` is the day in the tenant's zone. Small groups must be withheld already: the database refuses them.
    """
    figures = [
        {
            "requirement": str(cell.requirement) if cell.requirement else None,
            "title": cell.title[:200],
            "compliant": cell.compliant,
            "required": cell.required,
            "grace_counts": cell.grace_counts,
        }
        for cell in cells
    ]
    return int(desk.outcome("duly_rollup_publish", json.dumps(figures), as_of, at)["sites"])


def invite_for_operator(parent: Tenant, *, label: str, at: dt.datetime) -> RollUpInvitation:
    """As `invite`, by whoever runs the service, who makes the department's site too. In the public schema."""
    public_id = uuid4()
    return RollUpInvitation.objects.create(
        public_id=public_id,
        parent=parent,
        label=label[:120],
        code_digest=codes.digest_of(codes.code_of(public_id)),
        created_by="Operator of the service",
        created_at=at,
        expires_at=at + CODE_LASTS,
    )


def open_invitation(code: str, *, at: dt.datetime) -> RollUpInvitation | None:
    """The invitation that a code stands for, if it can still be used. In the public schema, for sign-up."""
    return (
        RollUpInvitation.objects.select_related("parent")
        .filter(code_digest=codes.digest_of(code), redeemed_at=None, withdrawn_at=None, expires_at__gt=at)
        .first()
    )


def offer_to_new_site(sign_up: SignUp, tenant: Tenant, *, at: dt.datetime) -> None:
    """The site that this sign-up makes was invited: let it find the offer. In the public schema."""
    invitation = sign_up.invitation
    if invitation is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.duly_rollup_offer(%s, %s, %s, %s, %s)",
            [invitation.pk, tenant.pk, CURRENT, f"tenant:{sign_up.owner_email}", at],
        )


def forget_site(tenant: Tenant, *, at: dt.datetime) -> None:
    """The site is deleted: its agreements end, those on the other side are told, and nothing of it stays here.

    In the public schema, in the caller's transaction.
    """
    of_it = RollUpAgreement.objects.filter(Q(parent=tenant) | Q(department=tenant))
    for agreement in of_it.select_related("parent", "department"):
        is_parent = agreement.parent_id == tenant.pk
        other = agreement.department if is_parent else agreement.parent
        if agreement.state not in (AgreementState.OFFERED, AgreementState.IN_FORCE):
            continue
        facts: dict[str, object] = {
            "terms": agreement.terms,
            "side": AgreementSide.DEPARTMENT if is_parent else AgreementSide.PARENT,
            "by_side": AgreementSide.PARENT if is_parent else AgreementSide.DEPARTMENT,
            "parent": agreement.parent.name,
            "department": agreement.department.name,
        }
        chronicle.write(other, "rollup.ended", by="system", at=at, facts=facts)
    of_it.delete()
    RollUpInvitation.objects.filter(parent=tenant).delete()


def _decide(agreement: UUID, deed: str, by: Signer, at: dt.datetime) -> None:
    outcome = desk.outcome("duly_rollup_decide", agreement, deed, by.name, by.by, at)["outcome"]
    if outcome == "ok":
        return
    if outcome == "chained":
        raise Refused(
            _(
                "A site that receives figures of departments cannot share its own with another, and the other way "
                "round. End the other agreements first. Nothing was changed."
            )
        )
    raise Refused(_("This was decided or ended meanwhile. Nothing was changed; look at how it stands now."))
