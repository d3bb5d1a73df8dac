"""The backup of every night: in a tenant's own minute, by a login that cannot write, and never silently missing."""

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings

from tenants import clockwork, schedule
from tenants.context import TenantRef, inside, public_schema
from tenants.models import DueWork, Tenant, TenantBackup, TenantEvent, WakeUp
from tenants.portability import nightly
from tenants.portability.reading import Package
from tenants.portability.tests.conftest import MakeTenant
from tenants.tests.factories import AT

DAY = dt.timedelta(days=1)


@pytest.fixture
def shelf_folder(settings: Any, tmp_path: Path, by_backup_login: str) -> Path:
    """An installation that takes backups every night and keeps two of each tenant."""
    settings.BACKUP_DIR, settings.BACKUP_KEEP = str(tmp_path / "nightly"), 2
    Path(settings.BACKUP_DIR).mkdir()
    return Path(settings.BACKUP_DIR)


@pytest.fixture
def ours(make_tenant: MakeTenant) -> TenantRef:
    """A tenant that was never backed up."""
    return make_tenant()


def _night(tenant: TenantRef, at: dt.datetime) -> dt.datetime | None:
    with inside(tenant):
        return nightly.back_up(at=at, scheduled_for=at)


def _standing(tenant: TenantRef) -> TenantBackup:
    with public_schema():
        return TenantBackup.objects.get(pk=tenant.id)


def _told(tenant: TenantRef) -> list[str]:
    with public_schema():
        events = TenantEvent.objects.filter(tenant_id=tenant.id, kind__startswith="backup.").order_by("pk")
        return list(events.values_list("kind", flat=True))


def test_the_clockwork_takes_it_and_it_can_be_read(ours: TenantRef, shelf_folder: Path) -> None:
    with public_schema():
        WakeUp.objects.create(tenant_id=ours.id, job=nightly.JOB.name, due_at=AT)
        ticket = clockwork.claim_for(nightly.JOB.name, ours.id, at=AT)
    assert ticket is not None
    assert clockwork.run_ticket(ticket, at=AT)
    (path,) = shelf_folder.iterdir()
    Package(path).verify()
    standing = _standing(ours)
    assert (standing.taken_at, standing.file, standing.failing_since) == (AT, path.name, None)
    assert standing.bytes == path.stat().st_size
    assert _told(ours) == []


def test_one_a_night_and_the_newest_stay(ours: TenantRef, shelf_folder: Path) -> None:
    for night in range(3):
        for _time in range(2):
            assert _night(ours, AT + night * DAY) is None
    assert len(list(shelf_folder.iterdir())) == 2
    assert _standing(ours).taken_at == AT + 2 * DAY


def test_where_no_folder_is_set_nothing_is_done(ours: TenantRef, settings: Any) -> None:
    settings.BACKUP_DIR = ""
    assert _night(ours, AT) is None
    with public_schema():
        assert not TenantBackup.objects.filter(pk=ours.id).exists()


@pytest.mark.parametrize(
    ("url", "words"), [("", "No login for backups"), ("the owner's", "can write into the tenant")]
)
def test_no_login_that_can_write_takes_a_backup(
    ours: TenantRef, shelf_folder: Path, settings: Any, url: str, words: str
) -> None:
    settings.DATABASE_BACKUP_URL = url and django_settings.DATABASE_OWNER_URL
    with pytest.raises(nightly.BadLogin, match=words):
        _night(ours, AT)
    assert list(shelf_folder.iterdir()) == []
    assert words in _standing(ours).problem


def test_a_failure_is_told_once_and_its_end_too(ours: TenantRef, shelf_folder: Path, settings: Any) -> None:
    settings.BACKUP_DIR = str(shelf_folder / "a file in the way")
    Path(settings.BACKUP_DIR).touch()
    for hour in range(3):
        with pytest.raises(OSError, match="File exists"):
            _night(ours, AT + hour * dt.timedelta(hours=1))
    standing = _standing(ours)
    assert (standing.taken_at, standing.failing_since) == (None, AT)
    assert "FileExistsError" in standing.problem
    settings.BACKUP_DIR = str(shelf_folder)
    _night(ours, AT + DAY)
    standing = _standing(ours)
    assert (standing.taken_at, standing.failing_since, standing.problem) == (AT + DAY, None, "")
    assert _told(ours) == ["backup.failed", "backup.recovered"]


def test_a_second_worker_leaves_it_to_the_first(
    ours: TenantRef, shelf_folder: Path, by_backup_login: str
) -> None:
    """A lease ends while a large tenant is written; whoever is handed the ticket then looks again later."""
    with psycopg.connect(by_backup_login, autocommit=True) as first:
        first.execute("SELECT pg_advisory_lock(%s, %s)", [nightly._LOCK_SPACE, ours.id])
        again_at = _night(ours, AT)
        assert again_at is not None
        assert list(shelf_folder.iterdir()) == []
    assert _night(ours, again_at) is None
    assert len(list(shelf_folder.iterdir())) == 1


def test_two_thousand_tenants_are_spread_over_the_night() -> None:
    times = [nightly.JOB.time_for(number) for number in range(1, 2001)]
    assert times == [nightly.JOB.time_for(number) for number in range(1, 2001)]
    assert min(times) >= dt.time(1, 0)
    assert max(times) < dt.time(5, 0)
    a_quarter = Counter((time.hour, time.minute // 15) for time in times)
    assert len(a_quarter) == 16
    assert max(a_quarter.values()) < 200


def test_tenants_of_before_get_the_daily_jobs_of_a_release(ours: TenantRef, make_tenant: MakeTenant) -> None:
    bare = make_tenant()
    with public_schema():
        clockwork.plan_daily_jobs(Tenant.objects.get(pk=ours.id), at=AT)
        mine = DueWork.objects.filter(tenant_id=ours.id)
        before = dict(mine.values_list("job", "next_run_at"))
        assert set(before) == {job.name for job in schedule.daily_jobs()}
        mine.filter(job=nightly.JOB.name).delete()
        assert clockwork.plan_new_jobs(at=AT) == 1
        assert dict(mine.values_list("job", "next_run_at")) == before
        assert clockwork.plan_new_jobs(at=AT) == 0
        assert not DueWork.objects.filter(tenant_id=bare.id).exists()
