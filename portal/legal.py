"""The operator's own texts of the legal pages, per data version."""

from portal.data_version import PerVersion, Versions
from portal.models import Page
from portal.texts import Text, texts


def _build(_versions: Versions) -> dict[tuple[str, str], Text]:
    return {
        (page.kind, page.owner): texts(page.translations.all(), "body")
        for page in Page.objects.prefetch_related("translations")
    }


own_texts = PerVersion(_build, "content")


def texts_of(kind: str, versions: Versions) -> dict[str, Text]:
    """The texts of one kind of page by owner: "" for the site, else the slug of an agency."""
    return {
        owner: body
        for (its_kind, owner), body in own_texts.at(versions).items()
        if its_kind == kind
    }
