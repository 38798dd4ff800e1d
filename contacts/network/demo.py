"""What the demo adds to the network of one agency, so that its pages can be tried.

Every partner, group and member is invented and says so; addresses end in demo.example.
"""

from django.db import transaction

from contacts.models import Agency, Area, GroupMember, Organisation, WorkingGroup

AGENCY = "wittenberg"
GROUP = "ag-nachbarschaft-beispiel"
CONVENOR = "convenor@demo.example"
Role = GroupMember.Role
# Name, kind, municipality, what it does.
PARTNERS = (
    ("SV Elbaue (Beispiel)", "sport", "15091375", "Fußball und Schwimmen, offen für alle"),
    ("Frauenkreis Sonnenhof (Beispiel)", "intercultural", "15091145", "Frühstück und Nähstube"),
    ("Wohnungsgesellschaft Muster (Beispiel)", "company", "15091375", "Mietwohnungen in der Stadt"),
    ("Lerntreff Heide (Beispiel)", "volunteers", "15091010", "Hilfe bei Hausaufgaben und Deutsch"),
)
MEMBERS = (
    (CONVENOR, "Demo Sprecherin", Role.CONVENOR, 0),
    ("member-1@demo.example", "Demo Mitglied 1", Role.MEMBER, 1),
    ("member-2@demo.example", "Demo Mitglied 2", Role.MEMBER, 3),
)


@transaction.atomic
def create_network() -> WorkingGroup:
    """Create partners, the group and its members, unless the group is there already.

    Raises `Agency.DoesNotExist` before the offices are loaded.
    """
    group = WorkingGroup.objects.filter(slug=GROUP).first()
    if group is not None:
        return group
    agency = Agency.objects.get(slug=AGENCY)
    group = WorkingGroup.objects.language("de").create(
        slug=GROUP,
        agency=agency,
        kind=WorkingGroup.Kind.WORKING,
        rank=100,
        name="AG Nachbarschaft (Beispiel)",
        tasks="Treffpunkte in den Stadtteilen sammeln\nDas Nachbarschaftsfest vorbereiten",
    )
    partners = [_partner(agency, number, *each) for number, each in enumerate(PARTNERS, start=1)]
    for email, name, role, number in MEMBERS:
        GroupMember.objects.create(
            group=group, organisation=partners[number], email=email, name=name, role=role
        )
    return group


def _partner(
    agency: Agency, number: int, name: str, kind: str, area: str, summary: str
) -> Organisation:
    return Organisation.objects.language("de").create(
        slug=f"beispiel-{number}",
        agency=agency,
        name=name,
        kind=kind,
        area=Area.objects.filter(key=area).first(),
        email=f"partner-{number}@demo.example",
        is_listed=True,
        summary=summary,
    )
