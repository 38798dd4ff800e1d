"""Every kind of page that the public can see in the demo: one address a template and case.

tests/site/test_routes.py fails for a route that has no page here and no reason to have none.
"""

import datetime as dt
from dataclasses import dataclass

from tests.site.access import OF_A_CASE, OF_A_SENDER, OF_MEMBERS

LANGUAGES = ("de", "en", "ar")  # `ar` is the pseudo language of tests/site/pseudo.py


@dataclass(frozen=True)
class Page:
    """A page by its address behind the language. `look_closely`: also dark, English and rtl."""

    name: str
    route: str
    path: str
    status: int = 200
    is_form: bool = False
    by_post: bool = False
    is_fragment: bool = False
    look_closely: bool = False

    def url(self, language: str = "de") -> str:
        return f"/{language}/{self.path}"

    @property
    def is_public(self) -> bool:
        """Kept by caches under its ETag, and free of cookies."""
        return self.status == 200 and not self.is_form

    def __str__(self) -> str:
        return self.name


def _answer(name: str, typed: str, **fields) -> Page:
    return Page(name, "contacts:look_up", f"zustaendig/?ort={typed}", **fields)


PROGRAMME = "foerderung/mikroprojekte-landkreis-leipzig/"


def _idea(name: str, query: str, **fields) -> Page:
    path = "foerderung/pruefen/?art=initiative&massnahme=meeting&gefoerdert=no"
    return Page(name, "projects:funding_check", f"{path}&{query}", **fields)


def _enquiry(name: str, kind: str, **fields) -> Page:
    path = f"anfrage/{kind}" if "/" in kind else f"anfrage/{kind}/"
    return Page(name, "contacts:enquiry_form", path, is_form=True, **fields)


def _year_of_the_call() -> int:
    """The demo has a call open whose end is the next 31 October."""
    today = dt.date.today()  # noqa: DTZ011 (that of the demo, give or take an hour a year)
    return today.year + (today > dt.date(today.year, 10, 31))


BEGIN = f"antrag/neu/?aufruf=mikroprojekte-landkreis-leipzig-{_year_of_the_call()}"

