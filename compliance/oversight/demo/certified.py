"""What was certified by hand in the demo, what somebody asks to revoke, and what was loaded from a file."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from compliance.records import actions as records
from compliance.records import queries
from compliance.records.enums import CreditSource

_DAY = dt.timedelta(days=1)


def ask_and_approve(
    *, seated: Any, doubted: Any, requirement: Any, asker: Any, officer: Any, day: dt.date, at: dt.datetime
) -> None:
    """On `day` (at `at`, UTC) one person is certified until the training itself, and one cycle is to be revoked.

    `doubted` has finished one. The revocation waits for `officer`.
    """
    wanted = records.ask_to_certify(
        user=seated, requirement=requirement, on=day, source=CreditSource.MANUAL,
        valid_until=day + 61 * _DAY, reason=_("Sat the course in a classroom; the exam follows"),
        evidence_note=_("List of participants, room 2.14"), by=asker, at=at,
    )  # fmt: skip
    records.approve_certification(wanted, note=_("Seen the list"), by=officer, today=day, at=at)
    past = queries.dossier(doubted.pk, day).past
    done = queries.finished_cycle(next(one.public_id for one in past if one.completed_on and one.public_id))
    if done is not None:
        records.ask_to_revoke(
            done, due_on=day + 30 * _DAY, reason=_("Two people answered the quiz together"),
            evidence_note=_("Mail of the head of the department"), by=asker, today=day, at=at,
        )  # fmt: skip


def load(*, person: Any, requirement: Any, officer: Any, day: dt.date, at: dt.datetime) -> None:
    """On `day` (at `at`, UTC) the officer loads a file of one line, that `person` had done it forty days before."""
    done_on = day - 40 * _DAY
    text = f'person,requirement,completed on\n{person.email},"{requirement.title}",{done_on}\n'
    records.load_history(
        text,
        fingerprint=queries.preview_history(text, by_id=officer.pk, today=day).fingerprint,
        reason=_("List of participants of the classroom course"),
        file_name=_("classroom-course.csv"),
        by=officer,
        today=day,
        at=at,
    )
