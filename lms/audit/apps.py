"""The audit app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Who did what."""

    name = "lms.audit"
    label = "audit"
    verbose_name = _("Audit log")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lms.access.permissions import Permission
        from lms.ui import navigation

        navigation.register(
            navigation.Entry(
                key="audit",
                label=_("Audit log"),
                url_name="audit:event-list",
                permission=Permission.AUDIT_VIEW,
                order=70,
            )
        )
