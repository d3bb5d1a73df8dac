"""Kinds of work for tests. Each item leaves one event in the log, so that nothing can be done twice unseen."""

import os
import signal
from typing import Any

from lms.audit import actions as audit
from lms.jobs import kinds
from lms.jobs.kinds import JobFailed, JobHandle

CHUNK = 10


def count_up(job: JobHandle) -> dict[str, Any]:
    """Count to `params["items"]`, ten at a time, stumbling where the parameters say so."""
    items = int(job.params["items"])
    done = int(job.state.get("done", 0))
    while done < items:
        upto = min(done + CHUNK, items)
        with job.chunk(done=upto, total=items, phase="Counting", state={"done": upto}):
            for number in range(done, upto):
                audit.record(action="probe.counted", by=None, at=job.at, object_id=number)
            stumble(job, upto)
        done = upto
    return {"items": items}


def stumble(job: JobHandle, upto: int) -> None:
    """What goes wrong within the chunk that ends at `upto`."""
    if upto == job.params.get("killed_at"):
        os.kill(os.getpid(), signal.SIGKILL)
    if upto == job.params.get("fails_at"):
        raise JobFailed("The file has no column with e-mail addresses.")
    if upto == job.params.get("crashes_at"):
        raise RuntimeError("unexpected")


def announce_and_crash(job: JobHandle) -> dict[str, Any]:
    """Says a phase, which is no progress, and crashes."""
    with job.chunk(phase="Reading"):
        pass
    raise RuntimeError("unexpected")


def result_url(params: dict[str, Any], result: dict[str, Any]) -> str:
    """Where the result is to be seen."""
    return f"/counted/{result['items']}/"


COUNT = kinds.JobKind(
    "probe.count",
    "Counting",
    runner="lms.jobs.tests.runners.count_up",
    result_url="lms.jobs.tests.runners.result_url",
    noun="items",
    permission="people.import",
)
ANNOUNCE = kinds.JobKind("probe.announce", "Announcing", runner="lms.jobs.tests.runners.announce_and_crash")


def register() -> None:
    """Make the kinds known."""
    kinds.register(COUNT)
    kinds.register(ANNOUNCE)
