"""What the events of a tenant's life mean to the people of the site, in words."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from lms.site.enums import Audience
from lms.ui.dates import day_text, moment_text
from tenants.enums import TenantStatus as Status
from tenants.lifecycle import words

# How the chronicle marks a person of the tenant; everybody else in it is an operator, or the system.
OWN = "tenant:"


def by_name(by: str) -> str:
    """Who did it, as readers see it; empty for the system itself."""
    return "" if by == "system" else by.removeprefix(OWN)


def status_audience(facts: Mapping[str, Any]) -> Audience:
    """An open invoice concerns the owners alone; every other status the administrators too."""
    after = facts["status"][1]
    return Audience.OWNERS if after == Status.PAST_DUE else Audience.ADMINISTRATORS


def status_sentences(facts: Mapping[str, Any]) -> list[str]:
    """What works in the new status and what does not."""
    after = Status(facts["status"][1])
    because = _BECAUSE.get(str(facts.get("because", "")))
    until = _moment(facts, "closes_at")
    kept = [_("Nothing is deleted before %(moment)s.") % {"moment": until}] if until else []
    return [*([because()] if because else []), *_HEADS[after](), *kept, *words.what_still_works(after)]


def _active() -> list[str]:
    return [_("Your site is active.")]


def _trial() -> list[str]:
    return [_("Your site is on trial.")]


def _past_due() -> list[str]:
    return [
        _("An invoice is past its due date. After 30 days the site becomes read-only until it is paid."),
        _("Only owners get this e-mail."),
    ]


def _read_only() -> list[str]:
    return [_("Your site is read-only from now on.")]


def _suspended() -> list[str]:
    return [_("Your site was suspended by the operator of the service.")]


def _closing() -> list[str]:
    return [_("Your site is being closed. An owner can stop that under “Site settings”.")]


_HEADS = {
    Status.PREPARING: list,
    Status.PURGED: list,
    Status.TRIAL: _trial,
    Status.ACTIVE: _active,
    Status.PAST_DUE: _past_due,
    Status.READ_ONLY: _read_only,
    Status.SUSPENDED: _suspended,
    Status.CLOSING: _closing,
}


def _trial_ended() -> str:
    return _("The trial has ended.")


def _past_due_for_long() -> str:
    return _("An invoice has been past its due date for 30 days.")


_BECAUSE = {"trial ended": _trial_ended, "past due": _past_due_for_long}


def trial_extended(facts: Mapping[str, Any]) -> list[str]:
    """The new last day."""
    day = dt.date.fromisoformat(facts["trial_ends_on"][1])
    return [_("The trial now lasts until %(day)s.") % {"day": day_text(day)}]


def trial_ending(facts: Mapping[str, Any]) -> list[str]:
    """How long the trial still lasts and what follows."""
    day = dt.date.fromisoformat(facts["trial_ends_on"])
    return [
        _("The trial of your site ends on %(day)s. From that day on the site is read-only.")
        % {"day": day_text(day)},
        *words.what_still_works(Status.READ_ONLY),
        _(
            "Nothing is deleted. To go on, agree on a contract with the operator of the service before that day."
        ),
    ]


def _moment(facts: Mapping[str, Any], name: str) -> str:
    """A moment of the facts in the tenant's zone; empty where there is none."""
    return moment_text(dt.datetime.fromisoformat(facts[name])) if facts.get(name) else ""


def moved(facts: Mapping[str, Any]) -> list[str]:
    """Between which databases, and that nothing was lost."""
    return [
        _("From “%(from)s” to “%(to)s”. The site was closed while its data was copied and compared.") % facts,
        _("Addresses, passwords, records and certificates are as before."),
    ]


def address_changed(facts: Mapping[str, Any]) -> list[str]:
    """The new address and what ended with the old one."""
    before, after = facts["address"]
    if facts.get("is_main", True):
        now = _("The site answers at %(after)s from now on. Everybody signs in there.") % {"after": after}
    else:
        now = _("The site answers at %(after)s, too. Whoever uses its own name notices nothing.") % {
            "after": after
        }
    return [
        now,
        _("Links to %(before)s have ended. Nobody else can have that name for 12 months.")
        % {"before": before},
    ]


def domain_named(facts: Mapping[str, Any]) -> list[str]:
    """Which name it is about."""
    return [_("The name is %(host)s.") % {"host": facts["host"]}]


def domain_proved(facts: Mapping[str, Any]) -> list[str]:
    """What a proved name is used for."""
    return [
        _("The site answers at %(host)s, and links in e-mails use this name.") % {"host": facts["host"]},
        _("Leave the TXT record where it is: it is looked at every day."),
    ]


def domain_failing(facts: Mapping[str, Any]) -> list[str]:
    """What to do, and until when."""
    return [
        _("The TXT record at _duly.%(host)s was not found. Have it put back.") % {"host": facts["host"]},
        _("If it is not back by %(moment)s, the site stops answering at that name.")
        % {"moment": _moment(facts, "stops_at")},
    ]


def domain_stopped(facts: Mapping[str, Any]) -> list[str]:
    """Where the site is now."""
    return [
        _("The site no longer answers at %(host)s. It answers at its first address.")
        % {"host": facts["host"]}
    ]


def purge_requested(facts: Mapping[str, Any]) -> list[str]:
    """When it may happen, how to stop it, and where the certificate will be."""
    return [
        _("A second person has to agree. Nothing is deleted before %(moment)s.")
        % {"moment": _moment(facts, "closes_at")},
        _("Until the deletion begins an owner can keep the site under “Site settings”."),
        _("Afterwards the certificate of the deletion can be read at %(address)s")
        % {"address": f"{settings.PUBLIC_ORIGIN}/deletions/{facts['certificate']}/"},
    ]


def purge_approved(facts: Mapping[str, Any]) -> list[str]:
    """When it happens and how to stop it."""
    return [
        _("All data of the site is deleted for good after %(moment)s.")
        % {"moment": _moment(facts, "closes_at")},
        _("Until the deletion begins an owner can keep the site under “Site settings”."),
    ]
