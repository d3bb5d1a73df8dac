"""The matrix of addresses, roles, sides and methods, and what each of its cells must answer."""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from config.tests.isolation.table import Row
from config.tests.isolation.world import World
from lms.access import roles
from lms.access.roles import Scope
from tenants.context import TenantRef, inside

METHODS = ("get", "post", "put", "delete", "head")
ANONYMOUS, EVERYTHING = "anonymous", "everything"
ROLES = (ANONYMOUS, *(role.key for role in roles.ALL), EVERYTHING)
# Where the question is asked, and with whose things.
SIDES = ("own", "other ids", "other cookie", "public host", "operator host")
_ALL_KEYS = ("owner", "administrator", "compliance_officer", "author")
FINE = {200, 204, 302, 303, 400, 405, 422}
NOT_THERE = {404, 405, 410}


def person_of(role: str, tenant: TenantRef) -> Any:
    """Somebody who holds exactly this role in the tenant; None for anonymous."""
    from lms.people.models import RoleGrant
    from lms.people.tests.factories import make_affiliation, make_department, make_user
    from tenants.tests.factories import AT

    if role == ANONYMOUS:
        return None
    granted = _ALL_KEYS if role == EVERYTHING else (role,) if role in roles.BY_KEY else ()
    is_tenant_wide = role == EVERYTHING or roles.BY_KEY[role].scope == Scope.TENANT
    with inside(tenant):
        arts = make_department("ART", "School of Arts")
        person = make_user(
            given_name="Role", family_name=role.title(), roles=granted if is_tenant_wide else ()
        )
        make_affiliation(person, department=arts)
        if role == roles.DepartmentAdministrator.key:
            RoleGrant.objects.create(user=person, role=role, department=arts, granted_at=AT)
        if role == roles.Manager.key:
            make_affiliation(make_user(given_name="Ray"), department=arts, manager=person)
    return person


def may(row: Row, role: str) -> bool:
    """Whether the table lets the role in at all: what it sees there is another matter."""
    if row.who in {"open", "library"}:
        return True
    if role == ANONYMOUS:
        return False
    if row.who == "signed in":
        return True
    if role == EVERYTHING:
        return row.who in roles.permissions_of(_ALL_KEYS)
    held = roles.BY_KEY[role]
    return row.who in held.permissions and (held.scope == Scope.TENANT or row.is_scoped)


@dataclass
class Asked:
    """One answer, with its body read."""

    row: Row
    method: str
    response: HttpResponse

    @property
    def everything(self) -> bytes:
        """Body and headers."""
        return self.response.content + str(self.response.headers).encode()


def ask(
    rows: Iterable[Row], client_of: Callable[[Row], Client], ids: dict[str, str], *methods: str
) -> Iterable[Asked]:
    """Ask for each row with each method; what an answer did is undone before the next is asked."""
    for row in rows:
        address = reverse(row.name, kwargs=row.kwargs(ids), urlconf="config.urls_tenant")
        for method in methods or ("get",):
            with transaction.atomic():
                yield Asked(row, method, read(getattr(client_of(row), method)(address)))
                transaction.set_rollback(True)


def with_cookies_of(owner: Client, intruder: Client) -> Client:
    """`intruder` with what is in `owner`'s cookie jar at this moment; what it is told to forget, `owner` keeps."""
    intruder.cookies = copy.deepcopy(owner.cookies)
    return intruder


def read(response: Any) -> HttpResponse:
    """The answer with a streamed body read while its tenant is still there."""
    if isinstance(response, HttpResponse):
        return response
    return HttpResponse(
        b"".join(response.streaming_content), status=response.status_code, headers=response.headers
    )


def is_expected(asked: Asked, role: str, side: str, world: World) -> bool:
    """Whether this cell of the matrix answers as the table says. The canary is looked for elsewhere."""
    row, code = asked.row, asked.response.status_code
    if side in {"public host", "operator host"}:
        return code in NOT_THERE or (side == "public host" and code < 500 and _is_public(row, world))
    if code >= 500 or row.who in {"open", "library"}:
        return code < 500
    seen_as = ANONYMOUS if side == "other cookie" else role
    if seen_as == ANONYMOUS:
        is_sent_away = code == 302 and asked.response["Location"].startswith("/accounts/login/")
        return is_sent_away or code in NOT_THERE
    return code in _expected(row, seen_as, side)


def _expected(row: Row, role: str, side: str) -> set[int]:
    """The codes that somebody who is signed in may be answered with."""
    if not may(row, role):
        return {403, 405}
    if side == "other ids" and row.of and not row.is_dulys:
        return NOT_THERE
    if row.who == "signed in" and row.of and not row.is_everyones:
        return FINE | NOT_THERE | {403}  # one's own or somebody else's: other tests tell them apart
    return FINE | NOT_THERE if row.may_be_absent or row.is_scoped else FINE


def _is_public(row: Row, world: World) -> bool:
    address = reverse(row.name, kwargs=row.kwargs(world.ids), urlconf="config.urls_tenant")
    try:
        resolve(address, urlconf="config.urls_public")
    except Resolver404:
        return False
    return True
