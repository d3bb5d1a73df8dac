"""The mail app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    """The only way a message leaves."""

    name = "lms.mail"
    label = "mail"
    verbose_name = _("Messages")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lms.access.permissions import Permission
        from lms.audit import kinds as audit_kinds
        from lms.mail.actions import JOB
        from lms.ui import navigation
        from tenants import schedule

        schedule.register(JOB)
        audit_kinds.register("mail.resent", _("sent again the message"))
        navigation.register(
            navigation.Entry(
                key="messages",
                label=_("Messages"),
                url_name="mail:message-list",
                permission=Permission.MESSAGES_VIEW,
                order=60,
            )
        )
        navigation.register(
            navigation.Entry(
                key="own-messages",
                label=_("Messages we sent you"),
                url_name="mail:own-messages",
                permission=None,
                order=20,
                area="user",
            )
        )
