"""`manage.py run_jobs`: sends mail and does what is due by the clock, once or for ever."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from portal import jobs
from portal.processes import Bell, keep_running


class Command(BaseCommand):
    help = (
        "Run the timed jobs that are due, or those that are named whether due or not. With --loop, "
        "go on until SIGTERM; the web process starts this by itself unless JOBS=off."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="job", help="run these now")
        parser.add_argument("--loop", action="store_true", help="go on until SIGTERM")
        parser.add_argument("--list", action="store_true", help="name the jobs")
        parser.add_argument(
            "--parent", type=int, help="with --loop: start again when killed, end with this process"
        )

    def handle(self, *, names: list[str], loop: bool, list: bool, parent: int | None, **options):
        known = jobs.registered()
        if unknown := sorted(set(names) - set(known)):
            raise CommandError(f"No such job: {', '.join(unknown)}. There are: {', '.join(known)}")
        if list:
            self.stdout.write("\n".join(f"{job.name:20} {job.label}" for job in known.values()))
        elif loop and parent:
            connections.close_all()  # a connection does not survive a fork
            keep_running(run, parent=parent)
        elif loop:
            run(Bell())
        else:
            self.once(names)

    def once(self, names: list[str]) -> None:
        done = jobs.run_now(names) if names else jobs.run_due()
        for ran in done:
            self.stdout.write(f"{ran.name}: {ran.error or ran.report or 'nothing to do'}")
        if not done:
            self.stdout.write("No job is due, or another process is at it.")
        if any(ran.error for ran in done):
            raise CommandError("A job failed.")


def run(bell: Bell) -> None:
    jobs.loop(pause=bell.pause, go_on=lambda: bell.is_silent)
