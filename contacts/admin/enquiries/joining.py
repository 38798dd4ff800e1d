"""Taking up whoever asks to join the network, from the page of the enquiry."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.enquiries.frame import View, enquiry_of, moment
from contacts.admin.enquiries.steps import sent, with_form
from contacts.admin.keys import RowsField
from contacts.models import Area, Enquiry, WorkingGroup
from contacts.models.enquiry import EnquiryKind
from contacts.models.network import PartnerKind
from contacts.network import joining
from portal import clock


class TakeUpForm(forms.Form):
    """Filled in from the enquiry, with the groups that its text names.

    Groups are offered only where there is an address.
    """

    name = forms.CharField(
        label=gettext_lazy("Name of the organisation"),
        max_length=200,
        help_text=gettext_lazy(
            "If a partner has this name already, that one is taken, and stays as it is."
        ),
        error_messages={"required": gettext_lazy("Enter the name of the organisation.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of partner"),
        choices=[("", gettext_lazy("Please choose")), *PartnerKind.choices],
        error_messages={"required": gettext_lazy("Choose the kind of partner.")},
    )
    area = forms.ModelChoiceField(
        label=gettext_lazy("Place"),
        queryset=Area.objects.none(),
        required=False,
        empty_label=gettext_lazy("not known"),
    )
    summary = forms.CharField(
        label=gettext_lazy("What it does, in German"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("In a line or two, for the public list."),
    )
    is_listed = forms.BooleanField(
        label=gettext_lazy("Stands in the public list of partners"),
        required=False,
        help_text=gettext_lazy(
            "Only if the organisation has agreed. The sender's name and address never stand there."
        ),
    )
    groups = RowsField(
        label=gettext_lazy("Groups of which the sender becomes a member"),
        queryset=WorkingGroup.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, enquiry: Enquiry, **kwargs) -> None:
        initial = {"name": enquiry.organisation, "area": enquiry.area_id}
        super().__init__(*args, initial=initial, **kwargs)
        districts = enquiry.agency.districts.values("pk")
        towns = Area.objects.filter(kind=Area.Kind.MUNICIPALITY, parent__in=districts)
        known = towns | Area.objects.filter(pk=enquiry.area_id)
        self.fields["area"].queryset = known.select_related("parent").order_by("name")
        groups = WorkingGroup.objects.filter(agency=enquiry.agency_id).at_work(clock.today())
        if enquiry.email and groups.exists():
            self.fields["groups"].queryset = groups.prefetch_related("translations")
            self.initial["groups"] = [
                group.pk
                for group in self.fields["groups"].queryset
                if any(words.name in enquiry.text for words in group.translations.all())
            ]
        else:
            del self.fields["groups"]


def take_up(page, request: HttpRequest, pk: int) -> HttpResponse:
    enquiry = enquiry_of(page, request, pk)
    if enquiry.kind != EnquiryKind.NETWORK:
        raise Http404
    return with_form(
        page,
        request,
        enquiry,
        TakeUpForm(sent(request), enquiry=enquiry),
        lambda typed: joining.take_up(enquiry, **({"groups": ()} | typed), **moment(request)),
        title=_("Take up into the network"),
        button=_("Take up"),
        said=_("Taken up. The sender is told by mail where there is an address."),
    )


VIEWS: dict[str, tuple[str, View]] = {"take_up": ("<int:pk>/take-up/", take_up)}
