"""The jobs app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    """Long work with progress."""

    name = "lms.jobs"
    label = "jobs"
    verbose_name = _("Long work")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lms.audit import kinds as audit_kinds
        from lms.jobs.actions.starting import JOB
        from tenants import schedule

        schedule.register(JOB)
        audit_kinds.register("jobs.cancelled", _("cancelled"))
