"""Brings database, tenants, static files and demo up to date: `python -m config.local.prepare [--no-demo]`.

One process for all of it, since most of each command's time is importing Django. Only what `seed_demo` says
goes to standard output; the rest goes to standard error, which `make run` keeps in a log.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command, get_commands

BEFORE_DEMO = ["migrate_public", "build_template", "migrate_tenants"]


def main(*, with_demo: bool) -> None:
    """Run the commands in order; any failure ends the process with its traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()
    with contextlib.redirect_stdout(sys.stderr):
        known = get_commands()
        for command in BEFORE_DEMO:
            if command in known:
                call_command(command)
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
    if with_demo and "seed_demo" in get_commands():
        call_command("seed_demo")
    with contextlib.redirect_stdout(sys.stderr):
        call_command("pool", refill=True)


if __name__ == "__main__":
    main(with_demo="--no-demo" not in sys.argv)
