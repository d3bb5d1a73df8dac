"""The evidence app."""

from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

DEEDS = {
    "evidence.sent": _("sent proof of training done elsewhere"),
    "evidence.withdrawn": _("withdrew proof"),
    "evidence.accepted": _("accepted proof"),
    "evidence.rejected": _("did not accept proof"),
    "evidence.aim_set": _("set the aim for reviews of proof"),
}
PAGES = ("evidence:review", "evidence:decide")


class EvidenceConfig(AppConfig):
    """Proof of training done elsewhere, its review, and files of requests."""

    name = "compliance.evidence"
    label = "evidence"
    verbose_name = _("Evidence")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from compliance.evidence import messages
        from compliance.evidence.actions import chasing, reading
        from lms.audit import kinds as audit_kinds
        from lms.mail import kinds as mail_kinds
        from lms.mail.enums import Category
        from tenants import schedule
        from tenants.rules.lifecycle import Deed

        schedule.register(
            schedule.ScheduledJob(
                name=chasing.JOB, action="compliance.evidence.actions.chase", deed=Deed.REMIND
            )
        )
        schedule.register(
            schedule.ScheduledJob(
                name=reading.JOB, action="compliance.evidence.actions.read_files", local_time=time(4, 20)
            )
        )
        for action, label in DEEDS.items():
            audit_kinds.register(action, label, administers=True)
        mail_kinds.register(
            mail_kinds.MessageKind(
                messages.DECIDED,
                Category.REQUIRED,
                _("Proof of training: the decision"),
                context="compliance.evidence.messages.decided",
            )
        )
        mail_kinds.register(
            mail_kinds.MessageKind(
                messages.OVERDUE,
                Category.REQUIRED,
                _("Proof of training that waits too long"),
                context="compliance.evidence.messages.overdue",
                deed=Deed.REMIND,
            )
        )
        _navigate()


def _navigate() -> None:
    """The links to the queue and to the aim for reviews."""
    from lms.access.permissions import Permission
    from lms.ui import navigation

    navigation.register(
        navigation.Entry(
            key="evidence",
            label=_("Evidence"),
            url_name="evidence:queue",
            permission=Permission.EVIDENCE_VIEW,
            is_scoped=True,
            order=56,
            pages=PAGES,
        )
    )
    navigation.register(
        navigation.Entry(
            key="review_aim",
            label=_("Aim for reviews"),
            url_name="evidence:aim",
            permission=Permission.SETTINGS_CHANGE,
            order=19,
            area="user",
            icon="clock",
            pages=("evidence:aim",),
        )
    )
