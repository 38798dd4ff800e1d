"""The first agency of an installation: which state its districts lie in, and how it is made."""

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from contacts.models import Agency, AgencyTranslation, Area
from contacts.slugs import free_slug
from contacts.states import STATES


def districts_of(keys: Sequence[str]) -> list[Area]:
    """The districts with these keys (AGS, five digits); raises ValidationError, for the operator.

    They lie in one state, of which something is known here.
    """
    if not keys:
        raise ValidationError("An agency covers at least one district.")
    found = {area.key: area for area in Area.objects.filter(kind=Area.Kind.DISTRICT, key__in=keys)}
    for key in keys:
        if not (len(key) == 5 and key.isascii() and key.isdigit()):
            raise ValidationError(f"“{key}” is not the key of a district: five digits.")
        if key not in found:
            raise ValidationError(
                f"No district has the key {key}. Load its places first: manage.py load_places "
                "FOLDER; docs/own-county.md says where to get them."
            )
        if not found[key].children.exists():
            raise ValidationError(f"No municipality of {found[key]} is loaded: see load_places.")
    if len({key[:2] for key in keys}) > 1:
        raise ValidationError("The districts of an agency lie in one state: state law applies.")
    state_of(keys[0])
    return [found[key] for key in dict.fromkeys(keys)]


def state_of(key: str) -> str:
    """The state of a district; raises ValidationError where nothing is known of its law."""
    for state, pack in STATES.items():
        if pack.ags == key[:2]:
            return state.value
    known = ", ".join(f"{pack.name} ({pack.ags}…)" for pack in STATES.values())
    raise ValidationError(
        f"District {key} lies in a state that the portal does not know the law of; it knows "
        f"{known}. docs/own-county.md says how to add one."
    )


def names_only(district: Area) -> bool:
    """Whether of its municipalities nothing is known but their names: a look-up needs more."""
    return not Area.objects.filter(parent=district, postal_codes__isnull=False).exists()


@transaction.atomic
def found_agency(
    *, name: str, region: str, districts: Sequence[Area], phone: str, email: str
) -> Agency:
    """Make the agency with its name in the language of the site; raises ValidationError."""
    agency = Agency(
        slug=free_slug(region or name, among=Agency.objects.all(), otherwise="stelle"),
        phone=phone,
        email=email,
        state=state_of(districts[0].key),
    )
    words = AgencyTranslation(language_code=settings.LANGUAGE_CODE, name=name, area_label=region)
    agency.full_clean()
    words.clean_fields(exclude=["master"])
    agency.save()
    agency.districts.set(districts)
    words.master = agency
    words.save()
    return agency
