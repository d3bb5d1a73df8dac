"""A derivation in sentences: the same to the person, the help desk and the auditor, in the language in force.

They lead from the day that began a cycle to the day it is due, each with its date. What only some may read, such as the
reason of a waiver, is in none of them.
"""

from collections.abc import Iterable
from datetime import date
from typing import assert_never

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.core.derivation import Derivation, Move, Mover, Opened, Until
from compliance.core.due import CountedFrom
from compliance.core.terms import Cause
from compliance.records.queries.words import (
    asked_again_text,
    counted_text,
    day_of,
    span_text,
    why_text,
)
from compliance.requirements import queries as requirements
from lms.ui.dates import day_text

Facts = Iterable[tuple[str, str]]


def why_texts(first: Facts, now: Facts, assigned_on: date) -> tuple[str, ...]:
    """Why somebody has a requirement: what was recorded when it was assigned, and now where that is another thing."""
    then, text = why_text(first), why_text(now)
    if not then:
        return (_recorded(now),) if text else ()
    if not text:
        return (_recorded(first),)
    told = {"day": day_text(assigned_on), "why": then}
    return (_("When it was assigned, on %(day)s: %(why)s.") % told, _("Now: %(why)s.") % {"why": text})


def _recorded(facts: Facts) -> str:
    text = why_text(facts)
    if "included_by" in dict(facts):
        return f"{text.rstrip('.')}."
    return _("Recorded as: %(why)s.") % {"why": text}


def date_texts(found: Derivation, reason: Facts) -> tuple[str, ...]:
    """Why the cycle is due on its day, from the beginning; `reason` is that of the assignment, for a first cycle."""
    known = dict(found.facts)
    texts = _opening(Opened(known["opened"]), known, dict(reason), found.begins_on) if known else []
    if not texts:
        texts = [_("It was due on %(day)s when it was opened.") % {"day": day_text(found.begins_on)}]
    for move in found.moves:
        texts += _moved(move, dict(move.facts))
    return tuple(texts)


def _opening(opened: Opened, known: dict[str, str], reason: dict[str, str], due_on: date) -> list[str]:
    """What began the cycle, up to the date it was opened with."""
    match opened:
        case Opened.FIRST:
            return _first(reason, due_on)
        case Opened.RENEWAL:
            texts = _renewal(known)
        case Opened.EVENT:
            texts = _event(known)
        case Opened.EXCUSE:
            texts = _excuse(known, due_on)
        case Opened.REVOCATION:
            texts = [_revocation(known)]
        case _:
            assert_never(opened)
    return [*texts, *_not_before(known), *_rolled(known, due_on)]


def _first(reason: dict[str, str], due_on: date) -> list[str]:
    phrase = counted_text(reason)
    if not phrase:
        return []
    if reason["counted_from"] in (CountedFrom.FIXED, CountedFrom.CALENDAR):
        return [f"{phrase}.", *_rolled(reason, due_on)]
    counted_to = day_of(reason.get("rolled_from")) or day_text(due_on)
    return [
        _("%(counted)s: %(day)s.") % {"counted": phrase, "day": counted_to},
        *_rolled(reason, due_on),
    ]


def counts_texts(facts: Facts) -> tuple[str, ...]:
    """When it was done and until when and why that counts; empty where it never was."""
    known = dict(facts)
    if "done_on" not in known:
        return ()
    if "counts_until" not in known:
        return (_("Done on %(done)s, which counts for good.") % {"done": day_of(known["done_on"])},)
    return (_("%(counts)s.") % {"counts": _counts(known)},)


def _counts(known: dict[str, str]) -> str:
    told = {
        "done": day_of(known.get("done_on")),
        "until": day_of(known.get("counts_until")),
        "how": _until(Until(known["until_by"]), known),
    }
    return _("Done on %(done)s, which counts until %(until)s, %(how)s") % told


def _until(by: Until, known: dict[str, str]) -> str:
    match by:
        case Until.COMPLETION:
            text = _("%(period)s from that day") % {"period": _period(known)}
        case Until.EXPIRY:
            told = {"period": _period(known), "day": day_of(known.get("anchored_on"))}
            text = _("in steps of %(period)s from %(day)s") % told
        case Until.FIXED:
            text = _("the day of the year on which it always ends")
        case Until.YEAR:
            day = day_of(known.get("year_begins_on"))
            text = _("the due day of the fiscal or academic year that begins on %(day)s") % {"day": day}
        case Until.MONTH_END:
            text = _("%(period)s, to the end of the month") % {"period": _period(known)}
        case Until.EVIDENCE:
            text = _("as long as what proves it")
        case Until.TEMPORARY:
            text = _("to bridge the time until the training itself")
        case Until.THEN:
            text = _("as the requirement said then")
        case _:
            assert_never(by)
    return text


def _renewal(known: dict[str, str]) -> list[str]:
    told = {"counts": _counts(known)}
    if known["until_by"] == Until.TEMPORARY:
        return [_("%(counts)s, which is due by then.") % told]
    return [_("%(counts)s: it has to be renewed by then.") % told]


