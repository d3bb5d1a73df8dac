"""`python -m bench [--only NAME]`: start services, measure, print, and write the two reports.

Each module has services and a process of its own: the tenants of one would be part of what another measures.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys

from bench import report
from bench.measure import Result, spread
from bench.world import running

# Name in the reports -> the module that measures it (and perhaps its sister).
BENCHMARKS = {
    "provisioning-schema": "provisioning",
    "provisioning": "provisioning",
    "provisioning-pool": "provisioning",
    "learner-home": "pages",
    "overview": "pages",
    "import": "roster",
    "clockwork": "clockwork",
    "request-many-tenants": "scale",
    "request-new-connection": "scale",
    "host-look-up": "scale",
    "role-switch": "scale",
    "clockwork-idle": "idle",
    "takeout": "portability",
    "restore": "portability",
    "restore-large": "restoring",
    "reconcile": "engine",
    "nightly": "nights",
    "nightly-idle": "nights",
    "nightly-many-tenants": "nights",
    "simulate": "ahead",
    "standing": "engine",
    "may-access": "engine",
    "may-access-http": "engine",
    "migrate-noop": "migrations",
    "migrate-verify": "migrations",
    "migrate-addfield": "migrations",
}


def main() -> int:
    """The exit code is 0 when every benchmark asked for ran."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only",
        choices=BENCHMARKS,
        nargs="+",
        default=[],
        help="run these; the other lines stay as they are",
    )
    only: list[str] = parser.parse_args().only or list(BENCHMARKS)
    modules = {
        BENCHMARKS[name]: [each for each in only if BENCHMARKS[each] == BENCHMARKS[name]] for name in only
    }
    if len(modules) > 1:
        command = [sys.executable, "-m", "bench", "--only"]
        codes = [subprocess.run([*command, *names], check=False).returncode for names in modules.values()]
        return max(codes)
    [(module, names)] = modules.items()
    _measure(module, names)
    return 0


def _measure(module: str, names: list[str]) -> None:
    results: list[Result] = []
    before = os.getloadavg()[0]
    with running() as world:
        from tenants import clock

        for result in importlib.import_module(f"bench.{module}").run(world):
            if result.name not in names:
                continue
            results.append(result)
            print(
                f"{result.name:<22} ours {spread(result.ours):<30} floor {spread(result.floor):<30} "
                f"ratio {result.ratio:.2f}  n={len(result.ours)}",
                flush=True,
            )
        date = f"{clock.now():%d %b %Y}".lstrip("0")
    report.keep(results, date=date, load=before, order=list(BENCHMARKS))


if __name__ == "__main__":
    sys.exit(main())
