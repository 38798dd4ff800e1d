"""gunicorn for the demo and for production, which needs a buffering proxy in front of it.

Slow clients hold a thread for as long as they like; Caddy (deploy/Caddyfile) takes that from us.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"
AGAIN = 2  # seconds between two looks at whether what runs beside still does
ENOUGH = 4  # seconds for each to end; what they leave undone is done after the next start

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
METRICS_BIND = os.environ.get("METRICS_BIND")  # host:port for figures, such as 127.0.0.1:9100
if METRICS_BIND and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:  # this is read at a reload, too
    # All workers count in files of this folder, whatever restarts; when we end, it goes.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="metrics-")


# Beside the workers run processes of their own: timed jobs (mail, clocks, nightly work), unless
# JOBS=off: then something else has to run `manage.py run_jobs --loop`; and whoever tells the
# figures. Each keeps its work alive by itself; whichever is killed as a whole is started again.


def when_ready(server):
    server.beside, server.is_over = [_start(command) for command in _commands()], threading.Event()
    server.watch = threading.Thread(target=_watch, args=(server,), daemon=True)
    server.watch.start()


def _commands():
    if os.environ.get("JOBS", "on") != "off":
        yield ["run_jobs", "--loop"]
    if METRICS_BIND:
        yield ["serve_metrics", METRICS_BIND]


def _start(command):
    whole = [sys.executable, str(MANAGE), *command, "--parent", str(os.getpid())]
    return subprocess.Popen(whole)  # noqa: S603


def _watch(server):
    while not server.is_over.wait(AGAIN):
        for number, process in enumerate(server.beside):
            if process.poll() is not None:
                server.log.warning("Starting again what has ended: %s", process.args[2])
                server.beside[number] = _start(process.args[2:-2])


def post_worker_init(worker):
    from portal.logs import WithoutRequestLine  # not above: the site is not loaded there

    worker.log.error_log.addFilter(WithoutRequestLine())


def child_exit(server, worker):
    if METRICS_BIND:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    _stop(server)
    if METRICS_BIND:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


def _stop(server):
    beside = getattr(server, "beside", [])  # a server that could not start has none
    if beside:
        server.is_over.set()
        server.watch.join()
    for process in beside:
        process.terminate()
    for process in beside:
        with suppress(subprocess.TimeoutExpired):  # it also ends by itself as soon as we are gone
            process.wait(timeout=ENOUGH)


def on_reload(server):
    _stop(server)
    when_ready(server)
