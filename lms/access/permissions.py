"""Every permission in the product, in one list."""

from enum import StrEnum


class Permission(StrEnum):
    """What a person may do, named `thing.deed`.

    A permission stands here when a page or an action asks for it. What everyone may do for themselves
    (learn, see their own record, change their own profile) needs none.
    """

    SETTINGS_CHANGE = "settings.change"
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
    MESSAGES_VIEW = "messages.view"
    AUDIT_VIEW = "audit.view"
