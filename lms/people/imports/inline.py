"""An import without a worker: for the command line, where somebody waits for it."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise

from lms.jobs.kinds import Chunk, JobHandle
from lms.people.models import RosterImport

Report = Callable[[Chunk], None]


class Inline(JobHandle):
    """A job that lives as long as its call; `report` is told of every finished chunk."""

    def __init__(self, roster: RosterImport, *, at: datetime, report: Report) -> None:
        self._roster, self._at, self._report = roster, at, report
        self._public_id = uuid.uuid4()
        self._last = Chunk(done=0, total=None, phase="", state={})

    @property
    def public_id(self) -> uuid.UUID:
        return self._public_id

    @property
    def params(self) -> dict[str, Any]:
        return {"roster": self._roster.pk}

    @property
    def state(self) -> dict[str, Any]:
        return dict(self._last.state)

    @property
    def owner_id(self) -> int | None:
        return self._roster.created_by_id

    @property
    def at(self) -> datetime:
        return self._at

    @contextmanager
    def chunk(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        phase: str | Promise | None = None,
        state: dict[str, Any] | None = None,
        is_long: bool = False,
    ) -> Iterator[Chunk]:
        last = self._last
        chunk = Chunk(
            done=last.done if done is None else done,
            total=last.total if total is None else total,
            phase=last.phase if phase is None else str(phase),
            state=self.state if state is None else state,
        )
        with transaction.atomic():
            yield chunk
        self._last = chunk
        self._report(chunk)
