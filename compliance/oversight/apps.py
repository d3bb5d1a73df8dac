"""The oversight app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OversightConfig(AppConfig):
    """Home, overview, and the people behind each figure."""

    name = "compliance.oversight"
    label = "oversight"
    verbose_name = _("Oversight")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lms.access.permissions import Permission
        from lms.audit import kinds as audit_kinds
        from lms.ui import navigation

        audit_kinds.register("oversight.people_exported", _("exported people and their standing"))
        navigation.register(
            navigation.Entry(
                key="home",
                label=_("My training"),
                url_name="oversight:home",
                order=10,
                pages=("oversight:status",),
                also=("learning",),
            )
        )
        navigation.register(
            navigation.Entry(
                key="overview",
                label=_("Overview"),
                url_name="oversight:overview",
                permission=Permission.REPORTS_VIEW,
                order=20,
                also=("reminders",),
            )
        )
