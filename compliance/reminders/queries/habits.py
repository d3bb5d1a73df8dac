"""How reminders go about: what was said of a cycle, and on which days mail leaves; for looking years ahead."""

from collections import defaultdict
from collections.abc import Collection

from compliance.core.foresight import Habits, StepKey
from compliance.reminders import rules
from compliance.reminders.enums import NoticeState
from compliance.reminders.models import Notice

Said = tuple[frozenset[StepKey], frozenset[StepKey]]


def habits(done_before: int | None) -> Habits:
    """The days and the urgent steps of the reminders; `done_before` as in `Habits`."""
    return Habits(rules.is_working_day, frozenset(rules.URGENT_STEPS), done_before)


def said_of(record_ids: Collection[int]) -> dict[int, Said]:
    """By open cycle: the steps that were planned, and those of them that still wait for a digest; one statement."""
    said: dict[int, set[StepKey]] = defaultdict(set)
    waiting: dict[int, set[StepKey]] = defaultdict(set)
    rows = Notice.objects.filter(record_id__in=record_ids).only(
        "record_id", "kind", "step", "state", "digest_id"
    )
    for row in rows:
        said[row.record_id].add((row.kind, row.step))
        if row.state == NoticeState.PLANNED and row.digest_id is None:
            waiting[row.record_id].add((row.kind, row.step))
    return {key: (frozenset(steps), frozenset(waiting[key])) for key, steps in said.items()}
