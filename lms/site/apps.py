"""The site app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    """The site as a whole: no tables of its own."""

    name = "lms.site"
    label = "site"
    verbose_name = _("Site")

    def ready(self) -> None:
        """Register what can happen, the letter about it and the way to the pages; listen."""
        from lms.access.permissions import Permission
        from lms.mail import kinds as mail_kinds
        from lms.mail.enums import Category
        from lms.site import subscriptions
        from lms.ui import navigation

        _register_events()
        mail_kinds.register(
            mail_kinds.MessageKind(
                "site.event", Category.ACCOUNT, _("About your site"), context="lms.site.messages.event"
            )
        )
        navigation.register(
            navigation.Entry(
                key="site",
                label=_("Site settings"),
                url_name="site:overview",
                permission=Permission.SETTINGS_CHANGE,
                order=15,
                area="user",
                icon="settings",
            )
        )
        subscriptions.connect()


def _register_events() -> None:
    from lms.audit import kinds as audit_kinds
    from lms.site import kinds, life

    for kind in life.KINDS:
        kinds.register(kind)
        audit_kinds.register(f"site.{kind.key}", kind.deed)
