"""The closed sets of words of the changes app; the database stores the lower-case value."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.core import change


class Kind(models.TextChoices):
    """What is changed about a requirement."""

    EDIT = "edit", _("Change what it says")
    TURN_ON = "turn_on", _("Turn it on")
    RESUME = "resume", _("Turn it on again")
    PAUSE = "pause", _("Let it rest")
    RETIRE = "retire", _("Retire it")
    UNDO = "undo", _("Undo a change")


class State(models.TextChoices):
    """What became of a change. A prepared one has asked nobody yet; a waiting one needs a second person.

    An agreed one takes effect on a coming day, unless it is withdrawn before.
    """

    PREPARED = "prepared", _("Prepared")
    WAITING = "waiting", _("Waiting for a second person")
    AGREED = "agreed", _("Agreed, takes effect on a coming day")
    MADE = "made", _("Made")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Deed(models.TextChoices):
    """What a job is at with a change that concerns so many that no request can wait for it."""

    LOOK = "look", _("Working out what it does")
    MAKE = "make", _("Making it")
    ASK = "ask", _("Sending it to a second person")
    APPROVE = "approve", _("Making it")


class Reach(models.TextChoices):
    """Which due dates a change of terms moves; the values are those of `compliance.core.change.Reach`."""

    FUTURE = change.Reach.FUTURE.value, _("Future cycles only")
    OPEN = change.Reach.OPEN.value, _("Open cycles too")


class Effect(models.TextChoices):
    """What a change does to one person; the values are those of `compliance.core.change.Effect`."""

    ADD = change.Effect.ADD.value, _("Gets it")
    CREDIT = change.Effect.CREDIT.value, _("Gets it, done already")
    SETTLE = change.Effect.SETTLE.value, _("Has done it already")
    LATER = change.Effect.LATER.value, _("Gets it later")
    NEVER = change.Effect.NEVER.value, _("Would have got it, no longer")
    RESTORE = change.Effect.RESTORE.value, _("Has it back")
    DROP = change.Effect.DROP.value, _("Loses it")
    REST = change.Effect.REST.value, _("It rests for them")
    RESUME = change.Effect.RESUME.value, _("It counts again")
    MOVE = change.Effect.MOVE.value, _("Due date moves")
    NEXT = change.Effect.NEXT.value, _("Next cycle differs")
    CLOSE = change.Effect.CLOSE.value, _("Renewal closes again")
    LEAVES = change.Effect.LEAVES.value, _("Loses it later")
    STAYS = change.Effect.STAYS.value, _("Would have lost it, no longer")
    MAILS = change.Effect.MAILS.value, _("Reminded on other days")


GETS = frozenset({Effect.ADD, Effect.CREDIT, Effect.RESTORE})
"""What happens to whoever has it from now on and had not."""


class Difference(models.TextChoices):
    """How a line differs from what was shown before it was worked out anew."""

    SAME = "", _("As before")
    NEW = "new", _("New")
    OTHER = "other", _("Other dates")
    GONE = "gone", _("No longer")
