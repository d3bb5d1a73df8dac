"""Registration."""

from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

DEEDS = {
    "records.waiver_asked": _("asked for a waiver"),
    "records.waiver_approved": _("approved a waiver"),
    "records.waiver_refused": _("refused a waiver"),
    "records.waiver_withdrawn": _("withdrew the request for a waiver"),
    "records.waiver_ended": _("ended a waiver early"),
    "records.exemption_asked": _("asked for an exemption"),
    "records.exemption_approved": _("approved an exemption"),
    "records.exemption_refused": _("refused an exemption"),
    "records.exemption_withdrawn": _("withdrew the request for an exemption"),
    "records.exemption_reviewed": _("looked at an exemption again"),
    "records.exemption_ended": _("ended an exemption"),
    "records.extension_asked": _("asked for an extension"),
    "records.extension_approved": _("approved an extension"),
    "records.extension_refused": _("refused an extension"),
    "records.extension_withdrawn": _("withdrew the request for an extension"),
    "records.extension_undone": _("took an extension back"),
    "records.extended": _("moved due dates"),
    "records.extension_limit_set": _("set by how many days departments move due dates"),
    "records.certification_asked": _("asked to certify training"),
    "records.certification_approved": _("approved a certification"),
    "records.certification_refused": _("refused a certification"),
    "records.certification_withdrawn": _("withdrew the request to certify training"),
    "records.revocation_asked": _("asked to revoke training"),
    "records.revocation_approved": _("approved a revocation"),
    "records.revocation_refused": _("refused a revocation"),
    "records.revocation_withdrawn": _("withdrew the request to revoke training"),
    "records.reinstatement_asked": _("asked to take a revocation back"),
    "records.reinstatement_approved": _("approved that a revocation is taken back"),
    "records.reinstatement_refused": _("refused to take a revocation back"),
    "records.reinstatement_withdrawn": _("withdrew the request to take a revocation back"),
    "records.credit_given": _("certified that training was completed"),
    "records.event_recorded": _("recorded an event and asked for training again"),
    "records.key_created": _("made an access key"),
    "records.key_revoked": _("revoked an access key"),
    "records.event_ended": _("ended an event that was recorded by mistake"),
    "records.history_asked": _("asked a second person to have past completions loaded"),
    "records.history_loaded": _("loaded past completions"),
    "records.history_refused": _("refused to have past completions loaded"),
    "records.history_withdrawn": _("withdrew past completions that were to be loaded"),
    "records.history_undo_asked": _("asked a second person to have a load of past completions taken back"),
    "records.history_undone": _("took a load of past completions back"),
    "records.history_undo_refused": _("refused to have a load of past completions taken back"),
    "records.history_undo_withdrawn": _("no longer wanted a load of past completions taken back"),
    "records.grace_decided": _("decided whether people in grace count as compliant:"),
    "records.credit_revoked": _("revoked what was completed"),
    "records.credit_restored": _("took a revocation back"),
}


class RecordsConfig(AppConfig):
    """Who has which requirement, and who complied."""

    name = "compliance.records"
    label = "records"
    verbose_name = _("Records")

    def ready(self) -> None:
        """Register the jobs, the deeds that are logged, and what is listened to."""
        from compliance.records import events, subscriptions
        from lms.audit import kinds
        from tenants.schedule import ScheduledJob, register

        turn = "compliance.records.actions.daily_turn"
        # Before the reminders of the day, which look at what this leaves.
        night = "compliance.records.actions.nightly_turn"
        # After the changes that were agreed for that day (an app above), so that the day begins with them.
        register(
            ScheduledJob(name="records.daily", action=night, local_time=time(5, 30), after=("changes.daily",))
        )
        register(ScheduledJob(name=events.REFRESH, action=turn))
        register(
            ScheduledJob(name=subscriptions.COMPLETIONS, action="compliance.records.actions.completions_turn")
        )
        kinds.register("records.updated", _("brought the records up to date"))
        _register_requests()
        _register_event_job()
        subscriptions.connect()


def _register_requests() -> None:
    """The deeds around waivers, exemptions and extensions, and the letters about them."""
    from lms.audit import kinds
    from lms.mail import kinds as mail_kinds
    from lms.mail.enums import Category

    for action, label in DEEDS.items():
        kinds.register(action, label, administers=True)
    mail_kinds.register(
        mail_kinds.MessageKind(
            "records.request",
            Category.REQUIRED,
            _("Requests that somebody decides"),
            context="compliance.records.letters_requests.letter",
        )
    )
    mail_kinds.register(
        mail_kinds.MessageKind(
            "records.event",
            Category.REQUIRED,
            _("Training asked for again"),
            context="compliance.records.messages.event",
        )
    )
    mail_kinds.register(
        mail_kinds.MessageKind(
            "records.credit",
            Category.REQUIRED,
            _("Certified and revoked training"),
            context="compliance.records.letters.letter",
        )
    )
    mail_kinds.register(
        mail_kinds.MessageKind(
            "records.load",
            Category.REQUIRED,
            _("Loaded past completions"),
            context="compliance.records.messages_loads.letter",
        )
    )


def _register_event_job() -> None:
    """The job that works out and records events which concern many."""
    from compliance.records.queries import looked
    from lms.access.permissions import Permission
    from lms.jobs import kinds

    kinds.register(
        kinds.JobKind(
            key=looked.JOB_KIND,
            title=_("An event that asks many people again"),
            runner="compliance.records.actions.triggering_many.run",
            result_url="compliance.records.queries.looked.address_of_job",
            result_label=_("To the events"),
            noun=_("people"),
            permission=Permission.EVENTS_RECORD,
            administers=True,
        )
    )
