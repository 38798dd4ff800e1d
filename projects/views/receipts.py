"""Receipts of a proof of use, with their photos, and scans of lists of participants."""

import uuid
from io import BytesIO

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from portal import limits
from portal.files import as_attachment
from portal.views import errors
from projects import attachments, participant_list, proof_forms
from projects.models import Application, Attachment, Grant, Receipt
from projects.plan_words import name_of
from projects.proof import LineUse, doubles, use_of
from projects.proof_forms import ListForm, ReceiptForm
from projects.views.files import UPLOADS_AN_HOUR
from projects.views.grant import grant_of
from projects.views.proof import proof_of
from projects.views.shared import case_of, case_page, moment
from projects.workflow import RefusedError, proving


@case_page
def receipts(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """All receipts below the lines of the plan, with what was planned and what was spent."""
    found = case_of(request, case)
    grant = grant_of(found)
    if not proving.may_prove(request.applicant, grant):
        return redirect("projects:proof", found.uuid)
    rows = list(grant.receipts.select_related("file"))
    twice = {row.pk for row in doubles(rows)}
    use = use_of(grant)

    def shown(each: LineUse) -> dict:
        own = [(row, row.pk in twice) for row in rows if row.line_id == each.line.pk]
        return {"use": each, "name": name_of(each.line), "receipts": own}

    context = {
        "application": found,
        "sides": [
            (_("What was spent"), [shown(each) for each in use.costs], True),
            (_("Other money that came in"), [shown(each) for each in use.income], False),
        ],
        "use": use,
    }
    return render(request, "projects/proof/receipts.html", context)


def _open_grant(request: HttpRequest, found: Application) -> Grant | None:
    """The grant whose proof of use can be written now."""
    grant = grant_of(found)
    return grant if proving.may_prove(request.applicant, grant) else None


@case_page
def add(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """One more receipt; `?zeile=` names the line of the plan."""
    found = case_of(request, case)
    grant = _open_grant(request, found)
    if grant is None:
        return redirect("projects:proof", found.uuid)
    return _edit(request, found, grant, None, {"line": request.GET.get("zeile", "")})


@case_page
def change(request: HttpRequest, case: uuid.UUID, number: int) -> HttpResponse:
    found = case_of(request, case)
    grant = _open_grant(request, found)
    if grant is None:
        return redirect("projects:proof", found.uuid)
    row = _receipt(grant, number)
    initial = {
        "line": row.line_id,
        "kind": row.kind,
        "amount": row.amount_cents,
        "paid_on": row.paid_on,
        "payee": row.payee,
        "purpose": row.purpose,
        "invoiced_on": row.invoiced_on,
        "kept": row.file.uuid if row.file else None,
    }
    return _edit(request, found, grant, row, initial)


def _receipt(grant: Grant, number: int) -> Receipt:
    row = grant.receipts.select_related("line", "file").filter(number=number).first()
    if row is None:
        raise Http404("no such receipt")
    return row


def _edit(
    request: HttpRequest, found: Application, grant: Grant, row: Receipt | None, initial: dict
) -> HttpResponse:
    """The form of a receipt. A file that came along is kept though something else is wrong."""
    has_file = bool(row and row.file)
    options = {"grant": grant, "has_file": has_file, "initial": initial}
    if request.method != "POST":
        return _show(request, found, row, ReceiptForm(**options), has_file and row.file)
    if request.FILES and not _may_upload(request):
        return errors.too_many_requests(request)
    form = ReceiptForm(request.POST, request.FILES, **options)
    form.is_valid()
    file = _file(request, found, form)
    if form.is_valid():
        said = _save(request, found, row, form, file)
        if said:
            messages.success(request, said)
            more = "more" in request.POST
            return redirect("projects:receipt_add" if more else "projects:receipts", found.uuid)
    return _show(request, found, row, form, file, status=422)


def _may_upload(request: HttpRequest) -> bool:
    of = f"user:{request.applicant.pk}"
    return limits.is_within(request, "upload", amount=UPLOADS_AN_HOUR, now=request.now, of=of)


def _file(request: HttpRequest, found: Application, form: ReceiptForm) -> Attachment | None:
    """The file of the receipt: what came along, or what was kept before."""
    upload = form.upload
    if upload is not None:
        name = "photo" if form.cleaned_data.get("photo") else "file"
        try:
            return proving.add_file(found, upload, **moment(request))
        except ValidationError as refused:
            proof_forms.refused(form, name, refused)
            return None
    kept = form.cleaned_data.get("kept")
    if kept is None or form.cleaned_data.get("without"):
        return None
    return attachments.present(found).filter(uuid=kept).first()


def _save(
    request: HttpRequest,
    found: Application,
    row: Receipt | None,
    form: ReceiptForm,
    file: Attachment | None,
) -> str:
    """Write the receipt; what to say of it, "" with an error in the form."""
    typed = form.cleaned_data
    facts = proving.ReceiptFacts(
        line=form.lines[typed["line"]],
        paid_on=typed["paid_on"],
        payee=typed["payee"],
        purpose=typed["purpose"],
        amount_cents=typed["amount"],
        kind=typed["kind"],
        invoiced_on=typed["invoiced_on"],
        file=file,
    )
    try:
        if row is None:
            made = proving.add_receipt(found, facts, **moment(request))
            return _("Receipt %(number)d has been added.") % {"number": made.number}
        proving.change_receipt(found, row.number, facts, **moment(request))
    except RefusedError as refused:
        form.add_error(None, ValidationError(refused.messages))
        return ""
    return _("Receipt %(number)d has been changed.") % {"number": row.number}


def _show(
    request: HttpRequest,
    found: Application,
    row: Receipt | None,
    form: ReceiptForm,
    file: Attachment | None,
    *,
    status: int = 200,
) -> HttpResponse:
    form.__dict__.pop("summary", None)  # an error may have come since it was first read
    context = {
        "application": found,
        "receipt": row,
        "form": form,
        "file": file or None,
        "errors": form.summary if form.is_bound else [],
        "has_errors": form.is_bound,
    }
    return render(request, "projects/proof/receipt_form.html", context, status=status)


@case_page
def remove(request: HttpRequest, case: uuid.UUID, number: int) -> HttpResponse:
    """Asks once, then takes the receipt off the list."""
    found = case_of(request, case)
    grant = _open_grant(request, found)
    if grant is None:
        return redirect("projects:proof", found.uuid)
    row = _receipt(grant, number)
    if request.method != "POST":
        context = {"application": found, "receipt": row}
        return render(request, "projects/proof/remove_receipt.html", context)
    try:
        proving.remove_receipt(found, number, by=request.applicant)
    except RefusedError as refused:
        messages.warning(request, " ".join(refused.messages))
    else:
        said = _("Receipt %(number)d has been removed.") % {"number": number}
        messages.success(request, said)
    return redirect("projects:receipts", found.uuid)


# Lists of participants ----------------------------------------------------------------------------


@case_page
def participants(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Blank lists to print, and scans of those that were filled in."""
    found = case_of(request, case)
    grant = _open_grant(request, found)
    if grant is None:
        return redirect("projects:proof", found.uuid)
    form = ListForm()
    if request.method == "POST":
        if not _may_upload(request):
            return errors.too_many_requests(request)
        form = ListForm(request.POST, request.FILES)
        if form.is_valid() and _add_list(request, found, form):
            messages.success(request, _("The list has been added."))
            return redirect("projects:participants", found.uuid)
    proof = proof_of(grant)
    form.__dict__.pop("summary", None)
    context = {
        "application": found,
        "lists": proof.lists.all() if proof.pk else [],
        "form": form,
        "errors": form.summary if form.is_bound else [],
        "has_errors": form.is_bound,
    }
    status = 422 if form.is_bound else 200
    return render(request, "projects/proof/participants.html", context, status=status)


def _add_list(request: HttpRequest, found: Application, form: ListForm) -> bool:
    try:
        proving.add_list(found, form.cleaned_data["file"], **moment(request))
    except ValidationError as refused:
        proof_forms.refused(form, "file", refused)
        return False
    return True


@case_page
def remove_list(request: HttpRequest, case: uuid.UUID, number: uuid.UUID) -> HttpResponse:
    """By POST: erase the scan of a list."""
    found = case_of(request, case)
    if request.method == "POST":
        try:
            proving.remove_list(found, number, by=request.applicant)
        except RefusedError as refused:
            messages.warning(request, " ".join(refused.messages))
        else:
            messages.success(request, _("The list has been erased."))
    return redirect("projects:participants", found.uuid)


@case_page
def blank_list(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """The list of participants, empty, to print."""
    found = case_of(request, case)
    grant_of(found)
    pdf = participant_list.render(found, now=request.now)
    name = f"{found.reference}-{_('list of participants')}.pdf"
    return as_attachment(BytesIO(pdf), name=name, content_type="application/pdf")
