"""Processes that run for long: ended by a signal between two pieces of work, and kept alive."""

import os
import select
import signal
import socket
import time
from collections.abc import Callable

RESTART_AFTER = 5.0  # seconds, for a child that has died
SECOND = 1.0
ASK_AGAIN_AFTER = 0.1


class Bell:
    """Rings when the process is asked to end (SIGTERM, SIGINT) or when its parent has gone.

    Python runs a signal's handler only between two steps of the program, and then goes on waiting;
    the socket that it also writes to is what wakes us. Without `parent`, no parent is watched.
    """

    def __init__(self, parent: int | None = None) -> None:
        self.parent = parent
        self._asked = False
        self._wakes, self._writes = socket.socketpair()
        self._wakes.setblocking(False)
        self._writes.setblocking(False)
        signal.set_wakeup_fd(self._writes.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: object) -> None:
        self._asked = True

    @property
    def is_silent(self) -> bool:
        """Whether nobody has asked us to end."""
        is_orphan = self.parent is not None and os.getppid() != self.parent
        return not self._asked and not is_orphan

    def pause(self, seconds: float) -> bool:
        """Wait so long, or until the bell rings; False if it has rung."""
        while self.is_silent and seconds > 0:
            readable, _w, _x = select.select([self._wakes], [], [], min(seconds, SECOND))
            if readable:
                self._wakes.recv(64)
            seconds -= SECOND
        return self.is_silent


def keep_running(work: Callable[[Bell], None], *, parent: int) -> None:
    """Run `work` in a child process, again whenever it dies; ends with SIGTERM or with `parent`.

    The child ends between two pieces of work, or when this process has gone.
    """
    bell = Bell(parent)
    while bell.is_silent:
        child = _fork(work)
        while bell.pause(SECOND):
            if os.waitpid(child, os.WNOHANG)[0]:
                break
        else:
            _end(child)
            return
        bell.pause(RESTART_AFTER)


def _end(child: int) -> None:
    """Ask `child` to end until it has: one that has only just begun may not hear it at first."""
    while not os.waitpid(child, os.WNOHANG)[0]:
        os.kill(child, signal.SIGTERM)
        time.sleep(ASK_AGAIN_AFTER)


def _fork(work: Callable[[Bell], None]) -> int:
    """Start `work` in a child; return its process id."""
    us = os.getpid()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work(Bell(us))
        status = 0
    finally:
        os._exit(status)  # without what the parent has left to tidy up
