"""The roles a customer can read about: a name, a sentence, a scope and a set of permissions."""

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.access.permissions import Permission


class Scope(StrEnum):
    """Over whom the permissions of a role reach."""

    TENANT = "tenant"
    DEPARTMENT = "department"
    REPORTS = "reports"
    SELF = "self"


class Role:
    """One role. Subclasses are data; nothing is ever instantiated."""

    key: ClassVar[str]
    name: ClassVar[Promise]
    description: ClassVar[Promise]
    scope: ClassVar[Scope] = Scope.TENANT
    permissions: ClassVar[frozenset[Permission]] = frozenset()
    is_assignable: ClassVar[bool] = True


class Owner(Role):
    """Answers for the contract and decides who administers."""

    key = "owner"
    name = _("Owner")
    description = _(
        "Answers for the site: its address, settings and end, who holds which role, and what it shares. "
        "At least one remains."
    )
    permissions = frozenset(
        {
            Permission.SITE_OWN,
            Permission.SETTINGS_CHANGE,
            Permission.DATA_EXPORT,
            Permission.ROLES_ASSIGN,
            Permission.PEOPLE_VIEW,
            Permission.SHARING_VIEW,
            Permission.SHARING_DECIDE,
        }
    )


class Administrator(Role):
    """Keeps the site and its people in order."""

    key = "administrator"
    name = _("Administrator")
    description = _(
        "Adds, imports and deactivates people, assigns roles except Owner, sees all reports, and moves due dates."
    )
    permissions = frozenset(
        {
            Permission.SETTINGS_CHANGE,
            Permission.ROLES_ASSIGN,
            Permission.PEOPLE_VIEW,
            Permission.PEOPLE_CHANGE,
            Permission.PEOPLE_IMPORT,
            Permission.COURSES_VIEW,
            Permission.REQUIREMENTS_VIEW,
            Permission.REQUIREMENTS_PREVIEW,
            Permission.PROGRAM_VIEW,
            Permission.REPORTS_VIEW,
            Permission.REPORTS_EXPORT,
            Permission.WAIVERS_VIEW,
            Permission.WAIVERS_ASK,
            Permission.DUE_DATES_EXTEND,
            Permission.DUE_DATES_EXTEND_LIMITED,
            Permission.REMINDERS_SEND,
            Permission.MESSAGES_VIEW,
            Permission.AUDIT_VIEW,
            Permission.SHARING_VIEW,
        }
    )


class ComplianceOfficer(Role):
    """Decides who must be trained in what, and proves it."""

    key = "compliance_officer"
    name = _("Compliance officer")
    description = _(
        "Writes and turns on requirements, follows who complied, decides waivers, extensions and proof of training "
        "done elsewhere, certifies and revokes training, keeps the duties of the program, and answers "
        "to auditors."
    )
    permissions = frozenset(
        {
            Permission.PEOPLE_VIEW,
            Permission.COURSES_VIEW,
            Permission.REQUIREMENTS_VIEW,
            Permission.REQUIREMENTS_PREVIEW,
            Permission.REQUIREMENTS_EDIT,
            Permission.REPORTS_VIEW,
            Permission.REPORTS_EXPORT,
            Permission.WAIVERS_VIEW,
            Permission.WAIVERS_ASK,
            Permission.WAIVERS_DECIDE,
            Permission.DUE_DATES_EXTEND,
            Permission.DUE_DATES_EXTEND_LIMITED,
            Permission.EVIDENCE_VIEW,
            Permission.EVIDENCE_REVIEW,
            Permission.COMPLETIONS_CERTIFY,
            Permission.EVENTS_RECORD,
            Permission.PROGRAM_VIEW,
            Permission.PROGRAM_EDIT,
            Permission.REMINDERS_SEND,
            Permission.MESSAGES_VIEW,
            Permission.AUDIT_VIEW,
            Permission.SHARING_VIEW,
        }
    )


class Author(Role):
    """Writes what is learned."""

    key = "author"
    name = _("Author")
    description = _("Writes courses and publishes new versions of them.")
    permissions = frozenset({Permission.COURSES_VIEW, Permission.COURSES_EDIT, Permission.COURSES_PUBLISH})


