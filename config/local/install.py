"""Make `.venv` hold one of our locked requirement sets: `python3 config/local/install.py local|dev`.

Runs before anything is installed, so it uses the standard library only. A second run with nothing changed
takes a few hundredths of a second. `dev` contains `local`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]
VENV = Path(os.environ.get("DULY_VENV", CLONE / ".venv"))
SETS = {"base": ["base", "local", "dev"], "local": ["local", "dev"], "dev": ["dev"]}
OLDEST = (3, 11)


def main(wanted: str) -> None:
    """Create or repair the environment; ends with a sentence and exit code 1 when that cannot be done."""
    if sys.version_info < OLDEST:
        found = sys.version.split()[0]
        sys.exit(f"Duly needs Python 3.11 or newer; this is {found}. Set PYTHON=/path/to/python3.12.")
    # `make run` and `make test` may start at the same time in a fresh clone.
    requirements = os.open(CLONE / "requirements", os.O_RDONLY)
    fcntl.flock(requirements, fcntl.LOCK_EX)
    if any(_stamp(name) == _digest(name) for name in SETS[wanted]):
        return
    if not _works():
        _create()
    print(f"Installing requirements/{wanted}.txt into {VENV} (once; takes a minute or two) ...", flush=True)
    for name in SETS:
        _stamp_file(name).unlink(missing_ok=True)
    _install(wanted)
    _stamp_file(wanted).write_text(_digest(wanted))


def _digest(name: str) -> str:
    # The interpreter is part of it: a copied or upgraded one needs a new installation.
    content = (CLONE / "requirements" / f"{name}.txt").read_bytes()
    return hashlib.sha256(content + str(VENV).encode()).hexdigest()


def _stamp_file(name: str) -> Path:
    return VENV / f".installed-{name}"


def _stamp(name: str) -> str:
    try:
        return _stamp_file(name).read_text() if _works() else ""
    except OSError:
        return ""


def _works() -> bool:
    python = VENV / "bin" / "python"
    return python.exists() and (VENV / "pyvenv.cfg").exists() and os.access(python, os.X_OK)


def _create() -> None:
    print(f"Creating {VENV} with Python {sys.version.split()[0]} ...", flush=True)
    try:
        venv.create(VENV, clear=True, with_pip=True, symlinks=True)
    except (subprocess.CalledProcessError, ImportError, OSError) as error:
        sys.exit(f"No virtual environment could be made ({error}).\nOn Debian: apt-get install python3-venv")


def _install(name: str) -> None:
    arguments = [
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"),
        *("--no-deps", "--require-hashes", "-r", f"requirements/{name}.txt"),
    ]
    done = subprocess.run([VENV / "bin" / "python", *arguments], cwd=CLONE, check=False)
    if done.returncode != 0:
        sys.exit(
            f"pip could not install requirements/{name}.txt (its own message stands above). "
            "Nothing was started; run the same command again when that is solved."
        )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "local")
