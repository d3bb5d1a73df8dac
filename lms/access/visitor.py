"""Support as a visitor: somebody of the operator who reads this site under a grant, and is no person of it."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext as _

from lms.access import roles
from lms.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class SupportVisitor:
    """What pages and guards ask of whoever is signed in. There is no row for it: its id belongs to nobody.

    `public_id` is the grant's, `ends_at` when it runs out.
    """

    public_id: UUID
    name: str
    email: str
    reason: str
    ticket: str
    ends_at: dt.datetime

    pk: ClassVar[int] = 0
    id: ClassVar[int] = 0
    is_support: ClassVar[bool] = True
    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False
    is_active: ClassVar[bool] = True
    is_staff: ClassVar[bool] = False
    is_superuser: ClassVar[bool] = False
    is_manager: ClassVar[bool] = False
    locale: ClassVar[str] = ""
    time_zone: ClassVar[str] = ""
    permissions: ClassVar[frozenset[Permission]] = roles.Support.permissions
    # All of them read, so whatever the site's status takes away is not among them.
    usable_permissions: ClassVar[frozenset[Permission]] = permissions
    scoped_permissions: ClassVar[frozenset[Permission]] = frozenset()
    held_roles: ClassVar[tuple[tuple[str, int | None], ...]] = ()

    @property
    def display_name(self) -> str:
        """As the tenant's log and its pages name whoever looks."""
        return _("Support (%(name)s)") % {"name": self.name or self.email}

    def __str__(self) -> str:
        return self.display_name

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's own question, in our words."""
        return perm in self.permissions

    def has_module_perms(self, app_label: str) -> bool:
        """No Django admin is served to tenants."""
        return False