PAGES = (
    Page("start", "home", "", look_closely=True),
    _answer("one place", "Grimma", look_closely=True),
    _answer("one place and a topic", "D%C3%B6beln&thema=education"),
    _answer("several places with one answer", "04668"),
    _answer("a part of a town", "Brandis-Beucha"),
    _answer("a district", "Landkreis+Leipzig"),
    _answer("places to choose from", "Beucha", look_closely=True),
    _answer("similar names", "Makranst%C3%A4dt"),
    _answer("too few digits", "046"),
    _answer("a postal code of several towns", "04683"),
    _answer("town and code disagree", "04668+Borna"),
    _answer("outside", "Taucha"),
    _answer("nobody answers", "D%C3%B6beln"),
    _answer("the agency has ended", "Leipzig"),
    _answer("nothing found", "Xyzqq"),
    _answer("nothing found but a beginning", "Grimmxyz"),
    Page("suggestions", "contacts:suggestions", "zustaendig/vorschlaege/?ort=be", is_fragment=True),
    Page(
        "no suggestions",
        "contacts:suggestions",
        "zustaendig/vorschlaege/?ort=Grimmxyz",
        is_fragment=True,
    ),
    Page("town", "contacts:municipality", "orte/grimma/", look_closely=True),
    Page("town with topics", "contacts:municipality", "orte/doebeln/"),
    Page("town and a topic", "contacts:municipality", "orte/doebeln/?thema=education"),
    Page("town of an ended agency", "contacts:municipality", "orte/leipzig/"),
    Page("town outside", "contacts:municipality", "orte/taucha/"),
    Page("part of a town", "contacts:locality", "orte/brandis/beucha/"),
    Page("part of an ended agency", "contacts:locality", "orte/leipzig/volkmarsdorf/"),
    Page("notice", "contacts:notice", "aushang/grimma/"),
    Page("notice without a name", "contacts:notice", "aushang/doebeln/"),
    Page("maps", "contacts:map", "karte/"),
    Page("map", "contacts:district_map", "karte/landkreis-leipzig/", look_closely=True),
    Page("agencies", "contacts:agencies", "stellen/"),
    Page("agency", "contacts:agency", "stellen/landkreis-leipzig/"),
    Page("ended agency", "contacts:agency", "stellen/leipziger-osten/"),
    Page("office", "contacts:office", "standorte/grimma-suedstrasse/"),
    Page("office by appointment", "contacts:office", "standorte/brand-erbisdorf/"),
    Page("office of an ended agency", "contacts:office", "standorte/ic-e-leipzig/"),
    Page("topic", "contacts:topic", "themen/education/"),
    Page("topic with its form", "contacts:topic", "themen/interpreting/"),
    Page("interpreters", "contacts:interpreting", "sprachmittlung/", look_closely=True),
    Page(
        "pool of interpreters",
        "contacts:interpreter_pool",
        "sprachmittlung/sprachmittlung-mittelsachsen/",
        look_closely=True,
    ),
    Page("search", "search", "suche/"),
    Page("found", "search", "suche/?q=integration", look_closely=True),
    Page("found of one kind", "search", "suche/?q=integration&art=dokumente"),
    Page("nothing found by the search", "search", "suche/?q=Xyzqq"),
    Page("news", "contacts:news", "aktuelles/"),
    Page("news of an agency", "contacts:news", "aktuelles/?stelle=mittelsachsen"),
    Page("former news", "contacts:news_item", "aktuelles/integrationskoordination-beginnt/"),
    Page("documents", "contacts:documents", "dokumente/"),
    Page("filtered documents", "contacts:documents", "dokumente/?art=guide"),
    Page("no documents", "contacts:documents", "dokumente/?art=guide&jahr=2019"),
    Page("document", "contacts:document", "dokumente/integrationskonzept-teil-1/"),
    Page("network", "contacts:network", "netzwerk/", look_closely=True),
    Page("partner", "contacts:network", "netzwerk/?partner=beispiel-1"),
    Page("filtered network", "contacts:network", "netzwerk/?art=sport"),
    Page("no partners", "contacts:network", "netzwerk/?art=sport&ort=annaburg"),
    Page("group", "contacts:group", "netzwerk/gruppen/ag-nachbarschaft-beispiel/"),
    Page("group without tasks", "contacts:group", "netzwerk/gruppen/steuerungsgruppe-wittenberg/"),
    Page("projects", "projects:projects", "projekte/"),
    Page(
        "ended project",
        "projects:project",
        "projekte/koordinatorin-integration-leipziger-osten/",
        look_closely=True,
    ),
    Page("offers", "projects:offers", "angebote/", look_closely=True),
    Page("filtered offers", "projects:offers", "angebote/?ort=Borna&kostenlos=1"),
    Page("no offers", "projects:offers", "angebote/?ort=Borna&text=xyz"),
    Page("offers at one of several places", "projects:offers", "angebote/?ort=Beucha"),
    Page("offers at no place", "projects:offers", "angebote/?ort=Xyzqq&art=nonsense"),
    Page("offer", "projects:offer", "angebote/sprachcafe-borna/", look_closely=True),
    Page("map of offers", "projects:offers_map", "angebote/karte/"),
    Page(
        "enter an offer",
        "projects:offer_submit",
        "angebote/eintragen/",
        is_form=True,
        look_closely=True,
    ),
    Page(
        "offer with errors",
        "projects:offer_submit",
        "angebote/eintragen/",
        422,
        is_form=True,
        by_post=True,
    ),
    Page("offer entered", "projects:offer_submitted", "angebote/danke/"),
    Page("offer confirmed too late", "projects:offer_confirm", "angebote/bestaetigen/x/", 410),
    Page("directory", "contacts:directory", "ansprechpersonen/", look_closely=True),
    Page("filtered directory", "contacts:directory", "ansprechpersonen/?stelle=wittenberg"),
    Page(
        "empty directory",
        "contacts:directory",
        "ansprechpersonen/?stelle=wittenberg&ort=grimma",
    ),
    Page("directory with a wrong filter", "contacts:directory", "ansprechpersonen/?ort=nirgendwo"),
    Page(
        "contact",
        "contacts:post",
        "ansprechpersonen/kik-2-landkreis-leipzig/",
        look_closely=True,
    ),
    Page("contact without a name", "contacts:post", "ansprechpersonen/bildung-1-mittelsachsen/"),
    Page("planned contact", "contacts:post", "ansprechpersonen/kik-7-mittelsachsen/"),
    Page(
        "contact of an ended agency",
        "contacts:post",
        "ansprechpersonen/quartiersmanagement-leipziger-osten/",
    ),
    Page("programmes", "projects:programmes", "foerderung/", look_closely=True),
    Page("funded projects", "projects:funded", "foerderung/projekte/"),
    Page("programme", "projects:programme", PROGRAMME, look_closely=True),
    Page("programme and advisor", "projects:programme", f"{PROGRAMME}?ort=Grimma"),
    Page("programme and places", "projects:programme", f"{PROGRAMME}?ort=Beucha"),
    Page("programme and no place", "projects:programme", f"{PROGRAMME}?ort=Xyzqq"),
    Page("check", "projects:funding_check", "foerderung/pruefen/", look_closely=True),
    Page("check with errors", "projects:funding_check", "foerderung/pruefen/?art=&betrag=1,234"),
    _idea("check: likely", "ort=Grimma", look_closely=True),
    _idea("check: talk to us", "ort=Beucha&betrag=9999"),
    _idea("check: unlikely", "ort=D%C3%B6beln"),
    Page("begin", "projects:begin", BEGIN, is_form=True, look_closely=True),
    Page("begin with errors", "projects:begin", BEGIN, 422, is_form=True, by_post=True),
    Page("no such call", "projects:begin", "antrag/neu/?aufruf=vorbei", is_form=True),
    Page("form", "contacts:correction", "hinweis/", is_form=True, look_closely=True),
    Page("form with errors", "contacts:correction", "hinweis/", 422, is_form=True, by_post=True),
    Page("what one can write", "contacts:enquiries", "anfrage/?ort=Grimma", look_closely=True),
    _enquiry("offer of help", "hilfe-anbieten", look_closely=True),
    _enquiry("offer with errors", "hilfe-anbieten", status=422, by_post=True),
    _enquiry("request for help", "hilfe-suchen/?ort=Borna"),
    _enquiry("people wanted", "mitmachen"),
    _enquiry("idea", "idee"),
    _enquiry("interpreter", "sprachmittlung", look_closely=True),
    _enquiry("interpreter with errors", "sprachmittlung", status=422, by_post=True),
    _enquiry("network", "netzwerk"),
    _enquiry("group to join", "netzwerk/?gruppe=ag-nachbarschaft-beispiel"),
    _enquiry("barrier", "barriere/?seite=/de/karte/"),
    Page("state of an enquiry", "contacts:enquiry_status", "anfrage/stand/", is_form=True),
    Page("state with errors", "contacts:enquiry_status", "anfrage/stand/", 422, True, by_post=True),
    Page("enquiry sent long ago", "contacts:enquiry_sent", "anfrage/gesendet/x/", 410),
    Page("log-in by code", "entrance:log_in", "anmelden/", is_form=True, look_closely=True),
    Page("log-in with errors", "entrance:log_in", "anmelden/", 422, is_form=True, by_post=True),
    Page("unknown link", "entrance:link", "weiter/x/", 410),
    Page("confirmation too late", "contacts:confirm", "bestaetigen/x/", 410),
    Page("thanks", "contacts:correction_thanks", "hinweis/danke/"),
    Page("imprint", "contacts:imprint", "impressum/"),
    Page("privacy", "contacts:privacy", "datenschutz/"),
    Page("accessibility", "contacts:accessibility", "barrierefreiheit/"),
    Page("data", "contacts:sources", "daten/"),
    Page("bad request", "", "fehler/400/", 400),
    Page("forbidden", "", "fehler/403/", 403),
    Page("not found", "", "gibt-es-nicht/", 404, look_closely=True),
    Page("server error", "", "fehler/500/", 500),
)
GET_PAGES = tuple(page for page in PAGES if not page.by_post)
WHOLE_PAGES = tuple(page for page in PAGES if not page.is_fragment)
PUBLIC_PAGES = tuple(page for page in PAGES if page.is_public)
CLOSELY = tuple(page for page in PAGES if page.look_closely)

