"""Registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

DEEDS = {
    "consequences.receiver_added": _("added a system that is told who loses access:"),
    "consequences.receiver_changed": _("changed a system that is told who loses access:"),
    "consequences.secret_rotated": _("made a new signing secret for the system"),
    "consequences.receiver_paused": _("paused a system that is told who loses access:"),
    "consequences.receiver_resumed": _("turned on again a system that is told who loses access:"),
    "consequences.receiver_ended": _("ended a system that was told who loses access:"),
    "consequences.added": _("made being late have a consequence, for the requirement"),
    "consequences.ended": _("ended a consequence of being late, for the requirement"),
    "consequences.freeze_added": _("froze withdrawals of access for days:"),
    "consequences.freeze_removed": _("took a freeze of withdrawals back:"),
    "consequences.sent_again": _("sent a call again to the system"),
}


class ConsequencesConfig(AppConfig):
    """Who is late loses access elsewhere, and regains it by themselves."""

    name = "compliance.consequences"
    label = "consequences"
    verbose_name = _("Consequences")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the jobs, the deeds that are logged, and what is listened to."""
        from compliance.consequences import kinds, rules, subscriptions
        from lms.access.permissions import Permission
        from lms.audit import kinds as audit_kinds
        from lms.ui import navigation
        from tenants.rules.lifecycle import Deed
        from tenants.schedule import ScheduledJob, register

        actions = "compliance.consequences.actions"
        # Where nobody can take it back, nobody loses access; giving it back is never held up.
        register(
            ScheduledJob(
                name=kinds.DAILY,
                action=f"{actions}.nightly_turn",
                local_time=rules.TURN_TIME,
                deed=Deed.ADMINISTER,
                after=("records.daily",),
            )
        )
        register(ScheduledJob(name=kinds.RESTORE, action=f"{actions}.restore"))
        register(ScheduledJob(name=kinds.DELIVER, action=f"{actions}.deliver_pending"))
        for action, label in DEEDS.items():
            audit_kinds.register(action, label, administers=True)
        audit_kinds.register("consequences.turned", _("withdrew or restored access elsewhere"))
        subscriptions.connect()
        navigation.register(
            navigation.Entry(
                key="withdrawn_access",
                label=_("Withdrawn access"),
                url_name="consequences:log",
                permission=Permission.REPORTS_VIEW,
                order=19,
                area="user",
                icon="lock",
                pages=("consequences:log", "consequences:freezes"),
            )
        )
        navigation.register(
            navigation.Entry(
                key="systems_told",
                label=_("Systems that are told"),
                url_name="consequences:systems",
                permission=Permission.SETTINGS_CHANGE,
                order=17,
                area="user",
                icon="send",
                pages=("consequences:systems", "consequences:system"),
            )
        )
