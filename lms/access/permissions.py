"""Every permission in the product, in one list."""

from enum import StrEnum

from tenants.lifecycle import refusals
from tenants.rules.lifecycle import Deed


class Permission(StrEnum):
    """What a person may do, named `thing.deed`.

    A permission stands here when a page or an action asks for it. What everyone may do for themselves
    (learn, see their own record, change their own profile) needs none.
    """

    SITE_OWN = "site.own"
    SETTINGS_CHANGE = "settings.change"
    DATA_EXPORT = "data.export"
    ROLES_ASSIGN = "roles.assign"
    PEOPLE_VIEW = "people.view"
    PEOPLE_CHANGE = "people.change"
    PEOPLE_IMPORT = "people.import"
    COURSES_VIEW = "courses.view"
    COURSES_EDIT = "courses.edit"
    COURSES_PUBLISH = "courses.publish"
    REQUIREMENTS_VIEW = "requirements.view"
    REQUIREMENTS_PREVIEW = "requirements.preview"
    REQUIREMENTS_EDIT = "requirements.edit"
    REPORTS_VIEW = "reports.view"
    REPORTS_EXPORT = "reports.export"
    REMINDERS_SEND = "reminders.send"
    WAIVERS_VIEW = "waivers.view"
    WAIVERS_ASK = "waivers.ask"
    WAIVERS_DECIDE = "waivers.decide"
    DUE_DATES_EXTEND = "due_dates.extend"
    DUE_DATES_EXTEND_LIMITED = "due_dates.extend_limited"
    EVIDENCE_VIEW = "evidence.view"
    EVIDENCE_REVIEW = "evidence.review"
    COMPLETIONS_CERTIFY = "completions.certify"
    EVENTS_RECORD = "events.record"
    PROGRAM_VIEW = "program.view"
    PROGRAM_EDIT = "program.edit"
    MESSAGES_VIEW = "messages.view"
    AUDIT_VIEW = "audit.view"
    SHARING_VIEW = "sharing.view"
    SHARING_DECIDE = "sharing.decide"


# What those that change something need of the tenant's status besides (tenants.rules.lifecycle).
DEEDS: dict[Permission, Deed] = {
    Permission.SITE_OWN: Deed.ADMINISTER,
    Permission.SETTINGS_CHANGE: Deed.ADMINISTER,
    Permission.ROLES_ASSIGN: Deed.ADMINISTER,
    Permission.PEOPLE_CHANGE: Deed.ADMINISTER,
    Permission.PEOPLE_IMPORT: Deed.ADMINISTER,
    Permission.COURSES_EDIT: Deed.ADMINISTER,
    Permission.COURSES_PUBLISH: Deed.ADMINISTER,
    Permission.REQUIREMENTS_EDIT: Deed.ADMINISTER,
    Permission.REMINDERS_SEND: Deed.REMIND,
    Permission.WAIVERS_ASK: Deed.ADMINISTER,
    Permission.WAIVERS_DECIDE: Deed.ADMINISTER,
    Permission.DUE_DATES_EXTEND: Deed.ADMINISTER,
    Permission.DUE_DATES_EXTEND_LIMITED: Deed.ADMINISTER,
    Permission.EVIDENCE_REVIEW: Deed.ADMINISTER,
    Permission.COMPLETIONS_CERTIFY: Deed.ADMINISTER,
    Permission.EVENTS_RECORD: Deed.ADMINISTER,
    Permission.PROGRAM_EDIT: Deed.ADMINISTER,
    Permission.SHARING_DECIDE: Deed.ADMINISTER,
}


def usable(held: frozenset[Permission]) -> frozenset[Permission]:
    """Those of `held` that the status of the tenant in force lets people use at the moment."""
    return frozenset(one for one in held if one not in DEEDS or refusals.allowed(DEEDS[one]))
