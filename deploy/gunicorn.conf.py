"""gunicorn for the demo and for production, which needs a buffering proxy in front of it.

Slow clients hold a thread for as long as they like; Caddy (deploy/Caddyfile) takes that from us.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"
ENOUGH = 4  # seconds for the jobs to end; what they leave undone is done after the next start

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
timeout = 30
graceful_timeout = 25  # shorter than a container's stop time-out
keepalive = 5
max_requests = 2000
max_requests_jitter = 200
if os.path.isdir("/dev/shm"):  # noqa: PTH112, S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108  (heartbeat files: never wait for a disk)
limit_request_line = 0  # a long address gets our own answer; the proxy has limits of its own
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
forwarder_headers = ""  # no header may set SCRIPT_NAME or PATH_INFO, whoever sends it
control_socket_disable = True
accesslog = None  # addresses of visitors are nobody's business
if os.environ.get("LOG_FORMAT", "json" if os.environ.get("MODE") == "production" else "") == "json":
    logconfig_dict = {
        "formatters": {"json": {"()": "portal.logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"level": "INFO", "handlers": ["stderr"]},
        "loggers": {
            "gunicorn.error": {"level": "INFO", "handlers": ["stderr"], "propagate": False}
        },
    }
if os.environ.get("METRICS_BIND"):  # where the jobs answer with figures, such as 127.0.0.1:9100
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="metrics-"))


# Timed jobs (mail, clocks, nightly work) run in a process of their own beside the workers, unless
# JOBS=off: then something else has to run `manage.py run_jobs --loop`.


def when_ready(server):
    server.jobs = None
    if os.environ.get("JOBS", "on") != "off":
        command = [sys.executable, str(MANAGE), "run_jobs", "--loop", "--parent", str(os.getpid())]
        server.jobs = subprocess.Popen(command)  # noqa: S603


def child_exit(server, worker):
    if os.environ.get("METRICS_BIND"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    jobs = getattr(server, "jobs", None)  # a server that could not start has none
    if jobs is None:
        return
    jobs.terminate()
    with suppress(subprocess.TimeoutExpired):  # it also ends by itself as soon as we are gone
        jobs.wait(timeout=ENOUGH)


def on_reload(server):
    on_exit(server)
    when_ready(server)
