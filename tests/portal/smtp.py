"""A real mail server in a thread, and a sender in a process of its own that dies when told to."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message

from aiosmtpd.controller import Controller
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection

from tests.postgresql import free_port
from tests.servers import PRODUCTION, ROOT, environment

HOST = "127.0.0.1"
logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd writes down every command


@dataclass
class MailServer:
    """Accepts what comes; `answers` are given first, one for each command of that name.

    `answers["RCPT"] = ["450 4.2.0 later"]` refuses the first recipient and takes the second.
    `on_data` is called when a whole mail has come and before it is answered.
    """

    port: int = field(default_factory=free_port)
    answers: dict[str, list[str]] = field(default_factory=dict)
    on_data: Callable[[], object] = lambda: None
    received: list[Message] = field(default_factory=list)
    connections: int = 0

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.received]

    def _answer(self, command: str) -> str:
        waiting = self.answers.get(command, [])
        return waiting.pop(0) if waiting else "250 2.0.0 OK"

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        answer = self._answer("MAIL")
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self._answer("RCPT")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = self._answer("DATA")
        if answer.startswith("250"):
            self.received.append(message_from_bytes(envelope.content))
        await server.loop.run_in_executor(None, self.on_data)
        return answer


@contextmanager
def mail_server(**options) -> Iterator[MailServer]:
    """A server on a free port of this machine; `options` go to aiosmtpd."""
    server = MailServer()
    controller = Controller(server, hostname=HOST, port=server.port, **options)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


class OutsideTransactions(EmailBackend):
    """Django's own backend, and a look at whether a transaction is open."""

    def open(self):
        assert not connection.in_atomic_block, "a mail server is spoken to inside a transaction"
        return super().open()


class DiesOnOpening(EmailBackend):
    """For a sender that is killed when it has claimed a mail, before it speaks to the server."""

    def open(self):
        os.kill(os.getpid(), signal.SIGKILL)


# A sender of its own: `now` comes from us, and may be the moment at which it dies.
SENDER = """
import datetime as dt, os, signal, sys
import django; django.setup()
from django.conf import settings
from portal import sending
settings.EMAIL_BACKEND = f"tests.portal.smtp.{sys.argv[3]}"
now, dies_at, asked = dt.datetime.fromisoformat(sys.argv[1]), int(sys.argv[2]), 0
def tell_time():
    global asked
    asked += 1
    if asked == dies_at:
        os.kill(os.getpid(), signal.SIGKILL)
    return now
print(sending.send_due(tell_time=tell_time).sent)
"""
NEVER = 0


def sender(
    server: MailServer, now, *, dies_at: int = NEVER, backend: type = OutsideTransactions
) -> subprocess.Popen:
    """Start a process that sends what is due in this test's database."""
    site = PRODUCTION | {
        "DATABASE_URL": database_url(),
        "EMAIL_HOST": HOST,
        "EMAIL_PORT": str(server.port),
        "EMAIL_USE_TLS": "false",
    }
    return subprocess.Popen(
        [sys.executable, "-c", SENDER, now.isoformat(), str(dies_at), backend.__name__],
        cwd=ROOT,
        env=environment(**site),
        stdout=subprocess.PIPE,
        text=True,
    )


def database_url() -> str:
    """Where this test's database is, for another process."""
    parts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{parts['NAME']}"
    secret = f":{parts['PASSWORD']}" if parts["PASSWORD"] else ""
    return f"postgres://{parts['USER']}{secret}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}"


class Meeting:
    """Two that come for the first time wait for each other; later nobody waits."""

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2)
        self._over = threading.Event()

    def __call__(self) -> None:
        if not self._over.is_set():
            self._barrier.wait(timeout=60)
            self._over.set()
