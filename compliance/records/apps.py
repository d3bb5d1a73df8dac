"""Registration."""

from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    """Who has which requirement, and who complied."""

    name = "compliance.records"
    label = "records"
    verbose_name = _("Records")

    def ready(self) -> None:
        """Register the jobs, the deeds that are logged, and what is listened to."""
        from compliance.records import subscriptions
        from lms.audit import kinds
        from tenants.schedule import ScheduledJob, register

        turn = "compliance.records.actions.daily_turn"
        # Before the reminders of the day, which look at what this leaves.
        register(ScheduledJob(name="records.daily", action=turn, local_time=time(5, 30)))
        register(ScheduledJob(name=subscriptions.REFRESH, action=turn))
        register(
            ScheduledJob(name=subscriptions.COMPLETIONS, action="compliance.records.actions.completions_turn")
        )
        kinds.register("records.updated", _("brought the records up to date"))
        subscriptions.connect()