class DepartmentAdministrator(Role):
    """Looks after one department and those below it."""

    key = "department_administrator"
    name = _("Department administrator")
    description = _(
        "Sees the people and the reports of one department and of those below it, reminds them, moves their due dates "
        "as far as the university lets departments, asks for waivers and longer extensions, and reviews their proof "
        "of training done elsewhere. Changes no requirement and sees no answers to a quiz."
    )
    scope = Scope.DEPARTMENT
    permissions = frozenset(
        {
            Permission.PEOPLE_VIEW,
            Permission.REQUIREMENTS_PREVIEW,
            Permission.REPORTS_VIEW,
            Permission.REPORTS_EXPORT,
            Permission.WAIVERS_VIEW,
            Permission.WAIVERS_ASK,
            Permission.DUE_DATES_EXTEND_LIMITED,
            Permission.REMINDERS_SEND,
            Permission.EVIDENCE_VIEW,
            Permission.EVIDENCE_REVIEW,
        }
    )


class EvidenceReviewer(Role):
    """Looks at proof of training that was done elsewhere."""

    key = "evidence_reviewer"
    name = _("Evidence reviewer")
    description = _(
        "Reviews proof of training done elsewhere, of everybody: accepts it or says what is wrong."
    )
    permissions = frozenset({Permission.PEOPLE_VIEW, Permission.EVIDENCE_VIEW, Permission.EVIDENCE_REVIEW})


class Auditor(Role):
    """Looks, and changes nothing."""

    key = "auditor"
    name = _("Auditor")
    description = _(
        "Reads requirements, duties of the program, reports and the audit log. Can change nothing."
    )
    permissions = frozenset(
        {
            Permission.PEOPLE_VIEW,
            Permission.COURSES_VIEW,
            Permission.REQUIREMENTS_VIEW,
            Permission.REPORTS_VIEW,
            Permission.REPORTS_EXPORT,
            Permission.WAIVERS_VIEW,
            Permission.EVIDENCE_VIEW,
            Permission.PROGRAM_VIEW,
            Permission.AUDIT_VIEW,
        }
    )


class Manager(Role):
    """Follows from having reports; nobody grants it."""

    key = "manager"
    name = _("Manager")
    description = _(
        "Sees whether the people who report to them are trained, and asks for waivers and extensions for them. "
        "Follows from who reports."
    )
    scope = Scope.REPORTS
    permissions = frozenset(
        {
            Permission.PEOPLE_VIEW,
            Permission.REPORTS_VIEW,
            Permission.REPORTS_EXPORT,
            Permission.WAIVERS_VIEW,
            Permission.WAIVERS_ASK,
        }
    )
    is_assignable = False


class Learner(Role):
    """Everyone who signs in."""

    key = "learner"
    name = _("Learner")
    description = _("Takes courses and sees their own record. Everyone who signs in is one.")
    scope = Scope.SELF
    is_assignable = False


class Support(Role):
    """Whoever helps from the operator's side, under a grant; nobody of the tenant is one (docs/adr)."""

    key = "support"
    name = _("Support")
    description = _(
        "The operator's support, for an hour at most and for a reason you are told. Reads; changes nothing, "
        "takes out no file. Nobody can be given it."
    )
    # No export: a file leaves with everything in it. No preview and no settings: those belong to the tenant's work.
    permissions = frozenset(
        {
            Permission.PEOPLE_VIEW,
            Permission.COURSES_VIEW,
            Permission.REQUIREMENTS_VIEW,
            Permission.PROGRAM_VIEW,
            Permission.REPORTS_VIEW,
            Permission.MESSAGES_VIEW,
            Permission.AUDIT_VIEW,
        }
    )
    is_assignable = False


ALL: tuple[type[Role], ...] = (
    Owner,
    Administrator,
    ComplianceOfficer,
    Author,
    DepartmentAdministrator,
    EvidenceReviewer,
    Auditor,
    Manager,
    Learner,
    Support,
)
BY_KEY: dict[str, type[Role]] = {role.key: role for role in ALL}
ASSIGNABLE: tuple[type[Role], ...] = tuple(role for role in ALL if role.is_assignable)


def permissions_of(keys: Iterable[str]) -> frozenset[Permission]:
    """The union of the permissions of these roles. An unknown key (a role since removed) grants nothing."""
    return frozenset().union(*(BY_KEY[key].permissions for key in keys if key in BY_KEY))
