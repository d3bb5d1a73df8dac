"""The end of a sign-up that never became a site."""

import datetime as dt

from django.db import transaction

from tenants import cells, hosts, public_mail
from tenants.context import HOME
from tenants.enums import SignUpState
from tenants.models import SignUp, Tenant
from tenants.provisioning import letters, reservation, schemas, steps


def finish(sign_up_id: int, *, at: dt.datetime) -> None:
    """Remove what was made for a sign-up that is being cancelled; nothing is done to any other.

    First the schema and its role, over another connection and in one transaction; then the tenant with its address
    and everything it owns in the shared tables, together with the record that it is done. Killed in between, the
    tenant still names the schema, and the next try finds it gone. The sign-up stays without the person's name.
    Raises `steps.AtWork` and `cells.NoOwnerLogin`.
    """
    with transaction.atomic():
        sign_up = steps.locked(sign_up_id)
        if sign_up.state != SignUpState.CANCELLING:
            return
        letter = letters.cancelled(sign_up, host=reservation.host_of(sign_up.subdomain))
        if sign_up.verified_at is not None:
            public_mail.send(letter, to=sign_up.owner_email, key=f"cancelled:{sign_up.public_id}", at=at)
        if sign_up.tenant is not None:
            _remove(sign_up.tenant)
        sign_up.tenant = None
        sign_up.state = SignUpState.CANCELLED
        sign_up.owner_name = sign_up.owner_email = sign_up.welcome_path = sign_up.last_error = ""
        sign_up.next_try_at = None
        sign_up.save()
        transaction.on_commit(hosts.forget_all)


def _remove(tenant: Tenant) -> None:
    with cells.connect_as_owner(HOME) as owner, owner.transaction():
        schemas.drop(owner, tenant.schema_name)
    # The sign-up would go with its tenant, and it is the record of what became of it.
    SignUp.objects.filter(tenant=tenant).update(tenant=None, state=SignUpState.CANCELLED)
    Tenant.objects.filter(pk=tenant.pk).delete()
