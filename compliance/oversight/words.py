"""What the events of a roll-up agreement mean for the readers of the audit log and of the mail to owners."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.site.enums import Audience
from lms.site.kinds import EventKind


def _offered(facts: Mapping[str, Any]) -> list[str]:
    if facts["side"] == "parent":
        return [_("The site of %(department)s took up your invitation and has yet to decide.") % facts]
    return [
        _("%(parent)s asks to see figures of this site: how many people are compliant, never who.") % facts,
        _("Nothing is shared before an owner accepts it under “Sharing between sites”."),
    ]


def _accepted(facts: Mapping[str, Any]) -> list[str]:
    if facts["side"] == "parent":
        return [_("You see the figures of %(department)s from now on.") % facts]
    return [
        _("%(parent)s sees how many people of this site are compliant, never who.") % facts,
        _("An owner of either site can end this at any time."),
    ]


def _refused(facts: Mapping[str, Any]) -> list[str]:
    return [_("%(department)s shares nothing with %(parent)s.") % facts]


def _ended(facts: Mapping[str, Any]) -> list[str]:
    ender = facts["parent"] if facts["by_side"] == "parent" else facts["department"]
    return [
        _("%(ender)s ended what %(department)s shared or was asked to share with %(parent)s.")
        % {**facts, "ender": ender},
        _("The figures are deleted, and no new ones are sent."),
    ]


def _invited(facts: Mapping[str, Any]) -> list[str]:
    return [_("For: %(label)s") % facts]


EVENTS = (
    EventKind(
        "rollup.invited",
        gettext_lazy("invited a department’s site to share figures"),
        gettext_lazy("A department’s site was invited to share figures"),
        _invited,
        Audience.NOBODY,
    ),
    EventKind(
        "rollup.withdrawn",
        gettext_lazy("withdrew an invitation to share figures"),
        gettext_lazy("An invitation to share figures was withdrawn"),
        _invited,
        Audience.NOBODY,
    ),
    EventKind(
        "rollup.offered",
        gettext_lazy("took up an offer to share figures"),
        gettext_lazy("There is an offer to share figures"),
        _offered,
        Audience.OWNERS,
    ),
    EventKind(
        "rollup.accepted",
        gettext_lazy("accepted to share figures"),
        gettext_lazy("Figures are shared between two sites"),
        _accepted,
        Audience.OWNERS,
    ),
    EventKind(
        "rollup.refused",
        gettext_lazy("refused to share figures"),
        gettext_lazy("An offer to share figures was refused"),
        _refused,
        Audience.OWNERS,
    ),
    EventKind(
        "rollup.ended",
        gettext_lazy("ended the sharing of figures"),
        gettext_lazy("Figures are no longer shared between two sites"),
        _ended,
        Audience.OWNERS,
    ),
)
