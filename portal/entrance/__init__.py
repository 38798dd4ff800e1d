"""The entrance of people without a password: applicants, and whoever writes to an agency.

Somebody gives an e-mail address, types the six digits that were mailed there, and is in. The
account is made when the code is right; before, nothing about a visitor is stored but keyed hashes
of the code (`portal.login_code`) and the visitor's own session.

What other apps use:

`applicant_page(view)`
    A page behind the log-in, GET and POST, kept in no cache. `request.applicant` is the account,
    never staff. Others are sent to the log-in and come back to this very address; what they had
    typed in a form comes back, too. A script that accepts JSON gets 401.

`person_page(view)`
    The same for a page that staff open as well, after their own log-in: `request.person` is the
    account. What they may see there, the view asks.

`ask_for_code(request, email, *, carried=None, weiter="")`
    For a view of yours, a `form_page`, whose own form with an e-mail field was valid: mails a code
    and returns the answer of your view, a redirect to the page where it is typed. `carried` is a
    `Carried(kind, data)`: what was typed before the code, as JSON of at most 50 kB. It lies sealed
    in the visitor's session, outlives wrong codes, new codes, the back button and a tab that a
    phone has thrown away, and ends with the session or after a day. With the right code the handler
    of its kind is called. Whoever is logged in with that address already needs no code.

`register_arrival(kind, handler, *, heading="", text="")`
    In `ready()`: `handler(request, user, data) -> url` is called once somebody with `Carried` data
    has logged in, outside a transaction; it calls a verb and says where to go. It checks
    permissions itself: the code shows that `user.email` is theirs, and nothing else. `heading` and
    `text` (lazy) stand on the page of an `arrival_link`.

`resume_link(user, path, *, site, now)` and `arrival_link(kind, data, *, email, site, now)`
    Addresses for mails; call them in the transaction that writes the mail, in the language of the
    mail. GET shows a page with one button, since mail scanners follow links; the button mails a
    code to the account's own address, or to `email`, and after it `path` opens or the handler of
    `kind` is called. The link itself opens nothing. A used or expired one sends a new one by mail.

`register_link(label, url_name)`
    In `ready()`: a link beside "Account" on every page behind the log-in; the first one is where a
    log-in without any other aim leads.

`portal.privacy.register` says what belongs to a person, for "my data" and for deleting an account.
"""

from portal.entrance.arrivals import Carried, register_arrival
from portal.entrance.guard import applicant_page, person_page
from portal.entrance.links import arrival_link, resume_link
from portal.entrance.log_in import ask_for_code
from portal.own_links import register_link

__all__ = [
    "Carried",
    "applicant_page",
    "arrival_link",
    "ask_for_code",
    "person_page",
    "register_arrival",
    "register_link",
    "resume_link",
]
