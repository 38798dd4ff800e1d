"""What follows from the federal state of an agency: who supervises, who enforces.

Counties fall under state law. Every entry is to be confirmed by the office's own lawyer before it
goes public in production; the pages say so as long as the demo runs.
"""

from dataclasses import dataclass

from contacts.models import Agency


@dataclass(frozen=True)
class StatePack:
    """`ags` are the first two digits of the keys of its districts.

    `enforcement` is the body to turn to when a barrier is not removed (Directive 2016/2102).
    `barrier_months` is how long the agency has to answer whoever reports a barrier.
    """

    name: str
    ags: str
    accessibility_law: str
    enforcement: str
    enforcement_url: str
    data_protection_law: str
    data_protection_authority: str
    data_protection_url: str
    barrier_months: int = 1  # § 12b(4) BGG for the federation; to be confirmed for each state


STATES = {
    Agency.State.SAXONY: StatePack(
        name="Sachsen",
        ags="14",
        accessibility_law="Barrierefreie-Websites-Gesetz (BfWebG)",
        enforcement="Durchsetzungsstelle beim Beauftragten der Sächsischen Staatsregierung "
        "für die Belange von Menschen mit Behinderungen",
        enforcement_url="https://www.durchsetzungsstelle.sachsen.de/",
        data_protection_law="Sächsisches Datenschutzdurchführungsgesetz (SächsDSDG)",
        data_protection_authority="Sächsische Datenschutz- und Transparenzbeauftragte",
        data_protection_url="https://www.datenschutz.sachsen.de/",
    ),
    Agency.State.SAXONY_ANHALT: StatePack(
        name="Sachsen-Anhalt",
        ags="15",
        accessibility_law="Behindertengleichstellungsgesetz Sachsen-Anhalt (BGG LSA)",
        enforcement="Landesfachstelle für Barrierefreiheit, Ombudsstelle für digitale "
        "Barrierefreiheit",
        enforcement_url="https://www.landesfachstelle-barrierefreiheit.de/",
        data_protection_law="Datenschutz-Grundverordnungs-Ausfüllungsgesetz Sachsen-Anhalt "
        "(DSAG LSA)",
        data_protection_authority="Landesbeauftragte für den Datenschutz Sachsen-Anhalt",
        data_protection_url="https://datenschutz.sachsen-anhalt.de/",
    ),
}
