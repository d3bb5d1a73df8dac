"""Who is here: people, departments, what each is to the university, and the roles they hold."""

import uuid
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from lms.access import roles
from lms.access.permissions import Permission, usable
from lms.people.enums import AffiliationKind, AffiliationSource, RosterImportState, RowOutcome

from .models_attributes import FieldValue, Group, GroupMember, PersonField
from .models_proposals import Proposal
from .models_rosters import RosterChange

__all__ = [
    "Affiliation",
    "Department",
    "FieldValue",
    "Group",
    "GroupMember",
    "Invitation",
    "Leave",
    "PersonField",
    "Proposal",
    "RoleGrant",
    "RosterChange",
    "RosterImport",
    "RosterRow",
    "User",
    "UserManager",
]


class UserManager(BaseUserManager["User"]):
    """Finds people the way they write their address: in any case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person who signs in with this e-mail address. Raises User.DoesNotExist."""
        return self.get(email=(username or "").lower())

    def create_user(self, *, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person with this address; without a password they sign in by code or invitation."""
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person. `email` is lower-case; `first_day_on`, `last_day_on` follow from affiliations: see `actions.days`.

    `first_signed_in_at` is written once, by `actions.note_first_sign_in`; a trigger keeps it.
    """

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    is_staff = False
    is_superuser = False

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254)
    given_name = models.CharField(_("first name"), max_length=150, blank=True)
    family_name = models.CharField(_("last name"), max_length=150, blank=True)
    preferred_name = models.CharField(_("preferred first name"), max_length=150, blank=True)
    # Null, not empty, where there is none: two people without one must not clash.
    external_id = models.CharField(_("employee ID"), max_length=64, null=True, blank=True)  # noqa: DJ001
    is_active = models.BooleanField(_("active"), default=True)
    locale = models.CharField(_("language"), max_length=16, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    first_day_on = models.DateField(null=True, editable=False)
    last_day_on = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField()
    first_signed_in_at = models.DateTimeField(_("first signed in"), null=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="user_public_id_once"),
            models.UniqueConstraint(fields=["email"], name="user_email_once"),
            models.UniqueConstraint(Lower("external_id"), name="user_external_id_once"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(external_id__isnull=True) | ~Q(external_id=""), name="user_external_id_not_empty"
            ),
        ]
        indexes = [
            models.Index(Lower("family_name"), Lower("given_name"), "id", name="user_by_name"),
            models.Index(
                fields=["first_signed_in_at"],
                name="user_first_signed_in",
                condition=Q(first_signed_in_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name to address the person by; the address where no name is known."""
        return f"{self.preferred_name or self.given_name} {self.family_name}".strip() or self.email

    @property
    def sorted_name(self) -> str:
        """The name as lists sort it: last name first."""
        first = self.preferred_name or self.given_name
        return ", ".join(part for part in (self.family_name, first) if part) or self.email

    @cached_property
    def held_roles(self) -> list[tuple[str, int | None]]:
        """(role key, department id or None) of every grant."""
        return list(self.role_grants.order_by("role", "department_id").values_list("role", "department_id"))

    @cached_property
    def is_manager(self) -> bool:
        """Whether anyone reports to this person."""
        return self.managed_affiliations.exists()

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """What this person may do over the whole tenant."""
        return roles.permissions_of(key for key, department_id in self.held_roles if department_id is None)

    @property
    def usable_permissions(self) -> frozenset[Permission]:
        """Those of `permissions` that the site's status allows now: whether a page offers a button."""
        return usable(self.permissions)

    @cached_property
    def department_permissions(self) -> frozenset[Permission]:
        """What this person may do over the people of some departments."""
        return roles.permissions_of(
            key for key, department_id in self.held_roles if department_id is not None
        )

    @cached_property
    def scoped_permissions(self) -> frozenset[Permission]:
        """What this person may do over some people only: of a department, or who report to them."""
        scoped = self.department_permissions
        return scoped | roles.Manager.permissions if self.is_manager else scoped

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's own question, in our words."""
        return perm in self.permissions

    def has_module_perms(self, app_label: str) -> bool:
        """No Django admin is served to tenants."""
        return False


class Department(models.Model):
    """A unit of the university. `code` is what rosters call it; stored upper-case."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="department_public_id_once"),
            models.UniqueConstraint(fields=["code"], name="department_code_once"),
            models.CheckConstraint(condition=Q(code=Upper("code")), name="department_code_is_upper_case"),
        ]

    def __str__(self) -> str:
        return self.name


class Affiliation(models.Model):
    """One appointment of a person in a department, from a date and perhaps to one (both inclusive)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="affiliations")
    department = models.ForeignKey(Department, models.PROTECT, related_name="affiliations")
    kind = models.CharField(_("kind"), max_length=20, choices=AffiliationKind)
    title = models.CharField(_("title"), max_length=200, blank=True)
    manager = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="managed_affiliations"
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    fte_percent = models.DecimalField(
        _("working time"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    source = models.CharField(max_length=10, choices=AffiliationSource, default=AffiliationSource.HAND)

    class Meta:
        verbose_name = _("affiliation")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="affiliation_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(manager__isnull=True) | ~Q(manager=models.F("user")),
                name="affiliation_not_own_manager",
            ),
            models.CheckConstraint(
                condition=Q(fte_percent__isnull=True) | Q(fte_percent__gte=0, fte_percent__lte=100),
                name="affiliation_fte_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.department_id}"


class Leave(models.Model):
    """A stretch of days away, first and last day inclusive; open-ended while `ends_on` is null."""

    user = models.ForeignKey(User, models.CASCADE, related_name="leaves")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("leave")
        constraints = [
            models.UniqueConstraint(fields=["user", "starts_on"], name="leave_start_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="leave_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on}/{self.ends_on or ''}"


class RoleGrant(models.Model):
    """A role held by a person: over the tenant, or over one department and those below it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=40)
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, blank=True, related_name="role_grants"
    )
    granted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("role")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "department"], name="role_grant_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.role


class Invitation(models.Model):
    """A way in for one person, once. Only the hash of the token is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("invitation")
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="invitation_token_once"),
            models.UniqueConstraint(
                fields=["user"], name="invitation_one_open", condition=Q(accepted_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"


class RosterImport(models.Model):
    """One uploaded file on its way into the list of people.

    `seen` is the digest of what it was to do to obligations when somebody last said yes to it. `asked_by` wants it
    imported, `decided_by` is the second person where so many are affected that it takes two. With `undoes` it has no
    file: it takes back what that import did, and its rows are people.
    """

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=12, choices=RosterImportState, default=RosterImportState.UPLOADED)
    file_name = models.CharField(max_length=255)
    content = models.BinaryField()
    encoding = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    refusal = models.TextField(blank=True)
    job_public_id = models.UUIDField(null=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    seen = models.CharField(max_length=64, blank=True, default="", db_default="")
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True, default="", db_default="")
    undoes = models.OneToOneField("self", models.CASCADE, null=True, related_name="undone_by")

    class Meta:
        verbose_name = _("roster import")
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="roster_import_public_id_once"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
                name="roster_import_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def title(self) -> str:
        """What lists call it."""
        return str(_("Undo of %(file)s") % {"file": self.file_name}) if self.undoes_id else self.file_name

    @property
    def begun_at(self) -> datetime | None:
        """When it began to write; None before, and for what is from before this was kept."""
        begun = self.options.get("begun_at")
        return datetime.fromisoformat(begun) if begun else None


class RosterRow(models.Model):
    """One line of an import: what it said, what it leads to, and whether that has happened."""

    roster_import = models.ForeignKey(RosterImport, models.CASCADE, related_name="rows")
    line_number = models.IntegerField()
    values = models.JSONField()
    outcome = models.CharField(max_length=10, choices=RowOutcome)
    problems = models.JSONField(default=list)
    changes = models.JSONField(default=dict)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("roster row")
        constraints = [
            models.UniqueConstraint(fields=["roster_import", "line_number"], name="roster_row_line_once"),
        ]
        indexes = [
            models.Index(
                fields=["roster_import", "line_number"],
                name="roster_row_to_apply",
                condition=Q(applied_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_number}"
