"""Registration."""

from datetime import time, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

DEEDS = {
    "changes.asked": _("proposed a change that needs a second person, of the requirement"),
    "changes.made": _("made a change of the requirement"),
    "changes.day_named": _("named the day a change takes effect, of the requirement"),
    "changes.agreed": _("agreed to a change on a coming day, of the requirement"),
    "changes.took_effect": _("made what was agreed for this day, a change of the requirement"),
    "changes.returned": _("handed back a change that was agreed for this day, of the requirement"),
    "changes.undone": _("undid a change of the requirement"),
    "changes.rejected": _("rejected a change of the requirement"),
    "changes.withdrawn": _("withdrew a change of the requirement"),
    "changes.holidays_asked": _("proposed a change of the holidays that needs a second person:"),
    "changes.holidays_made": _("made a change of the holidays:"),
    "changes.holidays_undone": _("undid a change of the holidays:"),
    "changes.holidays_rejected": _("rejected a change of the holidays:"),
    "changes.holidays_withdrawn": _("withdrew a change of the holidays:"),
    "changes.threshold_set": _("set from how many people a change needs a second person"),
}


class ChangesConfig(AppConfig):
    """Changes of requirements, seen before they are made."""

    name = "compliance.changes"
    label = "changes"
    verbose_name = _("Changes")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the deeds that are logged, the job, the letter, and the entry in the navigation."""
        from lms.access.permissions import Permission
        from lms.audit import kinds
        from lms.mail import kinds as mail_kinds
        from lms.mail.enums import Category
        from lms.ui import navigation

        for action, label in DEEDS.items():
            kinds.register(action, label, administers=True)
        kinds.register("changes.exported", _("exported whom a change concerns"))
        kinds.register("changes.holidays_exported", _("exported whom a change of the holidays concerns:"))
        kinds.register("changes.roster_exported", _("exported whom a roster import concerns"))
        _register_job()
        _register_day()
        letters = {
            "changes.change": (_("Changes of requirements"), "messages.change"),
            "changes.holidays": (_("Changes of the holidays"), "messages.holidays"),
        }
        for kind, (label, context) in letters.items():
            mail_kinds.register(
                mail_kinds.MessageKind(
                    kind, Category.REQUIRED, label, context=f"compliance.changes.{context}"
                )
            )
        navigation.register(
            navigation.Entry(
                key="changes",
                label=_("Changes"),
                url_name="changes:list",
                permission=Permission.REQUIREMENTS_VIEW,
                order=52,
            )
        )
        # Whoever sets up the site need not see requirements; from the list it is one step as well.
        navigation.register(
            navigation.Entry(
                key="changes_threshold",
                label=_("When a change takes two"),
                url_name="changes:threshold",
                permission=Permission.SETTINGS_CHANGE,
                order=18,
                area="user",
                icon="users",
                pages=("changes:threshold",),
            )
        )


def _register_day() -> None:
    """The day of what was agreed ahead."""
    from compliance.changes import subscriptions
    from tenants import schedule

    # Early, so that a day begins with what was agreed for it; the records' own turn waits for it.
    schedule.register(
        schedule.ScheduledJob(
            name="changes.daily",
            action="compliance.changes.actions.take_effect",
            local_time=time(0, 10),
            spread=timedelta(hours=1),
        )
    )
    subscriptions.connect()


def _register_job() -> None:
    """The job that works out and makes what concerns many."""
    from compliance.changes.queries.works import JOB_KIND
    from lms.access.permissions import Permission
    from lms.jobs import kinds as job_kinds

    job_kinds.register(
        job_kinds.JobKind(
            key=JOB_KIND,
            title=_("A change of a requirement"),
            runner="compliance.changes.actions.working.run",
            result_url="compliance.changes.queries.works.address_of",
            result_label=_("To the change"),
            noun=_("people"),
            permission=Permission.REQUIREMENTS_EDIT,
            administers=True,
        )
    )
