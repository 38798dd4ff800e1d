"""kill -9 at random while people write: is what they were told true afterwards?

    python -m tests.resilience.kill --submissions 1000 --kills 60 --database postgresql

starts the site as in production, with its jobs and a mail server, lets so many people send an
enquiry over HTTP, and kills meanwhile. Whoever gets no answer sends the same form again. It ends
with 1 where an acknowledged enquiry is lost or stored twice, or a receipt was not mailed.
"""

import argparse
import json
import os
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import django
from django.apps import apps

if not apps.ready:  # not from a test
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()

from tests import at_once
from tests.portal import smtp
from tests.resilience import truth
from tests.resilience.site import Site, site, until
from tests.resilience.visitors import Book, Visitor

PEOPLE = 24  # at the same time
MAIL_SECONDS = 600  # fifty leave at a time, and a sender that was killed holds them up a minute


@dataclass(frozen=True)
class Trial:
    """What one trial came to. Numbers of enquiries, answers and mails; `seconds` of the writing."""

    seed: int
    database: str
    submissions: int
    acknowledged: int
    kills: dict[str, int]
    answers_missed: dict[str, int]
    lost: int
    doubled: int
    other_number: int
    receipts_missing: int
    mails_repeated: int
    mails_with_another_id: int
    broken: list[str]
    seconds: int

    @property
    def is_good(self) -> bool:
        wrong = self.lost + self.doubled + self.other_number + self.receipts_missing
        return (
            self.acknowledged == self.submissions
            and not wrong + self.mails_with_another_id
            and not self.broken
        )


def run(
    database: str, *, submissions: int, kills: int, seed: int, people: int = PEOPLE, **options
) -> Trial:
    """One trial; `options` go to `site`. `is_patient`, else mail is sent as if leases were over."""
    is_patient = options.pop("is_patient", True)
    rng, book = random.Random(seed), Book()  # noqa: S311  (no secret)
    with smtp.mail_server() as mail:
        where = {"EMAIL_HOST": smtp.HOST, "EMAIL_PORT": str(mail.port), "EMAIL_USE_TLS": "false"}
        where |= {"JOBS": "on", "EMAIL_TIMEOUT": "4"}
        with (
            site(database, **where, **options) as running,
            at_once.processes(**running.variables) as beside,
        ):
            beside.alone(truth.prepare)
            running.start()
            began = time.monotonic()
            try:
                write(running, book, submissions, kills, people, rng)
                seconds = time.monotonic() - began
                if is_patient:
                    until(lambda: not beside.alone(truth.waiting), "Mail still waits", MAIL_SECONDS)
            finally:
                running.stop()
            beside.alone(truth.send_the_rest)
            found = beside.alone(truth.stored)
            return judge(running, book, mail, found, submissions, seed, database, seconds)


def write(
    running: Site, book: Book, submissions: int, kills: int, people: int, rng: random.Random
) -> None:
    """Let everybody write, and kill whenever so many more have been promised an answer."""
    kinds = order(list(running.kinds()), kills, rng)
    with ThreadPoolExecutor(people) as threads:
        visitors = [Visitor(number, running.port, book, rng) for number in range(submissions)]
        done = [threads.submit(visitor.write) for visitor in visitors]
        for number, kind in enumerate(kinds, start=1):
            enough = submissions * number // (kills + 1)
            until(
                lambda enough=enough: len(book.promised) >= enough or all(d.done() for d in done),
                f"{enough} enquiries are not stored",
                seconds=300,
            )
            time.sleep(rng.random() / 4)  # any moment of whatever is going on
            running.kill(kind, rng)
        for each in done:
            each.result()


def order(kinds: list[str], kills: int, rng: random.Random) -> Iterator[str]:
    """Each kind as often as the others, in any order."""
    rounds = -(-kills // len(kinds))
    every = [kind for _round in range(rounds) for kind in rng.sample(kinds, len(kinds))]
    return iter(every[:kills])


# Judging ------------------------------------------------------------------------------------------


def judge(
    running: Site,
    book: Book,
    mail: smtp.MailServer,
    found: dict,
    submissions: int,
    seed: int,
    database: str,
    seconds: float,
) -> Trial:
    times = Counter(email for email, _number, _events in found["enquiries"])
    numbers = {email: number for email, number, _events in found["enquiries"]}
    arrived = Counter((message["To"], message["Message-ID"]) for message in mail.received)
    ids = {message_id for _to, message_id, _state in found["mails"]}
    broken = [*found["broken"], *book.wrong]
    broken += [f"{number}: {n} events" for _email, number, n in found["enquiries"] if n != 1]
    broken += [f"a mail is {state}" for _to, _id, state in found["mails"] if state != "sent"]
    if len(found["mails"]) != 2 * len(found["enquiries"]):  # to the sender and to the desk
        broken.append(f"{len(found['mails'])} mails of {len(found['enquiries'])} enquiries")
    receipts = Counter(to for to, _id in arrived if to.startswith("person"))
    return Trial(
        seed=seed,
        database=database,
        submissions=submissions,
        acknowledged=len(book.promised),
        kills=dict(sorted(running.killed.items())),
        answers_missed=dict(sorted(book.answers.items())),
        lost=len(book.promised - times.keys()),
        doubled=sum(count - 1 for count in times.values()),
        other_number=sum(numbers.get(email) != said for email, said in book.numbers.items()),
        receipts_missing=len(book.promised - receipts.keys()),
        mails_repeated=sum(count - 1 for count in arrived.values()),
        mails_with_another_id=sum(message_id not in ids for _to, message_id in arrived)
        + sum(count - 1 for count in receipts.values()),
        broken=broken,
        seconds=round(seconds),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    asked = parser.parse_args()
    sys.stdout.write(f"Seed {asked.seed}\n")
    sys.stdout.flush()
    trial = run(asked.database, submissions=asked.submissions, kills=asked.kills, seed=asked.seed)
    sys.stdout.write(json.dumps(asdict(trial), indent=1) + "\n")
    sys.exit(0 if trial.is_good else 1)


if __name__ == "__main__":
    main()
