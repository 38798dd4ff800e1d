"""gunicorn for the demo and for production, which needs a buffering proxy in front of it.

Slow clients hold a thread for as long as they like; Caddy (deploy/Caddyfile) takes that from us.
"""

import os

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
