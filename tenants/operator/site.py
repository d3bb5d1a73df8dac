"""The operators' own tenant, and the people in it. Runs as the operators' login; the schema is made by the owner."""

import datetime as dt
import secrets
from dataclasses import dataclass

import psycopg
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils.module_loading import import_string

from tenants import chronicle, context, hosts
from tenants.context import TenantRef
from tenants.enums import TenantKind, TenantStatus
from tenants.models import Domain, Tenant
from tenants.provisioning import births, schemas


class NoOwnerLogin(Exception):
    """The operators' schema does not exist yet, and this process was not given the login that could make it."""


class NoSuchOperator(Exception):
    """Nobody with this address may sign in to the console."""


@dataclass(frozen=True, slots=True)
class WayIn:
    """How somebody gets in: a link that works once, for seven days."""

    url: str
    is_first_use: bool


def find() -> TenantRef | None:
    """The operators' tenant, or None before the first operator was made."""
    with context.public_schema():
        tenant = Tenant.objects.filter(kind=TenantKind.OPERATOR).first()
        return tenant.ref() if tenant else None


def provide(*, at: dt.datetime) -> tuple[TenantRef, bool]:
    """The operators' tenant and whether it was made now: schema, role and host. Repeating it changes nothing.

    Its role is granted to the operators' login alone: web and workers cannot become it. Raises NoOwnerLogin.
    """
    found = find()
    if found and found.host == settings.OPERATOR_HOST and found.status == TenantStatus.ACTIVE:
        return found, False
    if not settings.DATABASE_OWNER_URL:
        raise NoOwnerLogin("DATABASE_OWNER_URL is not set: the operators' schema is made as the owner.")
    with context.public_schema(), transaction.atomic():
        tenant = Tenant.objects.filter(kind=TenantKind.OPERATOR).first() or _reserve(at)
        Domain.objects.update_or_create(
            tenant=tenant, is_primary=True, defaults={"domain": settings.OPERATOR_HOST}
        )
        with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
            is_new = schemas.make(owner, tenant.schema_name, at=at, login=settings.DATABASE_OPERATOR_ROLE)
        if is_new:
            with connection.cursor() as cursor:
                births.record(cursor, tenant.schema_name, at=at)
        Tenant.objects.filter(pk=tenant.pk).update(status=TenantStatus.ACTIVE)
        tenant.refresh_from_db()
        transaction.on_commit(hosts.forget_all)
        return tenant.ref(), True


def _reserve(at: dt.datetime) -> Tenant:
    tenant: Tenant = Tenant.objects.create(
        schema_name=schemas.random_schema_name(),
        kind=TenantKind.OPERATOR,
        name="Operators",
        time_zone="UTC",
        token_epoch=secrets.token_hex(16),
        created_at=at,
    )
    return tenant


def admit(*, name: str, email: str, at: dt.datetime) -> WayIn:
    """Let somebody operate: makes the person where needed, and a link that sets their password, once.

    For somebody who is known it voids the second factor and all sessions: a lost phone, or a first way in again.
    Raises NoOwnerLogin, BadAddress.
    """
    ref, is_first_use = provide(at=at)
    open_to = import_string(settings.OPERATOR_OPENER)
    with context.inside(ref), transaction.atomic():
        people = get_user_model().objects.filter(email=email)
        for person in people:
            _shut_out(person)
        people.update(is_active=True)
        token = open_to(owner_name=name, owner_email=email, at=at)
    with context.public_schema():
        chronicle.write(None, "operator.admitted", by="system", at=at, facts={"email": email})
    return WayIn(f"{settings.OPERATOR_ORIGIN}/welcome/{token}/", is_first_use)


def remove(*, email: str, reason: str, at: dt.datetime) -> None:
    """Let somebody operate no more: from the next request on. Raises NoSuchOperator."""
    ref = find()
    if ref is None:
        raise NoSuchOperator(email)
    with context.inside(ref), transaction.atomic():
        people = get_user_model().objects.filter(email=email, is_active=True)
        if not people:
            raise NoSuchOperator(email)
        for person in people:
            _shut_out(person)
        people.update(is_active=False)
    with context.public_schema():
        chronicle.write(None, "operator.removed", by="system", at=at, reason=reason, facts={"email": email})


def operators() -> list[tuple[str, bool]]:
    """The addresses of everybody who may operate, and whether they have set up their second factor."""
    ref = find()
    if ref is None:
        return []
    with context.inside(ref):
        proved = set(
            Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("user_id", flat=True)
        )
        people = get_user_model().objects.filter(is_active=True).order_by("email")
        return [(email, pk in proved) for pk, email in people.values_list("pk", "email")]


def _shut_out(person: object) -> None:
    """Void a person's second factor, password and sessions."""
    Authenticator.objects.filter(user=person).delete()
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(person.pk):  # type: ignore[attr-defined]
            session.delete()
    person.set_unusable_password()  # type: ignore[attr-defined]
    person.save(update_fields=["password"])  # type: ignore[attr-defined]
