"""Why a request cannot be made or decided, in words."""

from django.utils.translation import gettext as _

from compliance.core.credits import CreditFault
from compliance.core.triggers import Fault as EventFault
from compliance.core.waivers import LONGEST_DAYS, Fault
from compliance.records.models import Exemption, Waiver
from lms.ui.dates import day_text


class Refused(Exception):
    """It cannot be done; nothing was changed. The message says so to a person, and what to do."""


class NumbersChanged(Refused):
    """Whom it concerns, or from which date to which, is not what the person saw when they decided."""


def fault_text(fault: Fault) -> str:
    """What is wrong with the days that were asked for, and which are possible."""
    words = {
        Fault.ENDS_BEFORE_IT_STARTS: _("The last day must not be before the first."),
        Fault.STARTS_IN_THE_PAST: _(
            "It begins today or later: what was late before stays on record as late."
        ),
        Fault.TOO_LONG: _("A waiver lasts a year at most. Before it ends, it can be asked for again."),
        Fault.NOT_LATER: _("The new due date must be later than the one there is: it can never come nearer."),
        Fault.IN_THE_PAST: _("The new due date must not be in the past."),
        Fault.REVIEWED_TOO_EARLY: _("The day of the next look must lie after today and after the first day."),
        Fault.REVIEWED_TOO_LATE: _(
            "Somebody looks at an exemption again within three years. Choose an earlier day."
        ),
        Fault.TOO_FAR: _("A due date can be moved by %(days)s days at most.") % {"days": LONGEST_DAYS},
    }
    return words[fault]


def waits_text() -> str:
    """Why nobody can ask twice for the same."""
    return _("A request for this person and requirement waits for a decision.")


def not_held_text(kind: str = "") -> str:
    """Why nothing can be asked for about somebody who does not have the requirement. `kind` as in addresses."""
    if kind == "certifications":
        return _(
            "This requirement does not apply to the person. Certify it for them alone, if it is to count later."
        )
    return _("This requirement does not apply to the person, so there is nothing to excuse them from.")


def rests_text() -> str:
    """Why nothing is done about a requirement that is paused."""
    return _("This requirement rests at the moment. Turn it on again first.")


def gone_text() -> str:
    """Why nothing is certified or revoked of somebody who may not sign in any more."""
    return _("The person is deactivated: nothing is owed, and nothing can be changed, until they come back.")


def overlap_text(other: Waiver | Exemption) -> str:
    """What covers some of the days that were asked for, and what to do."""
    days = {"first": day_text(other.starts_on), "last": day_text(other.ends_on) if other.ends_on else ""}
    if other.ends_on is None:
        return _("The person is exempt since %(first)s until further notice. End that first.") % days
    if isinstance(other, Exemption):
        text = _(
            "An exemption from %(first)s to %(last)s covers some of these days. Choose days before or after it."
        )
    else:
        text = _(
            "A waiver from %(first)s to %(last)s covers some of these days. Choose days before or after it."
        )
    return text % days


def credit_text(fault: CreditFault) -> str:
    """What is wrong with the day of a completion, and what to do."""
    words = {
        CreditFault.IN_THE_FUTURE: _(
            "The day it was completed must not be in the future. Write it down when it has happened."
        ),
        CreditFault.BEFORE_EMPLOYMENT: _(
            "On that day the person was not here yet. For training from before, choose “Prior credit”."
        ),
        CreditFault.NO_APPOINTMENT: _(
            "The person has no appointment here. Add one first, or choose “Prior credit”."
        ),
        CreditFault.ENDS_BEFORE_DONE: _("It cannot stop counting before it was completed."),
        CreditFault.ALREADY_OVER: _("A temporary certification lasts until today at least."),
    }
    return words[fault]


def event_fault_text(fault: EventFault) -> str:
    """What is wrong with the days of an event, and which are possible."""
    words = {
        EventFault.IN_THE_FUTURE: _(
            "What has not happened yet cannot be recorded. Choose today or a day before."
        ),
        EventFault.TOO_LONG_AGO: _("An event can be recorded for %(days)s days. This one lies further back."),
        EventFault.NO_TIME: _("People need at least one day."),
        EventFault.TOO_MUCH_TIME: _("People can be given %(days)s days at most."),
    }
    return words[fault] % {"days": LONGEST_DAYS}
