"""The account behind the log-in: what it is, what is stored, and how it ends."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.entrance.guard import applicant_page


@applicant_page
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "entrance/account.html")
