"""`manage.py processing_record`: the record of processing activities, as Article 30 GDPR asks."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi, override

from contacts.models import Agency
from contacts.states import STATES
from portal import clock
from portal.languages import offered_code
from portal.processing import activities


class Command(BaseCommand):
    help = (
        "Write the record of processing activities as a page to print, made from the registry of "
        "personal fields and the legal details of the agencies. The data protection officer "
        "completes and confirms it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, type=offered_code)

    def handle(self, *, language: str | None, **options) -> None:
        language = language or settings.LANGUAGE_CODE
        agencies = Agency.objects.select_related("legal").prefetch_related("translations")
        with override(language):
            context = {
                "language": language,
                "direction": "rtl" if get_language_bidi() else "ltr",
                "today": clock.today(),
                "activities": activities(),
                "agencies": [(each, STATES[Agency.State(each.state)]) for each in agencies],
            }
            self.stdout.write(render_to_string("portal/processing_record.html", context))
