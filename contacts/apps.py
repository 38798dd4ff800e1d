from collections.abc import Iterable

from django.apps import AppConfig
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "contacts"
    verbose_name = _("Contacts")

    def ready(self) -> None:
        from contacts import (
            checks,  # noqa: F401  (registers the system checks)
            colleagues,
            confirming,
            corrections,
            document_files,
            imports,
            panels,
            personal_data,
            processing,
        )
        from contacts.enquiries import digest, erasing, reminding
        from contacts.interpreting import personal
        from contacts.network import papers
        from contacts.network import personal as network_personal
        from contacts.views import interpreting, members, own_enquiries
        from portal import dashboard, entrance, owners
        from portal.accounts import passwords

        owners.register(owners.Owners(_seen_by, _changed_by, _names))
        dashboard.register(_to_do)
        passwords.sources.append(_own_words)
        entrance.register_arrival(own_enquiries.ARRIVAL, own_enquiries.arrive)
        entrance.register_link(*own_enquiries.OWN, rank=1)  # behind what projects register
        entrance.register_link(*members.OWN, rank=2)
        panels.of_agencies.register(interpreting.panel_of_agency)
        parts = (colleagues, confirming, corrections, document_files, imports)
        for part in (*parts, reminding, digest, erasing, papers, network_personal):
            part.register_jobs()
        personal_data.register()
        personal.register()
        network_personal.register()
        processing.register_own()


def _to_do(request):
    from contacts.todo import for_start_page

    return for_start_page(request)


def _seen_by(user) -> Iterable[str]:
    """The keys of the agencies in which the user has a role, and of networks that they keep."""
    from contacts.models import Agency
    from contacts.roles import agencies_of

    slugs = Agency.objects.of_agencies(agencies_of(user)).values_list("slug", flat=True)
    return [*slugs, *_networks_of(user)]


def _changed_by(user) -> Iterable[str]:
    """The keys of the agencies whose rows the user may change, and of networks that they keep."""
    from contacts.models import Agency
    from contacts.roles import EDITORS, agencies_of

    slugs = Agency.objects.of_agencies(agencies_of(user, EDITORS)).values_list("slug", flat=True)
    return [*slugs, *_networks_of(user)]


def _networks_of(user) -> Iterable[str]:
    from contacts.models.groups import KEEPERS, owner_of_mails
    from contacts.roles import agencies_of

    return map(owner_of_mails, agencies_of(user, KEEPERS))


def _names() -> dict[str, str]:
    from contacts.models import Agency
    from contacts.models.groups import owner_of_mails

    agencies = list(Agency.objects.prefetch_related("translations"))
    network = gettext("Network of partners")
    names = {agency.slug: str(agency) for agency in agencies}
    return names | {owner_of_mails(agency.pk): f"{agency}: {network}" for agency in agencies}


def _own_words() -> Iterable[str]:
    """Names that belong into no password here: of agencies and districts."""
    from contacts.models import AgencyTranslation, District

    yield from AgencyTranslation.objects.values_list("name", flat=True)
    yield from District.objects.values_list("name", flat=True)
