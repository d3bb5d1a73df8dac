"""What can happen to support access, in words: for the log, the history of the site and the mail to administrators."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lms.site.enums import Audience
from lms.site.kinds import EventKind
from lms.ui.dates import moment_text
from tenants import links


def _who(facts: Mapping[str, Any]) -> str:
    name, email = facts.get("operator_name", ""), facts.get("operator", "")
    return f"{name} ({email})" if name else email


def _where(facts: Mapping[str, Any]) -> str:
    return links.absolute(f"/support/{facts['grant']}/")


def _until(facts: Mapping[str, Any]) -> str:
    return moment_text(dt.datetime.fromisoformat(facts["ends_at"]), with_zone=True)


def asked(facts: Mapping[str, Any]) -> list[str]:
    """Somebody waits for an answer."""
    minutes = facts["minutes"]
    return [
        _("%(who)s asks to read your site for %(n)d minutes. Until you approve, they see nothing.")
        % {"who": _who(facts), "n": minutes},
        _("Approve or refuse within a day: %(address)s") % {"address": _where(facts)},
    ]


def granted(facts: Mapping[str, Any]) -> list[str]:
    """It runs."""
    return [
        _("%(who)s may read your site until %(until)s.") % {"who": _who(facts), "until": _until(facts)},
        _("They can change nothing, record no learning and take out no file."),
        _("Every page they open is written down. See them, or end it now: %(address)s")
        % {"address": _where(facts)},
    ]


def refused(facts: Mapping[str, Any]) -> list[str]:
    """It never ran."""
    return [_("%(who)s has seen nothing.") % {"who": _who(facts)}]


def ended(facts: Mapping[str, Any]) -> list[str]:
    """It is over; what was looked at."""
    said = [_("The access of %(who)s is over.") % {"who": _who(facts)}]
    if (pages := facts.get("pages")) is not None:
        text = ngettext("They asked for %(n)d page.", "They asked for %(n)d pages.", pages)
        said.append(text % {"n": pages} if pages else _("They looked at nothing."))
    if note := facts.get("note"):
        said.append(str(note))
    return [*said, _("What they looked at: %(address)s") % {"address": _where(facts)}]


def bulk_read(facts: Mapping[str, Any]) -> list[str]:
    """An alarm."""
    return [
        _("%(n)d rows were read within an hour; %(most)d are allowed. The access was ended at once.")
        % {"n": facts["rows_within_an_hour"], "most": facts["allowed"]},
        _("What they looked at: %(address)s") % {"address": _where(facts)},
    ]


def approval_changed(facts: Mapping[str, Any]) -> list[str]:
    """What holds from now on."""
    if facts["needs_approval"]:
        return [_("From now on support waits until an owner or administrator approves.")]
    return [_("From now on support may begin at once, and you are told each time.")]


KINDS = (
    EventKind(
        "support.asked",
        gettext_lazy("asked for support access to"),
        gettext_lazy("Support asks to read your site"),
        asked,
    ),
    EventKind(
        "support.granted",
        gettext_lazy("opened support access to"),
        gettext_lazy("Support may read your site"),
        granted,
    ),
    EventKind(
        "support.entered",
        gettext_lazy("began to read, as support,"),
        gettext_lazy("Support began to read your site"),
        audience=Audience.NOBODY,
    ),
    EventKind(
        "support.refused",
        gettext_lazy("refused support access to"),
        gettext_lazy("Support access was refused"),
        refused,
    ),
    EventKind(
        "support.ended",
        gettext_lazy("ended support access to"),
        gettext_lazy("Support access has ended"),
        ended,
    ),
    EventKind(
        "support.bulk_read",
        gettext_lazy("read, as support, more than is allowed of"),
        gettext_lazy("Support read more than is allowed"),
        bulk_read,
    ),
    EventKind(
        "support.approval_changed",
        gettext_lazy("changed whether support needs approval at"),
        gettext_lazy("Whether support needs your approval has changed"),
        approval_changed,
    ),
)
