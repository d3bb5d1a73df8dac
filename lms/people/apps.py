"""The people app."""

from datetime import time, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Who is here."""

    name = "lms.people"
    label = "people"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        _register_jobs()
        _register_deeds()
        _register_letters()
        _register_navigation()


def _register_jobs() -> None:
    from lms.access.permissions import Permission
    from lms.jobs import kinds
    from lms.people.imports import intake
    from lms.people.queries import counted
    from tenants import schedule

    schedule.register(
        schedule.ScheduledJob(
            name="people.forget",
            action="lms.people.imports.keeping.forget_daily",
            local_time=time(3, 10),
            spread=timedelta(hours=1),
        )
    )
    for key, title, runner in (
        (intake.CHECK_JOB, _("Checking a roster"), "lms.people.imports.check.run"),
        (counted.IMPORT_JOB, _("Importing a roster"), "lms.people.imports.apply.run"),
        (intake.UNDO_CHECK_JOB, _("Working out an undo"), "lms.people.imports.undo_jobs.check"),
        (intake.UNDO_JOB, _("Undoing an import"), "lms.people.imports.undo_jobs.run"),
    ):
        kinds.register(
            kinds.JobKind(
                key=key,
                title=title,
                runner=runner,
                result_url="lms.people.queries.import_url",
                noun=_("lines"),
                permission=Permission.PEOPLE_IMPORT,
                administers=True,
            )
        )


def _register_deeds() -> None:
    from lms.audit import kinds

    for deed, words in (
        ("people.added", _("added")),
        ("people.edited", _("edited")),
        ("people.deactivated", _("deactivated")),
        ("people.reactivated", _("reactivated")),
        ("people.invited", _("invited")),
        ("people.accepted", _("accepted the invitation of")),
        ("people.role_granted", _("gave a role to")),
        ("people.role_revoked", _("took a role from")),
        ("people.affiliation_saved", _("changed the appointment of")),
        ("people.leave_saved", _("changed a leave of")),
        ("people.department_added", _("added the department")),
        ("people.department_changed", _("changed the department")),
        ("people.group_added", _("added the group")),
        ("people.group_changed", _("changed the group")),
        ("people.members_added", _("added people to the group")),
        ("people.member_removed", _("took somebody out of the group")),
        ("people.field_added", _("added the field")),
        ("people.field_changed", _("changed the field")),
        ("people.field_values_changed", _("changed what fields say of")),
        ("people.edit_asked", _("asked a second person about")),
        ("people.edit_approved", _("agreed to")),
        ("people.edit_rejected", _("did not agree to")),
        ("people.edit_withdrawn", _("took back the question about")),
        ("people.imported", _("imported the roster")),
        ("people.import_asked", _("asked a second person about the import of the roster")),
        ("people.import_approved", _("agreed to the import of the roster")),
        ("people.import_rejected", _("did not agree to the import of the roster")),
        ("people.import_withdrawn", _("took back the question about the import of the roster")),
        (
            "people.import_stopped",
            _("did not import, because it would do something else by then, the roster"),
        ),
        ("people.import_undone", _("undid the import of the roster")),
        ("people.undo_asked", _("asked a second person about undoing the import of the roster")),
        ("people.undo_approved", _("agreed to undoing the import of the roster")),
        ("people.undo_rejected", _("did not agree to undoing the import of the roster")),
        ("people.undo_withdrawn", _("took back the question about undoing the import of the roster")),
        (
            "people.undo_stopped",
            _("did not undo, because it would do something else by then, the import of the roster"),
        ),
    ):
        kinds.register(deed, words, administers=deed != "people.accepted")


def _register_letters() -> None:
    from lms.mail import kinds
    from lms.mail.enums import Category

    kinds.register(
        kinds.MessageKind(
            "people.roster",
            Category.REQUIRED,
            _("Roster imports"),
            context="lms.people.messages_rosters.roster",
        )
    )
    kinds.register(
        kinds.MessageKind(
            "people.proposal",
            Category.REQUIRED,
            _("Edits that take two"),
            context="lms.people.messages_proposals.proposal",
        )
    )


def _register_navigation() -> None:
    from lms.access.permissions import Permission
    from lms.ui import navigation

    navigation.register(
        navigation.Entry(
            key="people",
            label=_("People"),
            url_name="people:person-list",
            permission=Permission.PEOPLE_VIEW,
            is_scoped=True,
            order=30,
        )
    )
    navigation.register(
        navigation.Entry(
            key="profile",
            label=_("Profile"),
            url_name="people:profile",
            order=10,
            area="user",
            icon="user",
        )
    )
