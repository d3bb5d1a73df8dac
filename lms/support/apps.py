"""The support app: no tables of its own."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    """The operator's support as a guest."""

    name = "lms.support"
    label = "support"
    verbose_name = _("Support access")

    def ready(self) -> None:
        from lms.access.permissions import Permission
        from lms.audit import kinds as deeds
        from lms.site import kinds as site
        from lms.support.kinds import KINDS
        from lms.ui import navigation

        deeds.register("support.viewed", _("looked at"))
        deeds.register("support.refused_page", _("was not shown"))
        for kind in KINDS:
            site.register(kind)
            deeds.register(f"site.{kind.key}", kind.deed)
        navigation.register(
            navigation.Entry(
                key="support",
                label=_("Support access"),
                url_name="support:access",
                permission=Permission.SETTINGS_CHANGE,
                order=30,
                area="user",
                icon="eye",
            )
        )
