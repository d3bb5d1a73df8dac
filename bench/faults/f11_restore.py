"""F11 and the half of F22 that is about a wrong restore: one tenant back from yesterday while the others work."""

from __future__ import annotations

import io
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.faults.drill import Row
from bench.world import World, make_tenant

if TYPE_CHECKING:
    from tenants.context import TenantRef

TITLE = "one tenant is restored while the others work"
INJECTS = (
    "the present content of one tenant is thrown away for that of a backup; the restore is killed on its way; the "
    "schema is dropped; the restore was a mistake."
)
HOLDS = (
    "the tenant is as it was, no mail of the past leaves, and readers and writers of the other "
    "tenants see no error and lose no row."
)

TENANTS, AT_ONCE = 100, 4
CHANGED = "Thrown away"


def run(world: World) -> list[Row]:
    """Each case begins with one person renamed since the backup; their name is what must come back."""
    from tenants.portability.tests.conftest import settle

    refs = [make_tenant(world, f"drill-{number}") for number in range(TENANTS)]
    subject, others = refs[0], refs[1:]
    settle(subject, people=120)
    folder = Path(tempfile.mkdtemp(prefix="duly-drill-"))
    try:
        _manage("backup_tenant", tenant=subject.host, to=folder)
        cases: list[tuple[str, Callable[[], None]]] = [
            ("to the backup", lambda: _restore(subject, folder)),
            ("killed with kill -9, then again", lambda: _restore_twice(subject, folder)),
            ("the schema was dropped", lambda: _restore_dropped(world, subject, folder)),
            ("as a copy, mail off", lambda: _copy(subject, folder)),
            ("the restore was a mistake: undone", lambda: _undo(subject, folder)),
        ]
        return [_case(name, deed, subject, others) for name, deed in cases]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _case(name: str, deed: Callable[[], None], subject: TenantRef, others: list[TenantRef]) -> Row:
    from tenants import clock, clockwork, context, hosts

    is_kept = name.startswith(("as a copy", "the restore was"))
    _rename(subject, CHANGED)
    before = _mails(hosts.ref_by_id(subject.id))
    with _at_work(others) as tally:
        started = time.monotonic()
        deed()
        seconds = time.monotonic() - started
        time.sleep(0.5)
    with context.no_scope():
        clockwork.run_everything_due(at=clock.now())
    now = hosts.ref_by_id(subject.id)
    figures: dict[str, int | float | str] = {
        "others' requests": tally["asked"],
        "others at work": sum(tally[f"written {ref.id}"] > 0 for ref in others),
        "others' errors": tally["errors"],
        "mails wrongly sent": _mails(now) - before if is_kept else _mails(now),
        "closed afterwards": now.closed_for or "no",
        "tenants": TENANTS,
    }
    expected: dict[str, int | float | str] = {
        "others' errors": 0,
        "mails wrongly sent": 0,
        "closed afterwards": "no",
    }
    missing, doubled = _compare(others, tally)
    missing += int(_is_renamed(now) != is_kept)
    _manage("restore_tenant", tenant=subject.host, abandon=True)
    return Row(name, missing, doubled, _strays(others), seconds, figures, expected)


def _restore(subject: TenantRef, folder: Path) -> None:
    _manage("restore_tenant", tenant=subject.host, source=folder, yes=True)


def _restore_twice(subject: TenantRef, folder: Path) -> None:
    command = [
        sys.executable,
        "manage.py",
        "restore_tenant",
        "--tenant",
        subject.host,
        "--from",
        str(folder),
        "--yes",
    ]
    first = subprocess.Popen(
        command,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings"},
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.DEVNULL,
    )
    while not _is_closed(subject) and first.poll() is None:
        time.sleep(0.02)
    time.sleep(0.3)
    first.send_signal(signal.SIGKILL)
    first.wait()
    _restore_patiently(subject, folder)


def _restore_patiently(subject: TenantRef, folder: Path) -> None:
    """As somebody would who is told to wait: the server may be busy for the dead process for a moment."""
    from django.core.management import CommandError

    until = time.monotonic() + 30
    while True:
        try:
            return _restore(subject, folder)
        except CommandError as refusal:
            if "Wait for it to end" not in str(refusal) or time.monotonic() > until:
                raise
            time.sleep(0.5)


def _is_closed(subject: TenantRef) -> bool:
    from tenants import hosts

    return bool(hosts.ref_by_id(subject.id).closed_for)


