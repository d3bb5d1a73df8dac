"""The kinds of event that a tenant's own life brings; other apps register theirs beside them."""

from django.utils.translation import gettext_lazy as _

from lms.site import rules
from lms.site.enums import Audience
from lms.site.kinds import EventKind

KINDS = (
    EventKind(
        "status.changed",
        _("changed the status of the site"),
        _("The status of your site has changed"),
        rules.status_sentences,
        rules.status_audience,
    ),
    EventKind(
        "trial.extended",
        _("extended the trial"),
        _("The trial of your site was extended"),
        rules.trial_extended,
    ),
    EventKind(
        "trial.ending",
        _("announced the end of the trial"),
        _("The trial of your site is about to end"),
        rules.trial_ending,
        Audience.OWNERS,
    ),
    EventKind("site.frozen", _("closed the site"), _("Your site was closed by the operator")),
    EventKind("site.unfrozen", _("opened the site again"), _("Your site is open again")),
    EventKind(
        "switch.sessions_ended",
        _("signed everybody out"),
        _("Everybody on your site was signed out by the operator"),
    ),
    EventKind(
        "switch.uploads_off", _("stopped uploads"), _("Uploads to your site were stopped by the operator")
    ),
    EventKind("switch.uploads_on", _("allowed uploads again"), _("Files can be uploaded to your site again")),
    EventKind(
        "upgrade.closed",
        _("closed the site for an upgrade"),
        _("Your site was closed while an upgrade was finished"),
        audience=Audience.NOBODY,
    ),
    EventKind(
        "upgrade.opened",
        _("opened the site after an upgrade"),
        _("Your site was closed while an upgrade was finished, and is open again"),
    ),
    EventKind(
        "move.begun",
        _("began to move the site to another database"),
        _("Your site is being moved to another database"),
        audience=Audience.NOBODY,
    ),
    EventKind(
        "move.cancelled",
        _("gave up moving the site to another database"),
        _("Your site stays in its database"),
        audience=Audience.NOBODY,
    ),
    EventKind(
        "move.finished",
        _("moved the site to another database"),
        _("Your site was moved to another database of the service"),
        rules.moved,
    ),
    EventKind("plan.changed", _("changed the plan of the site"), _("The plan of your site has changed")),
    EventKind(
        "plan.limits_changed",
        _("changed the limits of the site’s plan"),
        _("The limits of your site’s plan have changed"),
    ),
    EventKind(
        "shell.opened",
        _("opened a command line inside the site"),
        _("Somebody of the operator opened a command line inside your site"),
    ),
    EventKind(
        "address.changed",
        _("changed the address of the site"),
        _("Your site has a new address"),
        rules.address_changed,
    ),
    EventKind(
        "domain.claimed",
        _("claimed a name for the site"),
        _("A name of your own was claimed"),
        rules.domain_named,
        Audience.NOBODY,
    ),
    EventKind(
        "domain.proved",
        _("proved the name of the site"),
        _("Your site answers at its own name"),
        rules.domain_proved,
    ),
    EventKind(
        "domain.recovered",
        _("found the proof of the name again"),
        _("The proof of your own name is back"),
        rules.domain_named,
    ),
    EventKind(
        "domain.failing",
        _("missed the proof of the name"),
        _("The proof of your own name is missing"),
        rules.domain_failing,
    ),
    EventKind(
        "domain.stopped",
        _("stopped answering at the name"),
        _("Your site no longer answers at its own name"),
        rules.domain_stopped,
    ),
    EventKind(
        "domain.withdrawn",
        _("removed the name of the site"),
        _("The name of your own was removed"),
        rules.domain_stopped,
    ),
    EventKind(
        "purge.requested",
        _("asked for the deletion of the site"),
        _("The deletion of your site was asked for"),
        rules.purge_requested,
    ),
    EventKind(
        "purge.approved",
        _("agreed to the deletion of the site"),
        _("The deletion of your site was agreed to"),
        rules.purge_approved,
    ),
    EventKind(
        "purge.withdrawn",
        _("took back the deletion of the site"),
        _("The deletion of your site was taken back"),
    ),
)
