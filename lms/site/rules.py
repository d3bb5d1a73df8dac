"""What the events of a tenant's life mean to the people of the site. Pure words."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from lms.site.enums import Audience
from lms.ui.dates import day_text
from tenants.enums import TenantStatus as Status
from tenants.lifecycle import words


def status_audience(facts: Mapping[str, Any]) -> Audience:
    """An open invoice concerns the owners alone; every other status the administrators too."""
    after = facts["status"][1]
    return Audience.OWNERS if after == Status.PAST_DUE else Audience.ADMINISTRATORS


def status_sentences(facts: Mapping[str, Any]) -> list[str]:
    """What works in the new status and what does not."""
    after = Status(facts["status"][1])
    because = _BECAUSE.get(str(facts.get("because", "")))
    return [*([because()] if because else []), *_HEADS[after](), *words.what_still_works(after)]


def _active() -> list[str]:
    return [_("Your site is active.")]


def _trial() -> list[str]:
    return [_("Your site is on trial.")]


def _past_due() -> list[str]:
    return [
        _("An invoice is past its due date. After 30 days the site becomes read-only until it is paid."),
        _("Only owners are told this."),
    ]


def _read_only() -> list[str]:
    return [_("Your site is read-only from now on.")]


def _suspended() -> list[str]:
    return [_("Your site was suspended by the operator of the service.")]


def _closing() -> list[str]:
    return [_("Your site is being closed. Nothing is deleted before the day that stands below.")]


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
