"""Several processes at one case: what is sent ten times arrives once, and no tab loses a word."""

import subprocess
import sys
import uuid

import pytest

from tests import servers

# Each process gets ready, says so, and acts when everybody else is ready, too.
PREPARE = """
import django; django.setup()
from contacts.models import Agency
from tests import factories
from tests.contacts.county import county
from tests.projects import cases
application = cases.draft(cases.open_call(county().agency), factories.user("amal@example.org"))
print(application.pk)
"""
SUBMIT = """
import sys, uuid
import django; django.setup()
from portal.models import User
from projects import workflow
from projects.models import Application
from tests.projects import cases
pk, key = sys.argv[1:]
application, moment = Application.objects.get(pk=pk), cases.moment(User.objects.get())
print("ready", flush=True)
sys.stdin.readline()
print(workflow.submit(application, key=uuid.UUID(key), **moment).number)
"""
SAVE = """
import sys
import django; django.setup()
from portal.models import User
from projects import drafts
from projects.models import Application
from projects.sections import BY_SLUG
from tests.projects import cases
pk, text = sys.argv[1:]
application, moment = Application.objects.get(pk=pk), cases.moment(User.objects.get())
print("ready", flush=True)
sys.stdin.readline()
try:
    drafts.save(application, BY_SLUG["inhalt"], {"content": [text]}, revision=1, **moment)
    print("saved")
except drafts.ConflictError as conflict:
    print(conflict.stored.answers["content"][0])
"""
COUNT = """
import django; django.setup()
from portal.models import OutboxMessage
from projects.models import ApplicationVersion, SectionAnswers
print(ApplicationVersion.objects.count())
print(OutboxMessage.objects.filter(about__contains=":receipt:").count())
print(SectionAnswers.objects.get(section="inhalt").answers["content"][0])
"""


@pytest.fixture
def site(migrated_database, tmp_path) -> dict[str, str]:
    return {"DATABASE_URL": migrated_database, "VAR_DIR": str(tmp_path)}


def python(script: str, *arguments: str, site: dict[str, str]) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=servers.ROOT,
        env=servers.environment(**site),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def lines(process: subprocess.Popen) -> list[str]:
    out, error = process.communicate("go\n", timeout=120)
    assert process.returncode == 0, error
    return out.split("\n")[:-1]


def at_once(processes: list[subprocess.Popen]) -> list[str]:
    """The last line of each, once all of them were ready."""
    for process in processes:
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    return [lines(process)[-1] for process in processes]


def test_ten_submits_with_one_key_make_one_application_and_one_receipt(site):
    case, key = lines(python(PREPARE, site=site))[-1], str(uuid.uuid4())

    said = at_once([python(SUBMIT, case, key, site=site) for _number in range(10)])

    assert said == ["1"] * 10
    assert lines(python(COUNT, site=site))[:2] == ["1", "1"]


def test_of_several_tabs_one_saves_and_the_others_are_shown_what(site):
    case = lines(python(PREPARE, site=site))[-1]

    said = at_once([python(SAVE, case, f"Fassung {n}", site=site) for n in range(4)])

    stored = lines(python(COUNT, site=site))[2]
    assert sorted(said) == sorted(["saved", *[stored] * 3])
