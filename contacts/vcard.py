"""A post as a vCard: version 4.0 (RFC 6350) or 3.0 (RFC 2426) for older telephones.

Lines end with CRLF and are folded at 75 octets, never inside a character. The UID is that of the
post, so a later download replaces the entry in the address book instead of adding a second one.
"""

import datetime as dt
import uuid

from contacts.published import OfficeView, PostView

NAMESPACE = uuid.UUID("6f1b1f3e-5a0c-4d0e-9a6b-0f6f3c6c7f52")


def vcard(post: PostView, *, on: dt.date, url: str, version: str = "3.0") -> str:
    """The vCard of `post` as it is filled on the day `on`; `url` is the address of its page."""
    holders = post.holders(on)
    name = ", ".join(person.name for person in holders) or str(post.title)
    lines = [
        "BEGIN:VCARD",
        f"VERSION:{version}",
        "PRODID:-//Ansprechbar//EN",
        f"UID:urn:uuid:{uuid.uuid5(NAMESPACE, post.slug)}",
        f"FN:{escaped(name)}",
        f"N:{_structured_name(name, is_person=len(holders) == 1)}",
        *_organisation(post),
        f"TITLE:{escaped(str(post.title))}",
        *_telephones(post, version),
        *([f"EMAIL;TYPE={_work(version)}:{escaped(_email(post))}"] if _email(post) else []),
        *(_address(post.office, version) if post.office else []),
        f"URL:{url}",
        "END:VCARD",
    ]
    if version == "4.0":
        lines.insert(2, f"KIND:{'individual' if len(holders) == 1 else 'org'}")
    return "".join(f"{fold(line)}\r\n" for line in lines)


def escaped(text: str) -> str:
    """`text` as a value: backslash, comma, semicolon and line break escaped."""
    for mark in ("\\", ",", ";"):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def fold(line: str) -> str:
    """`line` in pieces of at most 75 octets, each but the first behind CRLF and a space."""
    pieces, piece, limit = [], "", 75
    for char in line:
        if len((piece + char).encode()) > limit:
            pieces.append(piece)
            piece, limit = "", 74  # the space counts too
        piece += char
    return "\r\n ".join([*pieces, piece])


def _work(version: str) -> str:
    return "work" if version == "4.0" else "WORK,INTERNET"


def _structured_name(name: str, *, is_person: bool) -> str:
    if not is_person or " " not in name:
        return f"{escaped(name)};;;;"
    given, family = name.rsplit(" ", 1)
    return f"{escaped(family)};{escaped(given)};;;"


def _organisation(post: PostView) -> list[str]:
    agency = post.agency
    units = [post.provider or agency.parent_body, str(agency.name)]
    return [f"ORG:{';'.join(escaped(unit) for unit in units if unit)}"]


def _telephones(post: PostView, version: str) -> list[str]:
    """The numbers that are in no doubt; without any, the agency's."""
    voice = [post.sure_phone]
    if "phone_alternative" not in post.doubted:
        voice.append(post.phone_alternative)
    voice = [number for number in voice if number] or [post.agency.phone]
    kinds = [("voice", number) for number in voice] + [("fax", post.fax)]
    return [_telephone(kind, number, version) for kind, number in kinds if number]


def _telephone(kind: str, number: str, version: str) -> str:
    if version == "4.0":
        return f'TEL;VALUE=text;TYPE="work,{kind}":{escaped(number)}'
    return f"TEL;TYPE=WORK,{kind.upper()}:{escaped(number)}"


def _email(post: PostView) -> str:
    return post.sure_email or post.agency.email


def _address(office: OfficeView, version: str) -> list[str]:
    parts = ["", office.building, office.street, office.city, "", office.postal_code]
    kind = "work" if version == "4.0" else "WORK"
    return [f"ADR;TYPE={kind}:{';'.join(escaped(part) for part in parts)};Deutschland"]