# Public routes without a page in PAGES, and why.
NO_PAGE = {
    "root": "redirects to the start page in the language of the browser",
    "robots": "a text for machines",
    "sitemap": "XML for machines",
    "security": "a text for machines",
    "contacts:vcard": "a file for address books",
    "contacts:news_feed": "Atom: see tests/contacts/test_news.py",
    "contacts:document_file": "a PDF: see tests/contacts/test_documents_of_agencies.py",
    "entrance:code": "leads to the log-in while nobody has asked for a code",
    "entrance:typed": "behind the log-in by code: see tests/portal/test_entrance_pages.py",
    "entrance:log_out": "behind the log-in",
    "entrance:account": "behind the log-in",
    "entrance:new_address": "behind the log-in",
    "entrance:data": "behind the log-in",
    "entrance:delete": "behind the log-in",
    "projects:funded_csv": "a file: see tests/projects/test_funded.py",
    "projects:funded_json": "a file: see tests/projects/test_funded.py",
    "projects:offers_csv": "a file: see tests/projects/test_guide.py",
    "projects:booklet": "a file to print: see tests/projects/test_booklet.py",
    "projects:blank_form": "a file to print: see tests/projects/test_documents.py",
    "projects:deadline": "a file for calendars: see tests/projects/test_funding_pages.py",
    "contacts:accent": "a style sheet of two colours, loaded by the pages of an agency",
    "projects:calendar_file": "a file for calendars: see tests/projects/test_feeds.py",
    "projects:calendar": "behind the log-in: see tests/projects/test_markup.py",
    "projects:own_applications": "behind the log-in: see tests/projects/test_markup.py",
    "contacts:own_enquiries": "behind the log-in: see tests/contacts/test_enquiry_status.py",
    **dict.fromkeys(OF_MEMBERS, "behind the log-in: see tests/contacts/test_group_meetings.py"),
    **dict.fromkeys(OF_A_SENDER, "behind the log-in: see tests/contacts/test_enquiry_status.py"),
    **dict.fromkeys(OF_A_CASE, "behind the log-in: see tests/projects/test_markup.py"),
}
