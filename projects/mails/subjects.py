"""What mails about a case are called: the number of the case, and nobody's name."""

from django.utils.translation import gettext_lazy as _

SUBJECTS = {
    "begun": _("%(number)s: the way back to your draft"),
    "receipt": _("%(number)s: your application has arrived"),
    "precheck": _("%(number)s: remarks on your draft"),
    "changes": _("%(number)s: please add to your application"),
    "changes-reminder": _("%(number)s: please add to your application in time"),
    "changes-received": _("%(number)s: your changes have arrived"),
    "message": _("%(number)s: a message for you"),
    "letter": _("%(number)s: a letter for you"),
    "waitlisted": _("%(number)s: your application is on the waiting list"),
    "objection": _("%(number)s: your objection has arrived"),
    "objection-withdrawn": _("%(number)s: the objection has been withdrawn"),
    "withdrawn": _("%(number)s: your application has been withdrawn"),
    "invitation": _("%(site)s: somebody asks you to write along"),
    "office-precheck": _("%(number)s: please look at a draft"),
    "office-new": _("%(number)s: new application"),
    "office-changes": _("%(number)s: changes are there"),
    "office-message": _("%(number)s: message from the applicant"),
    "office-withdrawn": _("%(number)s: withdrawn"),
    "office-objection": _("%(number)s: objection"),
    "office-objection-withdrawn": _("%(number)s: objection withdrawn"),
}
