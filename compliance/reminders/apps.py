"""The reminders app."""

from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RemindersConfig(AppConfig):
    """Which notice is due to whom, and when it leaves."""

    name = "compliance.reminders"
    label = "reminders"
    verbose_name = _("Reminders")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lms.audit import kinds as audit_kinds
        from lms.mail import kinds as mail_kinds
        from lms.mail.enums import Category
        from tenants import schedule
        from tenants.rules.lifecycle import Deed

        # The day's cycles must be open and the day's leavers gone, also when both are late.
        schedule.register(
            schedule.ScheduledJob(
                name="reminders.daily",
                action="compliance.reminders.actions.run_daily",
                local_time=time(8, 0),
                deed=Deed.REMIND,
                after=("records.daily",),
            )
        )
        schedule.register(
            schedule.ScheduledJob(name="reminders.settle", action="compliance.reminders.actions.settle")
        )
        mail_kinds.register(
            mail_kinds.MessageKind(
                "reminders.digest",
                Category.REQUIRED,
                _("Training reminder"),
                context="compliance.reminders.messages.digest",
                deed=Deed.REMIND,
            )
        )
        mail_kinds.register(
            mail_kinds.MessageKind(
                "reminders.escalation",
                Category.REQUIRED,
                _("Overdue training of others"),
                context="compliance.reminders.actions.escalation_letter",
                deed=Deed.REMIND,
            )
        )
        audit_kinds.register("reminders.sent_by_hand", _("sent reminders by hand"))
