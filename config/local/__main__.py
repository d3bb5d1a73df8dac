"""`python -m config.local`: the whole of Duly on this machine, until Ctrl-C. `make run` calls it."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from config.local import environment, folders, processes
from config.local.processes import FolderLock, ServiceError
from config.local.stack import Stack, start_stack
from config.local.supervisor import CLONE, Supervisor, children_of


class StopRequested(BaseException):  # not an error: Ctrl-C, SIGTERM or a closed terminal
    """Somebody wants us to stop."""


def say(line: str) -> None:
    """One line for the person at the terminal."""
    print(line, flush=True)


def main() -> int:
    """Run until told to stop; the exit code is 0 then, and 1 with a sentence when something did not start."""
    arguments = parse_arguments()
    if arguments.with_parent:
        processes.end_with_parent()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _stop_once)
    try:
        run(arguments)
    except ServiceError as error:
        say(f"Duly did not start: {error}")
        return 1
    except StopRequested:
        say("Stopped.")
    return 0


def parse_arguments() -> argparse.Namespace:
    """The command line; every option has an environment variable of the same meaning or a good default."""
    parser = argparse.ArgumentParser(prog="python -m config.local", description=__doc__)
    port = int(os.environ.get("PORT") or 8000)
    state = environment.default_state()
    parser.add_argument("--port", type=int, default=port, help="where web listens (PORT, else 8000)")
    parser.add_argument(
        "--state", type=Path, default=state, help="folder of all state (DULY_STATE, else .state)"
    )
    parser.add_argument("--no-demo", action="store_true", help="do not create the demo university")
    parser.add_argument("--throw-away", action="store_true", help="trade the database's durability for speed")
    parser.add_argument("--with-parent", action="store_true", help="stop when the parent process ends")
    return parser.parse_args()


def run(arguments: argparse.Namespace) -> None:
    """Everything from the first folder to the last process; leaves nothing running, however it ends."""
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(_ignore_further_signals)
        state = folders.enterable(arguments.state)
        lock = FolderLock.take(state)
        cleanup.callback(lock.release)
        _refuse_taken_port(arguments.port)
        say(f"state      {state}  (all of it; may be deleted while Duly is stopped)")
        stack = start_stack(state, port=arguments.port, durable=not arguments.throw_away)
        cleanup.callback(stack.stop)
        environment.keep(state, stack.environment)
        cleanup.callback(environment.forget, state)
        for line in stack.summary:
            say(line)
        _prepare(stack, with_demo=not arguments.no_demo)
        operators = _operators(stack, with_demo=not arguments.no_demo)
        supervisor = Supervisor(say, children_of(stack, arguments.port))
        cleanup.callback(supervisor.stop)
        supervisor.start(seconds=300)
        _wait_for_answer(arguments.port)
        _say_addresses(stack, arguments.port, operators)
        while True:
            time.sleep(0.25)
            supervisor.look()
            if stack.dead():
                raise ServiceError(
                    f"{' and '.join(stack.dead())} ended; its log is below {state}. All is stopped."
                )


def _stop_once(number: int, frame: FrameType | None) -> None:
    _ignore_further_signals()
    raise StopRequested


def _ignore_further_signals() -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)


def _refuse_taken_port(port: int) -> None:
    if not processes.is_free(port):
        raise ServiceError(f"port {port} is in use. Try: PORT={port + 1} make run")


def _prepare(stack: Stack, *, with_demo: bool) -> None:
    log = stack.state / "logs" / "prepare.log"
    say("preparing  tables, static files" + (" and the demo university ..." if with_demo else " ..."))
    command = [sys.executable, "-m", "config.local.prepare", *([] if with_demo else ["--no-demo"])]
    process = processes.spawn(command, log=log, environment=stack.environment, folder=CLONE, show_output=True)
    try:
        code = process.wait()
    except BaseException:
        processes.stop_group(process, patience=5)
        raise
    if code != 0:
        raise ServiceError(f"preparing failed; {log} ends with:\n{processes.last_lines(log, 25)}")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _wait_for_answer(port: int) -> None:
    if not processes.wait_until(lambda: _answers(port), seconds=60, pause=0.2):
        raise ServiceError(f"web listens on port {port} but /readyz does not answer; see logs/web.log")


def _operators(stack: Stack, *, with_demo: bool) -> str:
    """Who may sign in to the operator console, in words; on a demo's first start that is somebody new."""
    if stack.for_operators() is None:
        return "not started: DATABASE_OPERATOR_URL is not set (docs/operations/operator-console.md)"
    if not with_demo:
        return "manage.py create_operator lets somebody in"
    email = "operator@duly.localhost"
    command = [sys.executable, "manage.py", "create_operator", "--email", email, "--name", "First Operator"]
    done = subprocess.run(
        [*command, "--if-new", "--json"],
        env=stack.environment,
        cwd=CLONE,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        return f"nobody yet: {done.stderr.strip().splitlines()[-1:]}"
    way_in = json.loads(done.stdout)["way_in"]
    return f"{email} begins at {way_in}" if way_in else f"{email} signs in with password and second factor"


def _say_addresses(stack: Stack, port: int, operators: str) -> None:
    say(f"operator   {stack.environment['OPERATOR_ORIGIN']}/  ({operators})")
    if stack.mailbox_port is not None:
        say(f"mailbox    http://localhost:{port}/mailbox/  (every mail that would have left)")
    say(f"logs       {stack.state / 'logs'}   Ctrl-C stops everything.")
    say(f"ready: http://localhost:{port}/")


if __name__ == "__main__":
    sys.exit(main())
