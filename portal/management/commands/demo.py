"""`manage.py demo`: from a fresh checkout to a running site on this machine, in one command."""

import os
import secrets
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connections

from contacts.demo import INTERPRETING, PASSWORD, create_accounts
from contacts.interpreting.demo import create_interpreters
from contacts.network.demo import CONVENOR, create_network
from portal import clock
from portal.catalogues import compile_catalogues
from portal.models import User

IPV4, IPV6 = "127.0.0.1", "::1"


class Command(BaseCommand):
    help = (
        "Prepare the demo (database, places, offices, one staff account a role) and serve it on "
        "this machine. Whatever is there already is kept."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port on localhost (8000)")
        parser.add_argument("--no-serve", action="store_true", help="prepare only")

    def handle(self, *, port: int, no_serve: bool, **options) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo has published passwords; it refuses MODE=production.")
        if somebody_works_here():
            raise CommandError(
                "Somebody has an account of their own in this database, so it is no demo. Name "
                "another one in DATABASE_URL; without it the demo has a file of its own."
            )
        if not no_serve and not can_listen(IPV4, port):
            raise CommandError(f"Port {port} is taken. Choose another: make demo PORT={port + 1}")
        keep_secret_key(settings.VAR_DIR)
        self.prepare()
        self.introduce(port)
        if not no_serve:
            connections.close_all()
            self.stdout.flush()
            serve(port)

    def prepare(self) -> None:
        """Bring database, catalogues and static files up to date; idempotent."""
        compile_catalogues(settings.LOCALE_PATHS)
        self.stdout.write("Database …")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_places")
        call_command("load_offices", settings.BASE_DIR / "data" / "offices")
        self.stdout.write("Static files …")
        call_command("collectstatic", interactive=False, verbosity=0)

    def introduce(self, port: int) -> None:
        """Create accounts, a group and interpreters; print where the site is and who can log in."""
        accounts = create_accounts()
        group = create_network()
        create_interpreters(now=clock.now())
        width = max(len(account.email) for account in accounts)
        lines = [
            "",
            f"Site            http://localhost:{port}/",
            f"Administration  http://localhost:{port}/verwaltung/",
            "",
            f"Log-ins, password “{PASSWORD}”:",
            *(f"  {a.email:{width}}  {a.role.label if a.role else '–'}" for a in accounts),
            f"The desk of a pool of interpreters: {INTERPRETING.email}",
            "",
            f"Convenor of a group, by a code that lies in the outbox: {CONVENOR}",
            f"  http://localhost:{port}{group.get_absolute_url()}",
            "",
            "A demo for this machine only: example data, nothing is sent. Ctrl+C ends it.",
        ]
        self.stdout.write("\n".join(lines))


def somebody_works_here() -> bool:
    """Whether there is a member of staff whom the demo has not made."""
    try:
        return User.objects.filter(is_demo=False, is_staff=True).exists()
    except Error:
        return False  # no tables yet, or those of an earlier release: `migrate` tells


def keep_secret_key(var_dir: Path) -> None:
    """Make the key file that `portal.settings` reads, so that sessions survive a restart."""
    var_dir.mkdir(parents=True, exist_ok=True)
    key_file = var_dir / "demo-secret-key"
    if not key_file.exists():
        settings.SECRET_KEY = secrets.token_urlsafe(64)
        with open(key_file, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(settings.SECRET_KEY)


def can_listen(host: str, port: int) -> bool:
    """Whether a server can bind `host`:`port` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError:
        return False
    return True


def serve(port: int) -> None:
    """Become the production server on the loopback addresses; does not return.

    A browser may take "localhost" for ::1, so that is bound too where the machine has it.
    """
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        str(settings.BASE_DIR / "deploy/gunicorn.conf.py"),
    ]
    command += ["--chdir", str(settings.BASE_DIR), "--bind", f"{IPV4}:{port}"]
    if can_listen(IPV6, port):
        command += ["--bind", f"[{IPV6}]:{port}"]
    os.execv(sys.executable, [*command, "portal.wsgi:application"])  # noqa: S606