def _restore_dropped(world: World, subject: TenantRef, folder: Path) -> None:
    from tenants import hosts

    with world.owner() as owner:
        owner.execute(f"DROP SCHEMA {hosts.ref_by_id(subject.id).schema_name} CASCADE".encode())
    _restore(subject, folder)


_copies = itertools.count()


def _copy(subject: TenantRef, folder: Path) -> None:
    name = f"drill-copy-{'abcdefgh'[next(_copies)]}"
    _manage("restore_tenant", tenant=subject.host, source=folder, as_copy=True, subdomain=name, yes=True)


def _undo(subject: TenantRef, folder: Path) -> None:
    _restore(subject, folder)
    _manage("restore_tenant", tenant=subject.host, undo=True, yes=True)


def _manage(command: str, **options: Any) -> None:
    from django.core.management import call_command

    call_command(command, stdout=io.StringIO(), **options)


def _rename(subject: TenantRef, name: str) -> None:
    from lms.people.models import User
    from tenants import context, hosts

    with context.inside(hosts.ref_by_id(subject.id)):
        User.objects.filter(email="dee@example.org").update(family_name=name)


def _is_renamed(ref: TenantRef) -> bool:
    from lms.people.models import User
    from tenants import context

    with context.inside(ref):
        return User.objects.filter(family_name=CHANGED).exists()


def _mails(ref: TenantRef) -> int:
    """Messages that wait or have been tried, but for the letter that says what was done to the site."""
    from lms.mail.models import Message
    from tenants import context

    with context.inside(ref):
        return (
            Message.objects.exclude(kind="site.event")
            .filter(state__in=["pending", "claimed", "sent"])
            .count()
        )


@contextmanager
def _at_work(others: list[TenantRef]) -> Iterator[dict[str, int]]:
    """Somebody in each of the other tenants reads a page and writes a row, round and round, some at the same time."""
    tally = {"asked": 0, "errors": 0, "strayed": 0}
    tally |= {f"before {ref.id}": _events(ref) for ref in others}
    tally |= {f"written {ref.id}": 0 for ref in others}
    over, lock = threading.Event(), threading.Lock()
    threads = [
        threading.Thread(target=_work, args=(others[number::AT_ONCE], over, tally, lock))
        for number in range(AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    try:
        yield tally
    finally:
        over.set()
        for thread in threads:
            thread.join(30)


def _work(mine: list[TenantRef], over: threading.Event, tally: dict[str, int], lock: threading.Lock) -> None:
    from django.db import connections
    from django.test import Client

    client = Client(raise_request_exception=False)
    for ref in itertools.cycle(mine):
        if over.is_set():
            break
        try:
            response = client.get("/accounts/login/", headers={"host": ref.host})
            is_error = response.status_code != 200
            _write(ref)
            with lock:
                tally[f"written {ref.id}"] += 1
        except Exception as error:
            print(json.dumps({"host": ref.host, "error": str(error)[:200]}), flush=True)
            is_error = True
        with lock:
            tally["asked"] += 2
            tally["errors"] += is_error
        time.sleep(0.05)
    connections.close_all()


def _write(ref: TenantRef) -> None:
    from lms.audit import actions as audit
    from tenants import clock, context

    with context.inside(ref):
        audit.record(action="drill.written", by=None, at=clock.now(), object_label=ref.host)


def _events(ref: TenantRef) -> int:
    from lms.audit.models import Event
    from tenants import context

    with context.inside(ref):
        return Event.objects.filter(action="drill.written", object_label=ref.host).count()


def _compare(others: list[TenantRef], tally: dict[str, int]) -> tuple[int, int]:
    """Rows written that are not there, and rows that are there more than once."""
    gained = {ref.id: _events(ref) - tally[f"before {ref.id}"] for ref in others}
    written = {ref.id: tally[f"written {ref.id}"] for ref in others}
    missing = sum(max(0, written[each] - gained[each]) for each in written)
    return missing, sum(max(0, gained[each] - written[each]) for each in written)


def _strays(others: list[TenantRef]) -> int:
    """Rows that name another tenant than the one they are in."""
    from lms.audit.models import Event
    from tenants import context

    found = 0
    for ref in others:
        with context.inside(ref):
            found += Event.objects.filter(action="drill.written").exclude(object_label=ref.host).count()
    return found
