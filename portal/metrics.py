"""Figures for whoever watches the site, in the text format of Prometheus.

The workers count requests and their time by route, in files that they share. A process beside them
(`manage.py serve_metrics`) adds mail and jobs from the database, and serves all at METRICS_BIND, an
address that the public cannot reach. Without METRICS_BIND nothing is counted. No figure names
anybody.
"""

import os
import time
from collections.abc import Callable, Iterator

from django.db import Error, close_old_connections
from django.db.models import Min
from django.http import HttpRequest, HttpResponseBase
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from portal import clock

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # set by deploy/gunicorn.conf.py
UNKNOWN = "unknown"  # whatever address somebody invents is one line
REQUESTS = Counter(
    "ansprechbar_requests", "Requests answered", ["method", "route", "status"], registry=None
)
SECONDS = Histogram(
    "ansprechbar_request_seconds",
    "Time to answer a request",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=None,
)
METHODS = frozenset({"GET", "HEAD", "POST"})


class MetricsMiddleware:
    """Counts requests by the name of their route, where somebody wants to know."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.is_counting = FOLDER in os.environ

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not self.is_counting:
            return self.get_response(request)
        begun = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = (match.view_name if match else "") or UNKNOWN
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(time.perf_counter() - begun)
        return response


class StateCollector(Collector):
    """What the database tells: mail that waits or failed, and how long ago each job went well."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            yield from self._state()
            is_there = 1
        except Error:
            is_there = 0
        finally:
            close_old_connections()
        yield GaugeMetricFamily(
            "ansprechbar_database_up", "Whether the database answers", value=is_there
        )

    def _state(self) -> list[GaugeMetricFamily]:
        from portal.models import JobRun, OutboxMessage  # after the apps are ready

        now = clock.now()
        mail = OutboxMessage.objects
        waiting = mail.filter(state=OutboxMessage.State.WAITING)
        oldest = waiting.aggregate(first=Min("created_at"))["first"]
        ages = GaugeMetricFamily(
            "ansprechbar_job_success_age_seconds", "Since a job went well", labels=["job"]
        )
        for name, success in JobRun.objects.values_list("name", "last_success"):
            if success is not None:
                ages.add_metric([name], (now - success).total_seconds())
        return [
            GaugeMetricFamily("ansprechbar_mail_waiting", "Mails to send", value=waiting.count()),
            GaugeMetricFamily(
                "ansprechbar_mail_oldest_seconds",
                "Since the oldest of them was written",
                value=(now - oldest).total_seconds() if oldest else 0,
            ),
            GaugeMetricFamily(
                "ansprechbar_mail_undelivered",
                "Mails that did not arrive",
                value=mail.undelivered(now).count(),
            ),
            ages,
        ]


def serve(bind: str) -> None:
    """Answer at `bind` (host:port) with what all processes have counted, in a thread of its own."""
    host, _colon, port = bind.rpartition(":")
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(StateCollector())
    start_http_server(int(port), addr=host.strip("[]"), registry=registry)
