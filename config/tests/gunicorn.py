"""The product in a gunicorn of its own, on the servers of the test session."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from config.local import processes


@contextmanager
def serving(*options: str, port: int = 0, **environment: str) -> Iterator[int]:
    """Serve on a port, a free one by default, with further options and variables, until the block ends."""
    port = port or processes.free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        f"--bind=127.0.0.1:{port}",
        "--threads=4",
        *options,
        "config.wsgi",
    ]
    known = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", **environment}
    known.pop("PYTEST_VERSION", None)  # else it would start servers of its own
    process = subprocess.Popen(command, env=known, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert processes.wait_until(lambda: _listens(port), seconds=60, pause=0.2)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
