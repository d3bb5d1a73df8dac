"""The embedded servers start, stop, survive being killed, and leave other people's processes alone."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis as redis_client

from config.local import database, folders, processes, redis
from config.local.postgres import start_postgres
from config.local.processes import ServiceError

pytestmark = pytest.mark.slow


@pytest.fixture
def scratch() -> Iterator[Path]:
    folder = folders.scratch_folder()
    yield folder
    shutil.rmtree(folder)


def answer(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def test_postgres_keeps_its_rows_over_stop_and_start(scratch: Path) -> None:
    server = start_postgres(scratch / "pg", durable=True)
    urls = database.ensure_database(server, "duly")
    with psycopg.connect(urls.owner_url) as connection:
        connection.execute("CREATE TABLE public.kept AS SELECT 7 AS n")
    assert server.stop() == 0

    server = start_postgres(scratch / "pg", durable=True)
    assert answer(database.ensure_database(server, "duly").owner_url, "SELECT n FROM public.kept") == 7
    assert server.stop() == 0


def test_a_wrong_password_is_refused_and_the_right_one_is_private(scratch: Path) -> None:
    server = start_postgres(scratch / "pg", durable=False)
    try:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.dsn(server.superuser, "guess", "postgres"))
        secrets = [server.folder / "superuser.password", server.folder / "data"]
        assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in secrets)
        assert answer(server.superuser_dsn, "SHOW unix_socket_directories") == ""
    finally:
        server.stop()


def test_two_servers_run_side_by_side_but_not_in_one_folder(scratch: Path) -> None:
    one = start_postgres(scratch / "one", durable=False)
    two = start_postgres(scratch / "two", durable=False)
    try:
        assert one.port != two.port
        assert answer(one.superuser_dsn, "SELECT 1") == answer(two.superuser_dsn, "SELECT 1")
        with pytest.raises(ServiceError, match="in use by another run"):
            start_postgres(scratch / "one", durable=False)
    finally:
        one.stop()
        two.stop()


def test_postgres_starts_again_after_it_was_killed(scratch: Path) -> None:
    server = start_postgres(scratch / "pg", durable=True)
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    server.lock.release()
    assert (server.folder / "data" / "postmaster.pid").exists()

    again = start_postgres(scratch / "pg", durable=True)
    assert answer(again.superuser_dsn, "SELECT 1") == 1
    again.stop()


def test_a_pid_file_that_names_a_foreign_process_harms_nobody(scratch: Path) -> None:
    server = start_postgres(scratch / "pg", durable=False)
    server.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    (server.folder / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n/elsewhere\n1\n5432\n")
    try:
        again = start_postgres(scratch / "pg", durable=False)
        again.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_servers_end_when_the_process_that_started_them_is_killed(scratch: Path) -> None:
    program = """
        import sys, time
        from pathlib import Path
        from config.local import redis
        from config.local.postgres import start_postgres
        folder = Path(sys.argv[1])
        server, cache = start_postgres(folder / "pg", durable=False), redis.start_redis(folder / "redis")
        print(server.process.pid, cache.process.pid if cache else 0, flush=True)
        time.sleep(600)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), scratch], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    children = [int(pid) for pid in parent.stdout.readline().split() if pid != "0"]
    assert all(Path(f"/proc/{pid}").exists() for pid in children)
    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert processes.wait_until(lambda: not any(map(is_alive, children)), seconds=20)
    again = start_postgres(scratch / "pg", durable=False)
    again.stop()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_the_runtime_login_may_do_nothing_by_itself(scratch: Path) -> None:
    server = start_postgres(scratch / "pg", durable=False)
    try:
        urls = database.ensure_database(server, "duly")
        assert database.ensure_database(server, "duly") == urls
        with psycopg.connect(urls.owner_url) as owner:
            owner.execute("CREATE TABLE public.thing (id bigint PRIMARY KEY)")
        for query in ("SELECT * FROM public.thing", "CREATE TABLE public.other ()", "CREATE SCHEMA mine"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                answer(urls.app_url, query)
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(urls.app_url.removesuffix("duly") + "postgres")
    finally:
        server.stop()


def test_the_owner_can_make_a_tenant_role_and_hand_it_to_the_runtime_login(scratch: Path) -> None:
    server = start_postgres(scratch / "pg", durable=False)
    try:
        urls = database.ensure_database(server, "duly")
        with psycopg.connect(urls.owner_url) as owner:
            owner.execute("CREATE ROLE r_one; CREATE SCHEMA t_one; GRANT USAGE ON SCHEMA t_one TO r_one")
            owner.execute("CREATE TABLE t_one.thing AS SELECT 3 AS n; GRANT SELECT ON t_one.thing TO r_one")
            owner.execute("GRANT r_one TO duly_app WITH INHERIT FALSE, SET TRUE")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            answer(urls.app_url, "SELECT n FROM t_one.thing")
        with psycopg.connect(urls.app_url) as app:
            app.execute("SET ROLE r_one")
            assert app.execute("SELECT n FROM t_one.thing").fetchone() == (3,)
    finally:
        server.stop()


def candidates() -> list[Path]:
    wheel = folders.package_folder(redis.WHEEL)
    found = [wheel / "bin" / "redis-server"] if wheel else []
    on_path = shutil.which("redis-server")
    return [*found, *([Path(on_path)] if on_path else [])]


@pytest.mark.parametrize("program", candidates(), ids=str)
def test_redis_keeps_its_keys_over_stop_start_and_kill(scratch: Path, program: Path) -> None:
    server = redis.start_redis(scratch / "redis", executable=program)
    assert server is not None
    redis_client.Redis.from_url(server.url).set("kept", "yes")
    assert server.stop() == 0

    server = redis.start_redis(scratch / "redis", executable=program)
    assert server is not None
    assert redis_client.Redis.from_url(server.url).get("kept") == b"yes"
    assert stat.S_IMODE(server.socket.stat().st_mode) & 0o077 == 0
    server.process.kill()
    server.process.wait()
    server.lock.release()

    server = redis.start_redis(scratch / "redis", executable=program)
    assert server is not None
    assert redis_client.Redis.from_url(server.url).get("kept") == b"yes"
    server.stop()


def test_redis_in_a_folder_with_a_long_name_gets_a_short_socket(scratch: Path) -> None:
    server = redis.start_redis(scratch / ("long" * 30) / "redis")
    if server is None:
        pytest.skip("no Redis on this machine")
    assert redis_client.Redis.from_url(server.url).ping()
    short = server.socket.parent
    server.stop()
    assert not short.exists()


def test_a_machine_without_redis_gets_none(monkeypatch: pytest.MonkeyPatch, scratch: Path) -> None:
    monkeypatch.setattr(redis, "WHEEL", "no_such_wheel")
    monkeypatch.setenv("PATH", "/nowhere")
    assert redis.start_redis(scratch / "redis") is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_root_below_a_private_folder_moves_the_files_where_the_server_can_read_them() -> None:
    private = Path("/root/.duly-test") / str(os.getpid())
    private.mkdir(parents=True)
    Path("/root").stat()
    private.parent.chmod(0o700)
    try:
        server = start_postgres(private / "pg", durable=False)
        assert not server.folder.is_relative_to("/root")
        assert answer(server.superuser_dsn, "SELECT 1") == 1
        server.stop()
        shutil.rmtree(server.folder)
    finally:
        shutil.rmtree(private.parent)
