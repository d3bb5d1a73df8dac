"""`python -m bench.faults [--only F10]`: start services, break them, and write down what held.

Each drill has services of its own. Exit code 1 when something did not hold.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from bench.faults import drill, record
from bench.world import running


def main() -> int:
    """The exit code is 0 when every drill asked for ran and everything held."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--only", choices=list(drill.known()), help="run this one")
    parser.add_argument(
        "--render", action="store_true", help="only make faults.md anew from the figures on record"
    )
    options = parser.parse_args()
    if options.render:
        record.render()
        return 0
    if options.only is None:
        # A process each: a drill may leave Django, its connections and its threads in any state.
        command = [sys.executable, "-m", "bench.faults", "--only"]
        codes = [subprocess.run([*command, name], check=False).returncode for name in drill.known()]
        return 1 if any(codes) else 0  # one that a signal ended has a code below zero
    return _run(options.only)


def _run(name: str) -> int:
    with running() as world:
        from tenants import clock

        chosen = drill.load(name)
        print(f"{name}: {chosen.title}", flush=True)
        rows = chosen.run(world)
        for row in rows:
            broken = row.broken()
            print(
                f"  {row.case:<48} missing {row.missing}  doubled {row.doubled}  strayed {row.strayed}  "
                f"{row.seconds:.2f} s  {'held' if not broken else 'NOT HELD: ' + ', '.join(broken)}",
                flush=True,
            )
        date = f"{clock.now():%d %b %Y}".lstrip("0")
    record.write(chosen, rows, command=f"make faults ONLY={name}", date=date)
    return 1 if any(row.broken() for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
