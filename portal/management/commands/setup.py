"""`manage.py setup`: from an empty installation to one's own county."""

import os
from argparse import ArgumentParser
from email.utils import parseaddr
from pathlib import Path

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from contacts.founding import districts_of, found_agency, names_only, state_of
from contacts.models import Agency, LegalDetails
from contacts.models.constraints import validate_phone
from contacts.states import STATES
from portal.accounts import mails
from portal.management.answers import Answers, Question, said
from portal.models import User


def _needed(text: str) -> str:
    if not text:
        raise ValidationError("Type something.")
    return text


def _phone(text: str) -> str:
    if text:
        validate_phone(text)
    return text


def _email(text: str) -> str:
    if text:
        validate_email(text)
    return text


def _address(text: str) -> str:
    return _email(_needed(text))


def _sender(text: str) -> str:
    if text:
        try:
            _address(parseaddr(text)[1])
        except ValidationError:
            raise ValidationError("A sender is written: Portal <portal@example.de>") from None
    return text


def _languages(text: str) -> list[str]:
    codes = text.replace(",", " ").split()
    unknown = [code for code in codes if code not in LANG_INFO]
    if unknown:
        raise ValidationError(f"Not the code of a language, such as uk: {', '.join(unknown)}.")
    if settings.LANGUAGE_CODE not in codes:
        raise ValidationError(f"{settings.LANGUAGE_CODE} has to be among them.")
    return list(dict.fromkeys(codes))


def _name(agency: Agency) -> str:
    with override(settings.LANGUAGE_CODE):
        return str(agency)


DISTRICTS = Question(
    "districts",
    "Keys of the districts, five digits each, such as 14730",
    lambda text: districts_of(text.replace(",", " ").split()),
)
REGION = Question("region", "Region, shown behind the name of the office", _needed)
NAME = Question("name", "Name of the office, such as Koordinierungsstelle für Integration", _needed)
PHONE = Question("phone", "Central telephone number, if there is one", _phone)
EMAIL = Question("email", "Central e-mail address, if there is one", _email)
EMAIL_AT_LEAST = Question("email", "Central e-mail address", _address)
STATE = Question("state", f"Federal state ({', '.join(Agency.State.values)}); the districts tell")
ADMIN = Question("admin", "E-mail address of the first administrator", _address)
LANGUAGES = Question("languages", "Languages of the site, such as de,en", _languages)
SENDER = Question("sender", "Sender of all mails, such as Portal <portal@example.de>", _sender)
QUESTIONS = (DISTRICTS, REGION, NAME, PHONE, EMAIL, STATE, ADMIN, LANGUAGES, SENDER)


