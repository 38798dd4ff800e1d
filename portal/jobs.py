"""Timed jobs: what the site does by itself, without anybody asking.

An app registers its jobs in `ready()`; `manage.py run_jobs --loop` runs what is due. A job is a
function that gets the present instant and returns a short report, "" where there was nothing to
do; neither report nor error holds personal data. It has to bear being run again: a process can be
killed in the middle.

A row per job (`JobRun`) holds a lease, so that two processes never run the same job at once. When
a process was killed, another one takes over as soon as the lease has expired. An exception ends
that run of that job, and nothing else.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db import Error, close_old_connections
from django.db.models import Q

from portal import clock
from portal.logs import where
from portal.models import JobRun

logger = logging.getLogger(__name__)

TICK = 5.0  # seconds between two looks at what is due
LEASE = dt.timedelta(minutes=10)
NIGHT = dt.time(3)  # local; at three, no clock on the wall is put forward or back any more
REPORT_LENGTH = 200


class Schedule(Protocol):
    def is_due(self, last_start: dt.datetime | None, now: dt.datetime) -> bool:
        """Whether a job that was started last at `last_start` should start at `now` (UTC)."""


@dataclass(frozen=True)
class Every:
    """Again when so much time has passed since the last start; looked at every `TICK` seconds."""

    interval: dt.timedelta

    def is_due(self, last_start: dt.datetime | None, now: dt.datetime) -> bool:
        return last_start is None or now >= last_start + self.interval


@dataclass(frozen=True)
class Nightly:
    """Once a local day (Europe/Berlin), at this time or as soon as possible after it."""

    at: dt.time = NIGHT

    def is_due(self, last_start: dt.datetime | None, now: dt.datetime) -> bool:
        if last_start is None:
            return True
        local = clock.local(now)
        night = local.date() if local.time() >= self.at else local.date() - dt.timedelta(days=1)
        return clock.local(last_start) < dt.datetime.combine(night, self.at, local.tzinfo)


@dataclass(frozen=True)
class Job:
    """What runs when. `label` says to people what it does; a run takes less than `lease`."""

    name: str
    label: str
    schedule: Schedule
    run: Callable[[dt.datetime], str]
    lease: dt.timedelta = LEASE


@dataclass(frozen=True)
class Ran:
    """How one run went: what it reports, or where it failed."""

    name: str
    report: str = ""
    error: str = ""


_jobs: dict[str, Job] = {}


def register(job: Job) -> None:
    """Run `job` from now on; a second job of the same name takes the place of the first."""
    _jobs[job.name] = job


def registered() -> dict[str, Job]:
    """All jobs by name."""
    return dict(_jobs)


def run_due(
    *, tell_time: Callable[[], dt.datetime] = clock.now, go_on: Callable[[], bool] = lambda: True
) -> list[Ran]:
    """Run every job that is due and that nobody else is at; `go_on` is asked between two jobs.

    Raises `django.db.Error` when the database is away.
    """
    rows = {row.name: row for row in JobRun.objects.filter(name__in=_jobs)}
    done = []
    for job in list(_jobs.values()):
        if not go_on():
            break
        now = tell_time()
        last_start = rows[job.name].last_start if job.name in rows else None
        if job.schedule.is_due(last_start, now):
            ran = _run(job, last_start, tell_time=tell_time)
            done += [ran] if ran else []
    return done


def run_now(names: Iterable[str], *, tell_time: Callable[[], dt.datetime] = clock.now) -> list[Ran]:
    """Run these jobs, due or not, unless somebody else is at them. Unknown names: KeyError."""
    done = []
    for job in [_jobs[name] for name in names]:
        row = JobRun.objects.filter(name=job.name).first()
        ran = _run(job, row.last_start if row else None, tell_time=tell_time)
        done += [ran] if ran else []
    return done


def _run(
    job: Job, last_start: dt.datetime | None, *, tell_time: Callable[[], dt.datetime]
) -> Ran | None:
    """Run `job` under its lease; None if somebody else has it, or has run it meanwhile."""
    token = _claim(job, last_start, tell_time())
    if token is None:
        return None
    try:
        ran = Ran(job.name, report=str(job.run(tell_time()))[:REPORT_LENGTH])
    except Exception as error:
        ran = Ran(job.name, error=where(error)[:REPORT_LENGTH])
        logger.error("Job %s failed: %s", job.name, where(error, frames=8))
    _finish(ran, token, tell_time())
    return ran


def _claim(job: Job, last_start: dt.datetime | None, now: dt.datetime) -> uuid.UUID | None:
    """Reserve `job` by one conditional UPDATE; None where somebody else was faster."""
    if last_start is None:
        JobRun.objects.bulk_create([JobRun(name=job.name)], ignore_conflicts=True)
    token = uuid.uuid4()
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    changed = JobRun.objects.filter(free, name=job.name, last_start=last_start).update(
        lease_token=token, leased_until=now + job.lease, last_start=now
    )
    return token if changed else None


def _finish(ran: Ran, token: uuid.UUID, now: dt.datetime) -> None:
    """Write down how it went, unless somebody has taken over. An empty report changes none."""
    results: dict = {"last_end": now, "lease_token": None, "leased_until": None, "error": ran.error}
    if not ran.error:
        results["last_success"] = now
    if ran.report:
        results["report"] = ran.report
    JobRun.objects.filter(name=ran.name, lease_token=token).update(**results)


def loop(*, pause: Callable[[float], bool], go_on: Callable[[], bool]) -> None:
    """Run what is due until `pause(seconds)` or `go_on()` says that it is time to end.

    A database that is away, or not migrated yet, is waited for.
    """
    is_away = False
    while go_on():
        close_old_connections()
        try:
            run_due(go_on=go_on)
        except Error as error:
            if not is_away:
                logger.warning("Jobs wait for the database (%s).", type(error).__name__)
            is_away = True
        else:
            if is_away:
                logger.info("Jobs go on: the database is back.")
            is_away = False
        if not pause(TICK):
            return
