"""`manage.py setup`: from an empty installation to one's own county."""

from argparse import ArgumentParser
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from contacts.models import Agency, AgencyTranslation, Area
from contacts.slugs import free_slug
from portal.accounts import mails
from portal.models import User

ASKED = (
    ("name", "Name of the office, such as Koordinierungsstelle für Integration"),
    ("region", "Shown behind the name, such as Landkreis Nordsachsen"),
    ("districts", "Keys of its districts, five digits each, such as 14730"),
    ("state", f"Federal state: {', '.join(Agency.State.values)}"),
    ("phone", "Central telephone number"),
    ("email", "Central e-mail address"),
    ("admin", "E-mail address of the first administrator"),
)


class Command(BaseCommand):
    help = (
        "Create the first agency and the first administrator. What is not given as an option is "
        "asked for. Load the places of the district before (load_places). Run again, it changes "
        "nothing that is there, and says what is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, text in ASKED:
            parser.add_argument(f"--{name}", help=text)

    @no_translations
    def handle(self, **options) -> None:
        if Agency.objects.exists():
            self.stdout.write("There is an agency already; the administration changes it.")
        else:
            self._agency({name: self._value(name, text, options) for name, text in ASKED[:-1]})
        if User.objects.filter(is_superuser=True, is_active=True, is_demo=False).exists():
            self.stdout.write("There is an administrator already.")
        else:
            self._administrator(self._value(*ASKED[-1], options))
        self._what_is_missing()

    def _value(self, name: str, text: str, options: dict) -> str:
        return (options[name] if options[name] is not None else input(f"{text}: ")).strip()

    @transaction.atomic
    def _agency(self, typed: dict[str, str]) -> None:
        districts = [self._district(key) for key in typed["districts"].replace(",", " ").split()]
        if not districts:
            raise CommandError("An agency covers at least one district.")
        agency = Agency(
            slug=free_slug(
                typed["region"] or typed["name"], among=Agency.objects.all(), otherwise="stelle"
            ),
            phone=typed["phone"],
            email=typed["email"],
            state=typed["state"],
        )
        words = AgencyTranslation(
            language_code=settings.LANGUAGE_CODE, name=typed["name"], area_label=typed["region"]
        )
        checked(agency.full_clean)
        checked(lambda: words.clean_fields(exclude=["master"]))
        agency.save()
        agency.districts.set(districts)
        words.master = agency
        words.save()
        self.stdout.write(f"Agency made: {typed['name']}, for {', '.join(map(str, districts))}.")

    def _district(self, key: str) -> Area:
        found = Area.objects.filter(kind=Area.Kind.DISTRICT, key=key).first()
        if found is None:
            raise CommandError(
                f"No district has the key {key}. Load its places first: manage.py load_places "
                "FOLDER; docs/own-county.md says where to get them."
            )
        return found

    @transaction.atomic
    def _administrator(self, email: str) -> None:
        """Without a password: the link with which to choose one is shown here, once."""
        checked(lambda: validate_email(email))
        user = User.objects.create_user(email, None, is_staff=True, is_superuser=True)
        link = settings.SITE_URL + mails.path_to_password(user)
        self.stdout.write(
            f"Administrator made: {user.email}. Open this within "
            f"{settings.PASSWORD_RESET_TIMEOUT // 3600} hours, choose a password, and set up the "
            f"second factor:\n\n  {link}\n"
        )

    def _what_is_missing(self) -> None:
        lines = [
            ("SITE_URL", settings.SITE_URL),
            ("EMAIL_HOST", settings.EMAIL_HOST),
            ("DEFAULT_FROM_EMAIL", settings.DEFAULT_FROM_EMAIL),
            ("SECURITY_CONTACT", settings.SECURITY_CONTACT),
        ]
        for name, value in lines:
            if not value:
                self.stdout.write(f"Not set in the environment: {name}")
        languages = ", ".join(code for code, _name in settings.LANGUAGES)
        administration = settings.SITE_URL + reverse("admin:index")
        self.stdout.write(
            f"Languages of the site: {languages} (LANGUAGES). Next: send_test_mail, "
            f"check --deploy, then offices and posts at {administration}."
        )


def checked(check: Callable[[], object]) -> None:
    try:
        check()
    except ValidationError as error:
        raise CommandError("; ".join(said(error))) from error


def said(error: ValidationError) -> list[str]:
    if not hasattr(error, "message_dict"):
        return list(error.messages)
    return [f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