class Command(BaseCommand):
    help = (
        "Create the first agency and the first administrator, and say what is missing. What is not "
        "given as an option is asked for. Load the places of the district before (load_places). "
        "Run again, it changes nothing that is there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for question in QUESTIONS:
            parser.add_argument(f"--{question.name}", help=question.text)
        parser.add_argument("--no-input", action="store_false", dest="may_ask", help="ask nothing")

    @no_translations
    def handle(self, *, may_ask: bool, **options) -> None:
        if User.objects.filter(is_demo=True).exists():
            raise CommandError(
                "This database holds a demo. Begin with another one (DATABASE_URL), or let "
                "manage.py drop_demo delete it."
            )
        answers = Answers(options, may_ask=may_ask, write=self.stdout.write)
        with override("en"):  # no translation at all cannot name an agency
            answers.refuse_wrong(QUESTIONS)
            self._agency(answers)
            self._administrator(answers)
            self._environment(answers)
            self._legal()
            self._next_steps()

    # What is made --------------------------------------------------------------------------------

    def _agency(self, answers: Answers) -> None:
        for agency in Agency.objects.order_by("slug"):
            self.stdout.write(
                f"There is an agency: {_name(agency)}. The administration changes it."
            )
        if Agency.objects.exists():
            return
        districts = answers.to(DISTRICTS)
        region = answers.to(REGION, default=districts[0].name)
        self._refuse_other_state(state_of(districts[0].key), answers.options["state"])
        name = answers.to(NAME)
        phone = answers.to(PHONE, default="")
        email = answers.to(EMAIL, default="") if phone else answers.to(EMAIL_AT_LEAST)
        try:
            agency = found_agency(
                name=name, region=region, districts=districts, phone=phone, email=email
            )
        except ValidationError as error:
            raise CommandError("; ".join(said(error))) from error
        self.stdout.write(
            f"Agency made: {name}, for {', '.join(map(str, districts))} in "
            f"{agency.get_state_display()}. Its key is {agency.slug}."
        )
        for district in filter(names_only, districts):
            self.stdout.write(
                f"  Of {district} only names are loaded: no postal code, no part of a town. "
                "docs/own-county.md says where to get them."
            )

    def _administrator(self, answers: Answers) -> None:
        """Without a password: the link with which to choose one is shown here."""
        admins = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")
        if any(user.has_usable_password() for user in admins):
            self.stdout.write("There is an administrator already.")
            return
        user = admins.first() or self._new_administrator(answers.to(ADMIN))
        self.stdout.write(
            f"Administrator: {user.email}. Open this within "
            f"{settings.PASSWORD_RESET_TIMEOUT // 3600} hours and choose a password:\n\n"
            f"  {settings.SITE_URL}{mails.path_to_password(user)}\n"
        )
        if settings.SECOND_FACTOR_REQUIRED:
            self.stdout.write("The first log-in asks to set up the second factor.")
        else:
            self.stdout.write("No second factor is asked for: this is MODE=demo.")

    @transaction.atomic
    def _new_administrator(self, email: str) -> User:
        if User.objects.of_address(email):
            raise CommandError(f"{email} has an account already, which is not an administrator's.")
        return User.objects.create_superuser(email)

    # What is missing -----------------------------------------------------------------------------

    def _environment(self, answers: Answers) -> None:
        """The lines that are missing in the environment of the site, as they have to be written."""
        now = [code for code, _name in settings.LANGUAGES]
        told = os.environ.get("LANGUAGES", "")
        languages = answers.to(LANGUAGES, default=",".join(now), known=told)
        sender = answers.to(SENDER, default="", known=settings.DEFAULT_FROM_EMAIL)
        lines = []
        if languages != now:
            lines.append(f"LANGUAGES={','.join(languages)}")
        if sender != settings.DEFAULT_FROM_EMAIL or not sender:
            lines.append(f'DEFAULT_FROM_EMAIL="{sender or "Portal <portal@example.de>"}"')
        for name, example in (
            ("SITE_URL", "https://integration.example.de"),
            ("EMAIL_HOST", "mail.example.de"),
            ("SECURITY_CONTACT", "mailto:security@example.de"),
        ):
            if not getattr(settings, name):
                lines.append(f"{name}={example}")
        if lines:
            self.stdout.write("Write into the environment of the site, and start it again:\n")
            self.stdout.write("\n".join(f"  {line}" for line in lines) + "\n")
        for code in languages:
            if not any((Path(p) / code / "LC_MESSAGES").is_dir() for p in settings.LOCALE_PATHS):
                self.stdout.write(
                    f"There is no catalogue for {code} ({LANG_INFO[code]['name']}): its pages show "
                    "German until you name the folder of one in EXTRA_LOCALE_PATHS."
                )

    def _legal(self) -> None:
        """Imprint, privacy notice and accessibility statement are owed from the first day."""
        for agency in Agency.objects.filter(ended_on__isnull=True).select_related("legal"):
            legal = getattr(agency, "legal", None)
            names = (legal or LegalDetails()).missing()
            if names:
                with override("de"):
                    labels = [str(LegalDetails._meta.get_field(n).verbose_name) for n in names]
                    imprint, privacy = reverse("contacts:imprint"), reverse("contacts:privacy")
                page = (
                    reverse("admin:contacts_legaldetails_change", args=[legal.pk])
                    if legal
                    else f"{reverse('admin:contacts_legaldetails_add')}?agency={agency.pk}"
                )
                self.stdout.write(
                    f"Legal pages ({imprint}, {privacy}) of {_name(agency)} still lack: "
                    f"{', '.join(labels)}.\n  Fill them in at {settings.SITE_URL}{page}"
                )

    def _next_steps(self) -> None:
        self.stdout.write(
            "Next: manage.py send_test_mail YOUR-ADDRESS, manage.py check --deploy --database "
            f"default, then offices and posts at {settings.SITE_URL}{reverse('admin:index')}"
        )

    def _refuse_other_state(self, state: str, given: str | None) -> None:
        if given is not None and given != state:
            pack = STATES[Agency.State(state)]
            raise CommandError(
                f"--state: districts whose keys begin with {pack.ags} lie in {pack.name} "
                f"({state}), not in “{given}”."
            )
