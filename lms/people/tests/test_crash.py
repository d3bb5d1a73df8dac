"""An import whose worker dies as suddenly as a process can."""

import os
import signal
import subprocess
import sys
import time

from lms.people.models import Affiliation, RosterImport, RosterRow, User
from lms.people.tests.test_import import csv
from tenants import clock
from tenants.context import inside

_WORKER = """
import django; django.setup()
from lms.people.imports import apply
from tenants import clock, clockwork
apply.CHUNK = 20
clockwork.run_everything_due(at=clock.now())
"""


def _worker() -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    environment.pop("PYTEST_VERSION", None)
    return subprocess.Popen([sys.executable, "-c", _WORKER], env=environment)


def test_an_import_whose_worker_is_killed_is_finished_by_the_next_one(campus) -> None:
    from lms.people.imports import intake, mapping

    people = [
        {"id": str(n), "email": f"p{n}@campus.example", "manager": "1" if n > 1 else "", "given": f"P{n}"}
        for n in range(1, 401)
    ]
    with inside(campus):
        roster = intake.upload(content=csv(*people), file_name="r.csv", by=None, at=clock.now())
        layout = mapping.load(roster.mapping)
        intake.choose_columns(
            roster=roster, layout=layout, encoding="utf-8", delimiter=",", by=None, at=clock.now()
        )
    _worker().wait(timeout=120)
    with inside(campus):
        roster.refresh_from_db()
        assert roster.counts["create"] == 400
        intake.start_import(roster=roster, absent="keep", confirmed_count=None, by=None, at=clock.now())
    victim = _worker()
    assert _wait_for(campus, lambda: RosterRow.objects.filter(applied_at__isnull=False).exists())
    victim.send_signal(signal.SIGKILL)
    victim.wait(timeout=10)
    with inside(campus):
        done = User.objects.count()
        assert 0 < done < 400
        assert done % 20 == 0, "a chunk was saved in part"
        # The lease of the dead worker runs out; nobody waits for it here.
        from lms.jobs.models import Job

        Job.objects.filter(status="running").update(lease_until=clock.now())
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not _wait_for(campus, _is_done, seconds=0):
        _worker().wait(timeout=120)
        time.sleep(1)
    with inside(campus):
        assert RosterImport.objects.get().state == "done"
        assert User.objects.count() == Affiliation.objects.count() == 400
        assert Affiliation.objects.filter(manager__external_id="1").count() == 399
        assert not RosterRow.objects.filter(applied_at__isnull=True).exists()


def _is_done() -> bool:
    return RosterImport.objects.filter(state="done").exists()


def _wait_for(campus, condition, *, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        with inside(campus):
            if condition():
                return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.02)
