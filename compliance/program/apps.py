"""Registration."""

from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

DEEDS = {
    "program.drafted": _("drafted the duty"),
    "program.changed": _("changed the duty"),
    "program.turned_on": _("turned on the duty"),
    "program.retired": _("retired the duty"),
    "program.discarded": _("discarded the draft of the duty"),
    "program.done": _("recorded as done the duty"),
    "program.missed": _("recorded as missed the duty"),
    "program.corrected": _("corrected what was recorded of the duty"),
    "program.reopened": _("took back that it was done: the duty"),
}


class ProgramConfig(AppConfig):
    """What whoever runs the program has to do themselves."""

    name = "compliance.program"
    label = "program"
    verbose_name = _("Program")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the jobs, the deeds that are logged, the letters, and the entry in the navigation."""
        from compliance.program import handlers
        from compliance.requirements.events import duties_asked
        from lms.access.permissions import Permission
        from lms.audit import kinds
        from lms.people import events
        from lms.ui import navigation

        events.standing_asked.connect(handlers.answer_standing, dispatch_uid="program.answer_standing")
        duties_asked.connect(handlers.answer_duties, dispatch_uid="program.answer_duties")
        _register_jobs()
        _register_letters()
        for action, label in DEEDS.items():
            kinds.register(action, label, administers=True)
        kinds.register("program.exported", _("exported the rounds of all duties"))
        navigation.register(
            navigation.Entry(
                key="program",
                label=_("Program"),
                url_name="program:list",
                permission=Permission.PROGRAM_VIEW,
                order=51,
            )
        )


def _register_jobs() -> None:
    from compliance.program.actions import reminding, turning
    from tenants.rules.lifecycle import Deed
    from tenants.schedule import ScheduledJob, register

    night = "compliance.program.actions.run_daily"
    register(ScheduledJob(name=turning.JOB, action=night, local_time=time(5, 0)))
    register(
        ScheduledJob(
            name=reminding.JOB,
            action="compliance.program.actions.remind_daily",
            local_time=time(8, 5),
            deed=Deed.REMIND,
            after=(turning.JOB,),
        )
    )


def _register_letters() -> None:
    from compliance.program import messages
    from lms.mail import kinds
    from lms.mail.enums import Category
    from tenants.rules.lifecycle import Deed

    for key, label in (
        (messages.REMINDER, _("Reminder of a duty of the program")),
        (messages.ATTENTION, _("A duty of the program that is overdue or has no owner")),
    ):
        words = f"compliance.program.messages.{key.partition('.')[2]}"
        kinds.register(kinds.MessageKind(key, Category.REQUIRED, label, context=words, deed=Deed.REMIND))
