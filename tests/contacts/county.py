"""A small county for the tests of pages: two towns, a part of one, two contacts, one office."""

import datetime as dt
from dataclasses import dataclass

from contacts.models import Agency, Area, Office, OpeningHours, Person, Post, Source
from tests import factories

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[12.7, 51.2], [12.8, 51.2], [12.8, 51.3], [12.7, 51.3], [12.7, 51.2]]],
}
BESIDE = {
    "type": "Polygon",
    "coordinates": [[[12.8, 51.2], [12.9, 51.2], [12.9, 51.3], [12.8, 51.3], [12.8, 51.2]]],
}
BEFORE_NOON = dt.datetime(2026, 11, 23, 10, 30, tzinfo=dt.UTC)  # a Monday, 11:30 in Berlin
EVENING = dt.datetime(2026, 11, 23, 19, 0, tzinfo=dt.UTC)


@dataclass
class County:
    district: Area
    grimma: Area
    borna: Area
    nerchau: Area
    agency: Agency
    office: Office
    richter: Post
    loth: Post
    person: Person


def county() -> County:
    district = factories.district("Landkreis Leipzig", "14729")
    grimma = factories.municipality("Grimma", district, codes=["04668"])
    borna = factories.municipality("Borna", district, codes=["04552"])
    nerchau = factories.locality("Nerchau", grimma, codes=["04668"], former=True)
    for town, boundary, point in (
        (grimma, SQUARE, [12.75, 51.25]),
        (borna, BESIDE, [12.85, 51.25]),
    ):
        town.boundary, town.label_point = boundary, point
        town.save()
    grimma.neighbours.add(borna)
    Source.objects.create(
        key="bkg", title="VG250", licence="GeoNutzV", attribution="© BKG 2016", dataset="places"
    )
    agency = factories.agency(
        "Koordinierungsstelle für Integration",
        district,
        slug="landkreis-leipzig",
        phone="03433 241-3431",
        email="kik@lk-l.example",
    )
    office = factories.office(
        agency,
        "Südstraße 80",
        slug="grimma",
        city="Grimma",
        postal_street="Stauffenbergstraße 4",
        postal_postal_code="04552",
        postal_city="Borna",
    )
    OpeningHours.objects.create(office=office, weekday=1, opens=dt.time(9), closes=dt.time(12))
    richter = factories.post(
        agency, "Koordinatorin", slug="koi", phone="03433 241-3431", office=office, room="414"
    )
    loth = factories.post(agency, "Kommunale Koordinatorin", slug="kik", phone="03433 241 4742")
    person = factories.holder(richter, "Martina Richter")
    factories.holder(loth, "Jana Loth")
    factories.rule(richter, grimma)
    factories.rule(loth, borna)
    return County(district, grimma, borna, nerchau, agency, office, richter, loth, person)
