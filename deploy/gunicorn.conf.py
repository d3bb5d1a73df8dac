"""gunicorn: WSGI threads. Every value can be set by the environment; the defaults suit one small machine."""  # noqa: INP001  # a configuration file, not a package

import os
from pathlib import Path

bind = os.environ.get("BIND", "0.0.0.0:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# A connection remembers every tenant it touched; a process that is replaced now and then bounds that too.
max_requests = int(os.environ.get("WEB_MAX_REQUESTS", "20000"))
max_requests_jitter = max_requests // 10
timeout = 60
graceful_timeout = 25
keepalive = 5
# Heartbeats in memory: on a slow disk they would look like hanging workers.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
# The proxy in front is the only one whose X-Forwarded-* are believed (BEHIND_PROXY in the settings).
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
accesslog = None
errorlog = "-"
loglevel = "info"
