"""What `portal` itself stores about people: accounts with a code, and mail."""

from django.conf import settings
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.sessions import APPLICANTS
from portal.login_code import LINKS_KEPT
from portal.processing import Activity, Basis, register

THE_OFFICE = _("Only the office, and whoever runs this site for it.")


def _visit_kept() -> list[str]:
    return [gettext("Nothing is stored.")]


def _account_kept() -> list[str]:
    days = APPLICANTS.longest.days
    return [
        gettext("A code: ten minutes. What you have typed before it: one day."),
        ngettext(
            "A log-in: until you log out, at most %(days)d day.",
            "A log-in: until you log out, at most %(days)d days.",
            days,
        )
        % {"days": days},
        ngettext(
            "A link that we have mailed to you: %(days)d day after it has ended.",
            "A link that we have mailed to you: %(days)d days after it has ended.",
            LINKS_KEPT.days,
        )
        % {"days": LINKS_KEPT.days},
        gettext("The account: until you delete it, or until nothing else needs it."),
    ]


def _mail_kept() -> list[str]:
    days = settings.OUTBOX_DAYS
    return [
        ngettext(
            "Text and address: %(days)d day after the mail has left.",
            "Text and address: %(days)d days after the mail has left.",
            days,
        )
        % {"days": days}
    ]


def register_own() -> None:
    """Called once, when the apps are ready."""
    register(
        Activity(
            key="visit",
            name=_("Visits"),
            situation=_("You open a page"),
            people=_("visitors"),
            purpose=_("to send the pages that somebody asks for"),
            notice=_("The server needs your network address to send the page."),
            recipients=_("Nobody."),
            basis=Basis.PUBLIC_TASK,
            kept=_visit_kept,
        ),
        Activity(
            key="account",
            name=_("Accounts without a password"),
            situation=_("You log in with your e-mail address"),
            people=_("applicants, members of groups, interpreters, and who has written to us"),
            purpose=_("to show people what is theirs, and nobody else"),
            notice=_(
                "We mail you a code and keep a hash of it, bound to your browser. What you have "
                "typed before waits with us, encrypted. With the right code we make your account: "
                "your address, the day of the last log-in and, for each device, the kind of "
                "browser and the first part of its network address. One cookie keeps you logged "
                "in. On the page of your account you can download everything and delete it."
            ),
            recipients=THE_OFFICE,
            basis=Basis.PUBLIC_TASK,
            kept=_account_kept,
            fields={
                "portal.user": "email name",
                "portal.logincode": "session_digest address_digest code_digest",
                "portal.entrancelink": "digest user email data",
                "usersessions.usersession": "user ip session_key user_agent data",
                "account.emailaddress": "user email",
                "account.emailconfirmation": "key",
                "sessions.session": "session_key session_data",
            },
            words={
                "portal.logincode.session_digest": "",
                "portal.logincode.address_digest": "",
                "portal.entrancelink.digest": "",
                "portal.entrancelink.data": "",
                "account.emailaddress.email": "",
                "account.emailconfirmation.key": "",
                "sessions.session.session_key": "",
                "sessions.session.session_data": _(
                    "what you have typed before the code, encrypted"
                ),
                "usersessions.usersession.session_key": "",
                "usersessions.usersession.data": "",
                "usersessions.usersession.ip": _("first part of the network address"),
                "usersessions.usersession.user_agent": _("kind of browser"),
            },
            kinds=("account",),
            jobs=("sessions", "login-codes"),
        ),
        Activity(
            key="mail",
            name=_("Mail"),
            situation=_("You get mail from us"),
            people=_("whoever the site writes to"),
            purpose=_("to deliver receipts, answers and reminders, and to see what did not arrive"),
            notice=_(
                "Each mail is written down before it is sent, so that none is lost. Mails with "
                "codes and links that let you in are shown to nobody."
            ),
            recipients=_("The office, and the mail providers of both sides."),
            basis=Basis.PUBLIC_TASK,
            kept=_mail_kept,
            fields={
                "portal.outboxmessage": "about recipient from_name reply_to subject body "
                "message_id sent_again_by"
            },
            words={"portal.outboxmessage.about": "", "portal.outboxmessage.message_id": ""},
            kinds=("mails",),
            jobs=("wipe-mail",),
        ),
        things={
            "portal.dataversion": "scope",
            "portal.jobrun": "name report error lease_token",
            "portal.entrancelink": "kind",
            "portal.outboxmessage": "owner language smtp_code lease_token",
            "portal.page": "owner",
            "portal.pagetranslation": "body",
            "auth.permission": "name codename",
            "auth.group": "name",
            "contenttypes.contenttype": "app_label model",
        },
    )
