"""`manage.py serve_metrics host:port`: figures for whoever watches; gunicorn starts it."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from portal import metrics
from portal.processes import Bell, keep_running

SECONDS = 60


class Command(BaseCommand):
    help = (
        "Answer at host:port with what the workers have counted, until SIGTERM. The web process "
        "starts this where METRICS_BIND is set."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("bind", metavar="host:port")
        parser.add_argument(
            "--parent", type=int, help="start again when killed, end with this process"
        )

    def handle(self, *, bind: str, parent: int | None, **options) -> None:
        def work(bell: Bell) -> None:
            metrics.serve(bind)
            while bell.pause(SECONDS):
                pass

        if parent:
            keep_running(work, parent=parent)
        else:
            work(Bell())
