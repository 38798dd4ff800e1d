"""Several processes at one case: what is sent ten times arrives once, and no tab loses a word."""

import os
import uuid

import pytest

from portal.models import OutboxMessage, User
from projects import drafts, workflow
from projects.models import Application, ApplicationVersion, SectionAnswers
from projects.sections import BY_SLUG
from tests import at_once, factories
from tests.contacts.county import county
from tests.projects import cases


@pytest.fixture
def run(migrated_database, tmp_path):
    """Processes at a database of their own."""
    with at_once.processes(DATABASE_URL=migrated_database, VAR_DIR=str(tmp_path)) as processes:
        yield processes


# What they do: each gets ready, says so, and acts when everybody else is ready, too ---------------


def prepare() -> int:
    call = cases.open_call(county().agency)
    return cases.draft(call, factories.user("amal@example.org")).pk


def submit(ready, case: int, key: str) -> tuple[int, int]:
    application, moment = Application.objects.get(pk=case), cases.moment(User.objects.get())
    ready()
    return os.getpid(), workflow.submit(application, key=uuid.UUID(key), **moment).number


def save(ready, case: int, text: str) -> str:
    """ "saved", or the text that was there first."""
    application, moment = Application.objects.get(pk=case), cases.moment(User.objects.get())
    ready()
    try:
        drafts.save(application, BY_SLUG["inhalt"], {"content": [text]}, revision=1, **moment)
    except drafts.ConflictError as conflict:
        return conflict.stored.answers["content"][0]
    return "saved"


def count() -> tuple[int, int]:
    receipts = OutboxMessage.objects.filter(about__contains=":receipt:")
    return ApplicationVersion.objects.count(), receipts.count()


def stored() -> str:
    return SectionAnswers.objects.get(section="inhalt").answers["content"][0]


# What comes of it ---------------------------------------------------------------------------------


def test_ten_submits_with_one_key_make_one_application_and_one_receipt(run):
    case, key = run.alone(prepare), str(uuid.uuid4())

    said = run.together(submit, [[case, key]] * 10)

    assert len({process for process, _number in said}) == 10
    assert [number for _process, number in said] == [1] * 10
    assert run.alone(count) == [1, 1]


def test_of_several_tabs_one_saves_and_the_others_are_shown_what(run):
    case = run.alone(prepare)

    said = run.together(save, [[case, f"Fassung {n}"] for n in range(4)])

    assert sorted(said) == sorted(["saved", *[run.alone(stored)] * 3])


def fail(ready, number: int) -> None:
    if number == 3:
        raise ValueError(f"{number} fails")
    ready()


def test_an_error_in_one_process_is_told_and_nobody_waits_for_it(run):
    with pytest.raises(AssertionError, match="ValueError: 3 fails"):
        run.together(fail, [[number] for number in range(5)])
