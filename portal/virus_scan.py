"""Asks ClamAV about a file, where there is one (setting CLAMD_SOCKET).

A scanner that is away, or does not answer, stops nobody: the file stays "not scanned", and staff
see it. The protocol is INSTREAM of clamd(8): of each piece the length in four bytes, then the
piece; a length of zero ends it.
"""

import logging
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from django.conf import settings
from django.core.files.base import File

logger = logging.getLogger(__name__)

TIMEOUT = 20.0  # seconds, for each step
CHUNK = 64 * 1024


class Verdict(StrEnum):
    NOT_SCANNED = "not-scanned"
    CLEAN = "clean"
    QUARANTINED = "quarantined"


def is_configured() -> bool:
    return bool(settings.CLAMD_SOCKET)


def scan(content: File) -> Verdict:
    """What the scanner says of `content`, which is read from its start."""
    if not is_configured():
        return Verdict.NOT_SCANNED
    try:
        answer = _ask(content)
    except OSError as error:
        logger.warning("The virus scanner is away (%s).", type(error).__name__)
        return Verdict.NOT_SCANNED
    if answer.endswith(b"FOUND"):
        return Verdict.QUARANTINED
    if answer.endswith(b"OK"):
        return Verdict.CLEAN
    logger.warning("The virus scanner could not scan a file.")
    return Verdict.NOT_SCANNED


def _ask(content: File) -> bytes:
    with _socket(settings.CLAMD_SOCKET) as connection:
        connection.sendall(b"zINSTREAM\0")
        for chunk in content.chunks(CHUNK):
            connection.sendall(struct.pack(">L", len(chunk)) + chunk)
        connection.sendall(struct.pack(">L", 0))
        answer = b""
        while not answer.endswith(b"\0") and (more := connection.recv(1024)):
            answer += more
    return answer.rstrip(b"\0\n")


@contextmanager
def _socket(address: str) -> Iterator[socket.socket]:
    """A connection to the path of a socket (/run/clamav/clamd.ctl), or to host:port."""
    if "/" in address:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(TIMEOUT)
            connection.connect(address)
            yield connection
        return
    host, _colon, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=TIMEOUT) as connection:
        yield connection
