"""Valid, boring people for tests. Call inside a tenant."""

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from lms.people.enums import AffiliationKind
from lms.people.models import Affiliation, Department, RoleGrant, User
from tenants import context
from tenants.tests.factories import AT

PASSWORD = "correct horse battery staple"


@cache
def _password_hash() -> str:
    # Hashed once: fifty milliseconds a person would be most of the suite's time.
    return make_password(PASSWORD)


def make_user(
    *,
    given_name: str = "Dee",
    family_name: str = "Dubois",
    email: str = "",
    roles: Iterable[str] = (),
    at: dt.datetime = AT,
    **fields: Any,
) -> User:
    """A person with a verified address and PASSWORD; the address defaults to given.family@<tenant host>."""
    from allauth.account.models import EmailAddress

    address = email or f"{given_name}.{family_name}@{context.require_tenant().host}"
    fields.setdefault("password", _password_hash())
    user = User.objects.create(
        given_name=given_name,
        family_name=family_name,
        email=address.replace(" ", "-").lower(),
        created_at=at,
        **fields,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    for role in roles:
        RoleGrant.objects.create(user=user, role=role, granted_at=at)
    return user


def make_department(code: str = "LAW", name: str = "", **fields: Any) -> Department:
    """A department; made once a code."""
    return Department.objects.get_or_create(code=code, defaults={"name": name or code.title(), **fields})[0]


def make_affiliation(user: User, *, department: Department | None = None, **fields: Any) -> Affiliation:
    """An appointment of `user`, by default as staff since the beginning of the year."""
    fields.setdefault("kind", AffiliationKind.STAFF)
    fields.setdefault("starts_on", dt.date(2026, 1, 1))
    affiliation = Affiliation.objects.create(user=user, department=department or make_department(), **fields)
    user.first_day_on = min(filter(None, [user.first_day_on, affiliation.starts_on]))
    user.last_day_on = affiliation.ends_on
    user.save(update_fields=["first_day_on", "last_day_on"])
    return affiliation
