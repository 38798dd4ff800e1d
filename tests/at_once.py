"""Several processes that act at the same moment, each with a database connection of its own.

One interpreter prepares Django, which takes a second; everybody else is forked from it, before it
has opened any connection, which takes a few milliseconds. So fifty are as easy as two:

    def approve(ready, case):  # in a module of tests
        application = Application.objects.get(pk=case)
        ready()  # until all others are, too
        return workflow.approve(application, …).number

    with at_once.processes(DATABASE_URL=migrated_database) as run:
        case = run.alone(prepare)
        said = run.together(approve, [[case]] * 50)

Arguments and answers are what JSON can hold.
"""

import importlib
import json
import multiprocessing
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests import servers

SECONDS = 120  # nobody waits longer for the others


@dataclass(frozen=True)
class Processes:
    """Runs functions of test modules in processes of their own."""

    prepared: subprocess.Popen

    def alone(self, work: Callable, *arguments: Any) -> Any:
        """What `work(*arguments)` returns, in one process that has nobody to wait for."""
        return self._ask(work, [arguments], wait=False)[0]

    def together(self, work: Callable, arguments: Sequence[Sequence]) -> list:
        """One process for each of `arguments`; what `work(ready, *arguments)` returned in each.

        Whoever calls `ready()` goes on when all have called it. An error in one is raised here.
        """
        return self._ask(work, arguments, wait=True)

    def _ask(self, work: Callable, arguments: Sequence[Sequence], *, wait: bool) -> list:
        asked = [work.__module__, work.__name__, [list(one) for one in arguments], wait]
        self.prepared.stdin.write(json.dumps(asked) + "\n")
        self.prepared.stdin.flush()
        answered = self.prepared.stdout.readline()
        assert answered, "the prepared process has ended"
        answers = json.loads(answered)
        failed = [answer for done, answer in answers if not done]
        # Whoever waited for one that failed has failed, too; that is not what went wrong.
        failed.sort(key=lambda answer: "BrokenBarrierError" in answer)
        assert not failed, failed[0]
        return [answer for _done, answer in answers]


@contextmanager
def processes(**variables: str) -> Iterator[Processes]:
    """Processes with these `variables` in their environment, such as the DATABASE_URL."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.at_once"],
        cwd=servers.ROOT,
        env=servers.environment(**variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as prepared:
        yield Processes(prepared)
        prepared.stdin.close()  # which ends it


# In the interpreter that is prepared --------------------------------------------------------------


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anybody prints is no answer
    prepare()
    for line in sys.stdin:
        module, name, arguments, wait = json.loads(line)
        work = getattr(importlib.import_module(module), name)
        print(json.dumps(fork(work, arguments, wait=wait)), file=answers, flush=True)


def prepare() -> None:
    """Load what all would load on their own otherwise, and open nothing."""
    import django

    django.setup()
    from django.conf import settings
    from django.template import engines
    from django.urls import get_resolver
    from django.utils import translation

    engines.all()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("")
            get_resolver()._populate()


def fork(work: Callable, arguments: Sequence[Sequence], *, wait: bool) -> list[tuple[bool, Any]]:
    """Whether each has done its work; what it returned, or its traceback."""
    from django.db import connections

    assert not any(open_one.connection for open_one in connections.all(initialized_only=True))
    forking = multiprocessing.get_context("fork")
    barrier = forking.Barrier(len(arguments))
    started = []
    for one in arguments:
        ours, theirs = forking.Pipe(duplex=False)
        child = forking.Process(target=act, args=(theirs, barrier, work, one, wait))
        child.start()
        theirs.close()
        started.append((child, ours))
    return [answer_of(*one) for one in started]


def act(answers, barrier, work: Callable, arguments: Sequence, wait: bool) -> None:
    from django.db import connections

    first = [lambda: barrier.wait(SECONDS)] if wait else []
    try:
        answers.send((True, work(*first, *arguments)))
    except BaseException:
        barrier.abort()  # the others need not wait
        answers.send((False, traceback.format_exc()))
    finally:
        connections.close_all()


def answer_of(child, answers) -> tuple[bool, Any]:
    try:
        answer = answers.recv()
    except EOFError:
        answer = (False, "A process has ended without a word.")
    child.join()
    return answer


if __name__ == "__main__":
    main()
