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

        # After records.daily (05:30), so that the day's cycles are open and the day's leavers are gone.
        schedule.register(
            schedule.ScheduledJob(
                name="reminders.daily",
                action="compliance.reminders.actions.run_daily",
                local_time=time(8, 0),
                deed=Deed.REMIND,
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
        audit_kinds.register("reminders.sent_by_hand", _("sent reminders by hand"))
