"""Where services keep their files, such that the account they drop to can read them."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from config.local.processes import Account, ServiceError, unprivileged_account

SHARED_PARENT = Path("/var/tmp")
SCRATCH_PREFIX = "duly-scratch-"
SOCKET_PREFIX = "duly-socket-"


def enterable(preferred: Path) -> Path:
    """`preferred`, created; or, where the unprivileged account could not go there, a folder under /var/tmp.

    The second happens when we are root and the clone lies below a private folder such as /root.
    """
    preferred = preferred.absolute()
    preferred.mkdir(parents=True, exist_ok=True)
    account = unprivileged_account()
    if account is None or account.can_enter(preferred):
        return preferred
    return _outside(f"state {preferred}")


def existing(preferred: Path) -> Path:
    """The folder `enterable(preferred)` would answer with, without making any."""
    outside = SHARED_PARENT / f"duly-{_digest(f'state {preferred.absolute()}')}"
    return outside if unprivileged_account() and outside.is_dir() else preferred


def readable_binaries(package: str, entry: str) -> Path:
    """The folder `entry` of the wheel `package`, its `.libs` beside it, readable by the account we drop to.

    Raises ServiceError when the wheel is not installed. Nothing of the package is imported.
    """
    home = package_folder(package)
    if home is None:
        raise ServiceError(f"the wheel {package} is not installed; see requirements/local.txt")
    account = unprivileged_account()
    if account is None or account.can_enter(home / entry):
        return home / entry
    return _copied(home, entry) / home.name / entry


def package_folder(package: str) -> Path | None:
    """Where `package` is installed, without importing it; None when it is not."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def scratch_folder() -> Path:
    """A new folder for throw-away services, in memory where there is room; sweeps those of killed runs."""
    memory = Path("/dev/shm")
    parent = memory if os.access(memory, os.W_OK) and _has_room(memory) else Path(tempfile.gettempdir())
    for old in parent.glob(f"{SCRATCH_PREFIX}*"):
        if _was_abandoned(old):
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{SCRATCH_PREFIX}{os.getpid()}-", dir=parent))
    folder.chmod(0o755)
    return folder


def give(path: Path, account: Account | None) -> None:
    """Make `path` belong to `account` (nothing to do when we are not root)."""
    if account is not None:
        os.chown(path, account.uid, account.gid)


def _has_room(folder: Path) -> bool:
    return shutil.disk_usage(folder).free > 1_500_000_000


def _was_abandoned(folder: Path) -> bool:
    try:
        if folder.lstat().st_uid != os.geteuid():
            return False
    except FileNotFoundError:  # its owner was quicker
        return False
    pid = folder.name.removeprefix(SCRATCH_PREFIX).split("-")[0]
    return pid.isdigit() and not Path(f"/proc/{pid}").exists()


def _digest(purpose: str) -> str:
    return hashlib.sha256(purpose.encode()).hexdigest()[:12]


def _outside(purpose: str) -> Path:
    folder = SHARED_PARENT / f"duly-{_digest(purpose)}"
    folder.mkdir(mode=0o755, exist_ok=True)
    facts = folder.lstat()
    # The name can be guessed, so someone else may have been there first.
    if folder.is_symlink() or facts.st_uid != os.geteuid() or facts.st_mode & 0o022:
        raise ServiceError(f"{folder} exists and is not ours alone; remove it")
    folder.chmod(0o755)
    return folder


def _copied(home: Path, entry: str) -> Path:
    facts = (home / entry).stat()
    target = _outside(f"binaries {home / entry} {facts.st_mtime_ns}")
    if not (target / "complete").exists():
        for part in (home / entry, home.with_name(f"{home.name}.libs")):
            if part.exists():
                shutil.copytree(
                    part, target / part.relative_to(home.parent), symlinks=True, dirs_exist_ok=True
                )
        for path in (target, *target.rglob("*")):
            if not path.is_symlink():
                path.chmod(
                    path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044)
                )
        (target / "complete").touch()
    return target
