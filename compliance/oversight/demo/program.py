"""Duties of the demo's program: a yearly review that was late once, an update that is due soon, and drafts of a law."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from compliance.program import actions, queries
from compliance.requirements import queries as requirements

if TYPE_CHECKING:
    from compliance.oversight.demo.duties import Scene

_DAY = dt.timedelta(days=1)
_REVIEWED, _LATE = 60, 4


def begin(scene: "Scene", day: dt.date) -> None:
    """The yearly review, turned on that day; its first round was due sixty days before today."""
    first = scene.today - _REVIEWED * _DAY
    _on(scene, "pci-dss-4", "12.6.2", day, first_due_on=first, repeats_months=12)


def record(scene: "Scene") -> None:
    """What was found; and what the site asks of itself since two days ago."""
    done_on = scene.today - (_REVIEWED - _LATE) * _DAY
    actions.complete(
        queries.open_rounds()[0],
        done_on=done_on,
        statement=_(
            "Audience and figures were gone through with the bookshop and dining. The lesson on terminals is to be "
            "rewritten by summer; nothing else changes."
        ),
        evidence_note=_("Minutes of the security board, item 4"),
        by=scene.officer,
        today=done_on,
        at=scene.moment(done_on, 16),
    )
    recently = scene.today - 2 * _DAY
    soon = scene.today + 9 * _DAY
    _on(scene, "nist-800-171-r3", "03.02.01 b", recently, first_due_on=soon, repeats_months=6)
    actions.draft_pack("nist-800-53-r5", by=scene.officer, at=scene.moment(recently, 15))


def _on(scene: "Scene", key: str, control_id: str, day: dt.date, **when: Any) -> None:
    found = requirements.programme_control(key, control_id)
    if found is None or found[1].duty is None:
        raise LookupError(control_id)
    pack, control = found
    plan = actions.Plan(
        title=found[1].duty.title,
        task=control.asks,
        owner=scene.officer,
        deputy=scene.owner,
        authorities=(requirements.citation(pack, control),),
        **when,
    )
    at = scene.moment(day, 15)
    actions.turn_on(actions.draft(plan, by=scene.officer, at=at), by=scene.officer, today=day, at=at)
