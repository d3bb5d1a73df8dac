"""Tries the wall: as one tenant, ask for another's rows, and for the shared ones. Every attempt must be refused."""

from collections.abc import Iterator

from django.db import DatabaseError, connection, transaction
from psycopg import errors, sql

from tenants import context
from tenants.context import TenantRef
from tenants.enums import TenantKind
from tenants.integrity.findings import Finding
from tenants.models import Domain

MOST = 20
_SHARED = sql.SQL("SELECT count(*) FROM public.tenants_tenant")


def attempts(*, most: int = MOST) -> Iterator[Finding]:
    """Some tenants in a ring, each against its two neighbours: other ones every night. In the public schema.

    Runs as the login and roles of requests, so it needs nothing that a request does not have.
    """
    serving = Domain.objects.filter(is_primary=True, tenant__closed_for="", tenant__cell=context.HOME)
    rows = list(serving.select_related("tenant").order_by("?")[: most + 1])
    refs = [row.ref(row.tenant) for row in rows if row.tenant.status not in {"preparing", "purged"}]
    ring = zip(refs, refs[1:] + refs[:1], strict=True)
    pairs = {(pair if is_forward else pair[::-1]) for pair in ring for is_forward in (True, False)}
    for visitor, host in sorted(pairs, key=lambda pair: (pair[0].id, pair[1].id)):
        # This login may not become the operators' role at all, so nobody can go out from there.
        if visitor.id != host.id and visitor.kind != TenantKind.OPERATOR:
            yield from _visit(visitor, host)


def _visit(visitor: TenantRef, host: TenantRef) -> Iterator[Finding]:
    theirs = sql.SQL("SELECT count(*) FROM {}").format(
        sql.Identifier(host.schema_name, "django_content_type")
    )
    with context.inside(visitor):
        for what, query in ((f"rows of {host.schema_name}", theirs), ("shared rows", _SHARED)):
            if not _is_refused(query):
                sentence = f"As {visitor.schema_name}, the database gave out {what}."
                yield Finding("trespass", visitor.schema_name, sentence)


def _is_refused(query: sql.Composable) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(query)
    except DatabaseError as error:
        return isinstance(error.__cause__, errors.InsufficientPrivilege)
    return False
