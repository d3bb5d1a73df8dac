"""Why proof cannot be sent or decided, in words."""

from datetime import date

from django.utils.translation import gettext as _

from compliance.core.evidence import EvidenceFault
from lms.ui.dates import day_text


class Refused(Exception):
    """It cannot be done; nothing was changed. The message says so to a person, and what to do."""


def fault_text(
    fault: EvidenceFault, granted_until: date | None = None, counts_from: date | None = None
) -> str:
    """What is wrong with the days; the last two are what the requirement allows, where that matters."""
    granted = day_text(granted_until) if granted_until else ""
    if fault is EvidenceFault.RAN_OUT and granted:
        return _(
            "By this requirement a completion of that day counts until %(day)s, which is over. It must be done again."
        ) % {"day": granted}
    words = {
        EvidenceFault.IN_THE_FUTURE: _("The day of completion must not be in the future."),
        EvidenceFault.TOO_LONG_AGO: _("The day of completion is too long ago. Check the year."),
        EvidenceFault.ENDS_BEFORE_DONE: _("It cannot end before it was completed. Check both days."),
        EvidenceFault.RAN_OUT: _("It has run out already. Only proof that is still valid can count."),
        EvidenceFault.LONGER_THAN_TERMS: _(
            "By this requirement it counts until %(day)s at most. Choose that day or an earlier one."
        )
        % {"day": granted},
        EvidenceFault.TOO_EARLY: _(
            "By this requirement, only what was completed on %(day)s or later counts for the person now."
        )
        % {"day": day_text(counts_from) if counts_from else ""},
    }
    return words[fault]
