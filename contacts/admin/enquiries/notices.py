"""How somebody hears of new enquiries: each one, one mail in the morning, or none."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.admin.enquiries.inbox import deals_with_enquiries
from contacts.enquiries import digest
from contacts.models import Enquiry, NoticeChoice
from portal import clock
from portal.admin_site import OwnPage


class NoticeForm(forms.Form):
    each = forms.ChoiceField(
        label=gettext_lazy("New enquiries"),
        choices=NoticeChoice.Each.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the three.")},
    )


def notices(request: HttpRequest) -> HttpResponse:
    if not deals_with_enquiries(request.user):
        raise PermissionDenied
    is_sent = request.method == "POST"
    form = NoticeForm(
        request.POST if is_sent else None, initial={"each": digest.choice_of(request.user)}
    )
    if is_sent and form.is_valid():
        digest.choose(request.user, form.cleaned_data["each"], now=clock.now())
        messages.success(request, _("Your choice is stored."))
        return HttpResponseRedirect(reverse("admin:contacts_enquiry_changelist"))
    context = {
        **admin.site.each_context(request),
        "opts": Enquiry._meta,
        "title": _("How I hear of enquiries"),
        "form": form,
        "back": reverse("admin:contacts_enquiry_changelist"),
        "button": _("Save"),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/contacts/enquiry/notices.html", context, status=status)


admin.site.add_page(
    OwnPage(
        route="anfragen/nachrichten/",
        name="contacts_enquiry_notices",
        view=notices,
        label=gettext_lazy("How I hear of enquiries"),
        task="inbox",
        rank=9,
        is_for=lambda request: deals_with_enquiries(request.user),
    )
)
