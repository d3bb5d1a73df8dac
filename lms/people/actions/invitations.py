"""The first way in: a link that works once, for seven days, and only in this tenant."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from lms.access import roles
from lms.audit import actions as audit
from lms.people import events, messages
from lms.people.actions.persons import put_in
from lms.people.actions.roles import grant_first_roles
from lms.people.models import Invitation, User
from lms.people.rules import INVITATION_DAYS, token_hash
from tenants.addresses import parse_address

VALID_FOR = timedelta(days=INVITATION_DAYS)
FIRST_ROLES = (roles.Owner, roles.Administrator, roles.ComplianceOfficer, roles.Author)


class InvitationExpired(Exception):
    """Used, withdrawn, too old, or never given out here. Do not say which."""


def invite(*, user: User, by: User | None, at: datetime) -> str:
    """Send `user` a new link and void the one before. Returns the token, which is stored nowhere."""
    with transaction.atomic():
        invitation, token = _renew(user, by=by, at=at)
        audit.record_all([_invited(user)], by=by, at=at)
        messages.send_invitation(invitation, token, at=at)
    return token


def _renew(user: User, *, by: User | None, at: datetime) -> tuple[Invitation, str]:
    Invitation.objects.filter(user=user, accepted_at__isnull=True).delete()
    return _give(user, by=by, at=at)


def _give(user: User, *, by: User | None, at: datetime) -> tuple[Invitation, str]:
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        user=user, token_hash=token_hash(token), invited_by=by, created_at=at, expires_at=at + VALID_FOR
    )
    return invitation, token


def _invited(user: User) -> audit.Entry:
    return audit.Entry("people.invited", user.display_name, user.public_id)


def accept_invitation(*, token: str, password: str, at: datetime) -> User:
    """Use the link: set the password, once. Raises InvitationExpired.

    `password` has been checked against the password rules by the form.
    """
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(token_hash=token_hash(token), accepted_at__isnull=True, expires_at__gt=at)
            .first()
        )
        if invitation is None:
            raise InvitationExpired
        user = invitation.user
        user.set_password(password)
        user.save(update_fields=["password"])
        invitation.accepted_at = at
        invitation.save(update_fields=["accepted_at"])
        audit.record(
            action="people.accepted", by=user, at=at, object_label=user.display_name, object_id=user.public_id
        )
    return user


def open_site(*, owner_name: str, owner_email: str, at: datetime) -> str:
    """The first person of a new tenant, with every role that sets it up; returns their invitation token.

    Repeating it changes nothing but the token. `owner_email` has been proved by a code on the public host.
    """
    email = parse_address(owner_email)
    keys = [role.key for role in FIRST_ROLES]
    with transaction.atomic(savepoint=False):
        # No mail from here: the site does not serve yet. Provisioning mails the link when it does.
        owner = User.objects.filter(email=email).first()
        if owner is None:
            given, _space, family = owner_name.strip().rpartition(" ")
            owner = User(
                email=email, given_name=given or family, family_name=family if given else "", created_at=at
            )
            added = put_in(owner)
            events.changed.send(sender=None, user_ids=[owner.pk], at=at)
            entries = [added, *grant_first_roles(user=owner, keys=keys, at=at)]
            token = _give(owner, by=None, at=at)[1]
        else:
            held = {role for role, department in owner.held_roles if department is None}
            entries = grant_first_roles(user=owner, keys=keys, at=at, held=held)
            token = _renew(owner, by=None, at=at)[1]
        audit.record_all([*entries, _invited(owner)], by=None, at=at)
    return token
