"""A process whose login may do more than its work does not serve: tried with real processes and the owner's login."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
WORKER = ["-m", "celery", "--app=config.celery", "worker", "--pool=solo", "--loglevel=ERROR"]


@pytest.mark.parametrize("command", [["-c", "import config.wsgi"], WORKER], ids=["web", "worker"])
def test_a_process_with_the_owners_login_says_so_and_ends(django_db_setup: None, command: list[str]) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTEST_VERSION"},
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": settings.DATABASE_OWNER_URL,
    }
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert "Duly does not serve: tenants.E006" in done.stderr