def _event(known: dict[str, str]) -> list[str]:
    told = {**_recorded_event(known), "wanted": day_of(known["wanted_on"])}
    texts = [
        _("Asked for again %(because)s.") % told,
        _("%(span)s after that was recorded on %(day)s: %(wanted)s.") % told,
    ]
    if until := day_of(known.get("counts_until")):
        texts.append(_("What was done before counts until %(day)s, so it is due by then.") % {"day": until})
    return texts


def _recorded_event(known: dict[str, str]) -> dict[str, str]:
    """What was asked again because of, when that was recorded, and how long people were given from then on."""
    return {
        "because": asked_again_text(known).rstrip("."),
        "span": requirements.span_text(int(known["given_days"])),
        "day": day_of(known["recorded_on"]),
    }


def _excuse(known: dict[str, str], due_on: date) -> list[str]:
    told = {"from": day_of(known.get("excused_from")), "over": day_of(known["over_on"])}
    if not told["from"]:
        text = _("Owed again since %(over)s.") % told
    elif known.get("excuse") == Cause.EXEMPTION:
        text = _("Exempt from %(from)s on; owed again since %(over)s.") % told
    else:
        text = _("Waived from %(from)s on; owed again since %(over)s.") % told
    if kept := day_of(known.get("kept_on")):
        return [text, _("It is due on %(day)s, as without that: nobody has less time.") % {"day": kept}]
    day = day_of(known.get("rolled_from")) or day_text(due_on)
    return [text, _("%(span)s from then on: %(day)s.") % {"span": span_text(known), "day": day}]


def _revocation(known: dict[str, str]) -> str:
    told = {
        "done": day_of(known.get("done_on")),
        "revoked": day_of(known["revoked_on"]),
        "day": day_of(known["set_to"]),
    }
    return _("What was done on %(done)s was revoked on %(revoked)s, and %(day)s set as the new date.") % told


def _moved(move: Move, known: dict[str, str]) -> list[str]:
    """One step, and where a weekend or a holiday moved it further."""
    told = {
        "before": day_text(move.before),
        "after": day_text(move.after),
        "counted": day_of(known.get("rolled_from")) or day_text(move.after),
        "first": day_of(known.get("away_from")),
        "last": day_of(known.get("away_until")),
        "back": day_of(known.get("back_on")),
        "span": span_text(known),
    }
    return [_step(move.by, told | known), *_rolled(known, move.after)]


def _step(by: Mover, told: dict[str, str]) -> str:
    match by:
        case Mover.CHANGE:
            return _change(told)
        case Mover.EXTENSION:
            return _extension(told)
        case Mover.EVENT:
            return _pressed(told)
        case Mover.LEAVE:
            text = _(
                "%(before)s lies in the leave from %(first)s to %(last)s: %(span)s after %(back)s, %(counted)s."
            )
        case Mover.PAUSE:
            text = _(
                "%(before)s lies in the requirement's pause from %(first)s to %(last)s: "
                "%(span)s after %(back)s, %(counted)s."
            )
        case Mover.WAIVER:
            text = _(
                "%(before)s lies in the waiver from %(first)s to %(last)s: %(span)s after %(back)s, %(counted)s."
            )
        case Mover.EXEMPTION:
            text = _(
                "%(before)s lies in the exemption from %(first)s to %(last)s: %(span)s after %(back)s, %(counted)s."
            )
        case Mover.OPENING:
            text = _("It was opened on %(after)s, and is not due before that.")
        case Mover.OTHER:
            text = _("Moved from %(before)s to %(after)s when it was worked out last.")
        case _:
            assert_never(by)
    return text % told


def _change(told: dict[str, str]) -> str:
    names = _decided(told)
    if told.get("number") == "0":
        text = _("Moved from %(before)s to %(after)s with the holidays on %(day)s by %(name)s.") % names
    else:
        text = _("Moved from %(before)s to %(after)s by change %(number)s of %(day)s by %(name)s.") % names
    reason = told.get("reason", "").strip()
    return f"{text.rstrip('.')}: {reason.rstrip('.')}." if reason else text


def _extension(told: dict[str, str]) -> str:
    return _("Extended from %(before)s to %(after)s, decided by %(name)s on %(day)s.") % _decided(told)


def _decided(told: dict[str, str]) -> dict[str, str]:
    return {**told, "day": day_of(told.get("decided_on")), "name": told.get("by") or "–"}


def _pressed(told: dict[str, str]) -> str:
    names = {**told, **_recorded_event(told)}
    return (
        _(
            "Asked for by %(after)s instead of %(before)s %(because)s (%(span)s after that was recorded on %(day)s)."
        )
        % names
    )


def _not_before(known: dict[str, str]) -> list[str]:
    day = day_of(known.get("not_before"))
    return [_("It can be done from %(day)s on, so it is due then.") % {"day": day}] if day else []


def _rolled(known: dict[str, str], to: date) -> list[str]:
    before = day_of(known.get("rolled_from"))
    if not before:
        return []
    told = {"before": before, "day": day_text(to)}
    return [_("%(before)s is a weekend or holiday: moved to %(day)s.") % told]


def _period(known: dict[str, str]) -> str:
    """ "12 months" or "365 days"."""
    if "period_months" in known:
        count = int(known["period_months"])
        return ngettext("%(count)d month", "%(count)d months", count) % {"count": count}
    return requirements.span_text(int(known.get("period_days", "0")))
