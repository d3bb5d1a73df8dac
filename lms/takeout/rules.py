"""The words about a site's data. Pure."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lms.ui.dates import moment_text

JOB_KIND = "takeout.make"


def result_url(params: dict[str, Any], result: dict[str, Any]) -> str:
    """Where a finished takeout is to be had."""
    return reverse("takeout:overview")


def exported(facts: Mapping[str, Any]) -> list[str]:
    """What a takeout means for the owners."""
    return [
        _("A file with everything the site holds (%(rows)s rows) was prepared. Passwords are not in it.")
        % {"rows": f"{int(facts.get('rows', 0)):,}"},
        _("If you do not know why, ask whoever did it, and look at who holds the role Owner."),
    ]


def restored(facts: Mapping[str, Any]) -> list[str]:
    """What a restore means for everybody."""
    return [
        _("Everything is again as it was on %(moment)s. What was entered after that is not there any more.")
        % {"moment": _moment(facts)},
        _("Everybody has to sign in again; invitations and links sent before no longer work."),
        _("Reminders go on with the next step; nothing that had been waiting was sent."),
    ]


def undone(facts: Mapping[str, Any]) -> list[str]:
    """What taking a restore back means for everybody."""
    return [
        _("Everything is again as it was before the restore."),
        _("Everybody has to sign in again; invitations and links sent before no longer work."),
    ]


def imported(facts: Mapping[str, Any]) -> list[str]:
    """What an import means for everybody."""
    return [
        _("%(rows)s rows came in, as they were on %(moment)s.")
        % {"rows": f"{int(facts.get('rows', 0)):,}", "moment": _moment(facts)},
        _(
            "Passwords were not in the file: people sign in with a code sent to their address, or choose a new one."
        ),
    ]


def _moment(facts: Mapping[str, Any]) -> str:
    try:
        return moment_text(dt.datetime.fromisoformat(str(facts["taken_at"])), with_zone=True)
    except (KeyError, ValueError):
        return _("an earlier day")
