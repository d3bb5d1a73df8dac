"""The kinds of long work, and what a runner may do. Apps register theirs in `apps.ready()`."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils.functional import Promise
from django.utils.module_loading import import_string


class JobFailed(Exception):
    """Raised by a runner for a failure that trying again will not mend.

    `sentence` is read by the person who started the job: what is wrong and what they can do.
    """

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class Stopped(BaseException):
    """The job was cancelled, or another worker has it. Runners let it pass; it undoes the chunk it ends."""


@dataclass
class Chunk:
    """What one finished chunk leaves behind; a runner may still change it inside the `with`."""

    done: int
    total: int | None
    phase: str
    state: dict[str, Any]


class JobHandle(Protocol):
    """A running job, as its runner sees it."""

    @property
    def public_id(self) -> UUID:
        """Its name in addresses."""
        ...

    @property
    def params(self) -> dict[str, Any]:
        """What it was started with."""
        ...

    @property
    def state(self) -> dict[str, Any]:
        """What the last finished chunk left; empty at the first start."""
        ...

    @property
    def owner_id(self) -> int | None:
        """The serial id of whoever started it."""
        ...

    @property
    def at(self) -> datetime:
        """The moment this run began, UTC."""
        ...

    def chunk(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        phase: str | Promise | None = None,
        state: dict[str, Any] | None = None,
        is_long: bool = False,
    ) -> AbstractContextManager[Chunk]:
        """One transaction: the work inside and these figures are saved together or not at all.

        What is not given stays as it was. Keep a chunk well under 10 seconds: its end is the sign of life. One that
        cannot be cut `is_long`: while its transaction lives nobody else takes the job, however long that is.
        """
        ...


Runner = Callable[[JobHandle], Mapping[str, Any]]
ResultUrl = Callable[[dict[str, Any], dict[str, Any]], str]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of long work.

    `runner` is the dotted path of `def run(job: JobHandle) -> dict`; what it returns is the result.
    `result_url` is the dotted path of `def f(params, result) -> str`, or empty. `noun` is what is counted, in
    the plural ("rows"). `permission` names who may see the job besides its owner. One that `administers` does not begin
    while the tenant's status does not allow administration; one that has begun is finished. Of one that `is_single`, a
    tenant has one open job at most: the database holds to it.
    """

    key: str
    title: str | Promise
    runner: str
    result_url: str = ""
    result_label: str | Promise = ""
    noun: str | Promise = ""
    permission: str = ""
    administers: bool = False
    is_single: bool = False

    def run(self, job: JobHandle) -> dict[str, Any]:
        """Do the work; whatever the runner raises passes through."""
        runner: Runner = import_string(self.runner)
        return dict(runner(job))

    def url_of(self, params: dict[str, Any], result: dict[str, Any]) -> str:
        """Where the result is to be seen; empty when nowhere."""
        if not self.result_url:
            return ""
        find: ResultUrl = import_string(self.result_url)
        return find(params, result)


class UnknownKind(LookupError):
    """No app has registered this kind of job."""


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> None:
    """Make a kind known; the same twice is fine, another under the same key is an error."""
    if _kinds.setdefault(kind.key, kind) != kind:
        raise ValueError(f"Two kinds of job are called {kind.key!r}.")


def find(key: str) -> JobKind:
    """The kind of this key; raises UnknownKind."""
    try:
        return _kinds[key]
    except KeyError:
        raise UnknownKind(key) from None


def administering() -> list[str]:
    """The keys of the kinds that change what administrators change."""
    return sorted(key for key, kind in _kinds.items() if kind.administers)
