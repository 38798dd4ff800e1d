"""One mail, to the mail server that the environment names: accepted, or a class of failure.

Django's backend speaks to the server, with certificates verified (`ssl.create_default_context`).
The server's own words are never kept: they name the address.
"""

import logging
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email

from portal.models import OutboxMessage

logger = logging.getLogger(__name__)

Problem = OutboxMessage.Problem
PERMANENT = 500  # codes from here on mean "never", codes below "not now" (RFC 5321, 4.2.1)
ENHANCED = re.compile(rb"\d\.\d{1,3}\.\d{1,3}\b")  # such as 5.1.1 (RFC 3463)


@dataclass(frozen=True)
class Failure:
    """Why a mail was not accepted. `is_final`: no further try will help.

    `server_is_away`: it is not about this mail, so the others would fare no better now.
    """

    problem: Problem
    code: str = ""
    is_final: bool = False
    server_is_away: bool = False


def is_configured() -> bool:
    """Whether a mail server and a sender address are named."""
    return bool(settings.EMAIL_HOST and settings.DEFAULT_FROM_EMAIL)


def sender_is_an_address() -> bool:
    """Whether DEFAULT_FROM_EMAIL is an address, with or without a name before it."""
    try:
        validate_email(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    except ValidationError:
        return False
    return True


def deliver(message: OutboxMessage) -> Failure | None:
    """Hand `message` to the mail server; None when it has accepted it. Never raises."""
    try:
        mail = as_email(message)
        mail.message().as_bytes()
    except (ValueError, MessageError, LookupError) as error:
        logger.warning("Message %s is no mail: %s.", message.pk, type(error).__name__)
        return Failure(Problem.UNSENDABLE, is_final=True)
    return send(mail)


def send(mail: EmailMessage) -> Failure | None:
    """Hand `mail` to the mail server over a connection of its own; None when it is accepted."""
    server = get_connection()
    try:
        server.open()
        server.send_messages([mail])
    except Exception as error:
        return failure_of(error)
    finally:
        # Whatever a server answers to our good-bye, what it has accepted is accepted.
        with suppress(Exception):
            server.close()
    return None


def as_email(message: OutboxMessage) -> EmailMessage:
    """The mail of `message`: each try and each process writes the same one."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    sender = settings.DEFAULT_FROM_EMAIL
    return EmailMessage(
        subject=message.subject,
        body=message.body,
        from_email=formataddr((message.from_name, address)) if message.from_name else sender,
        to=[message.recipient],
        reply_to=[message.reply_to] if message.reply_to else [],
        headers={
            "Message-ID": message.message_id,
            "Date": format_datetime(message.created_at),
            "Content-Language": message.language,
            "Auto-Submitted": "auto-generated",  # so that no "out of office" comes back (RFC 3834)
        },
    )


def failure_of(error: Exception) -> Failure:
    """What an exception of `smtplib`, of TLS or of the network means for the mail and the rest."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return _answered(Problem.RECIPIENT, *next(iter(error.recipients.values())))
        case smtplib.SMTPDataError():
            return _answered(Problem.CONTENT, error.smtp_code, error.smtp_error)
        case smtplib.SMTPSenderRefused():  # our own address or size: for the operator to put right
            refused = _answered(Problem.SENDER, error.smtp_code, error.smtp_error)
            return Failure(refused.problem, refused.code, server_is_away=refused.is_final)
        case smtplib.SMTPAuthenticationError():
            code = _code(error.smtp_code, error.smtp_error)
            return Failure(Problem.LOG_IN, code, server_is_away=True)
        case smtplib.SMTPResponseException():  # at the greeting
            code = _code(error.smtp_code, error.smtp_error)
            return Failure(Problem.UNREACHABLE, code, server_is_away=True)
        case ssl.SSLError() | smtplib.SMTPNotSupportedError():
            return Failure(Problem.TLS, server_is_away=True)
        case TimeoutError() | smtplib.SMTPServerDisconnected(__context__=TimeoutError()):
            return Failure(Problem.TIMEOUT, server_is_away=True)
        case OSError():
            return Failure(Problem.UNREACHABLE, server_is_away=True)
    logger.error("A mail could not be sent: %s.", type(error).__name__)
    return Failure(Problem.OTHER)


def _answered(problem: Problem, code: int, text: bytes | str) -> Failure:
    if code >= PERMANENT:
        return Failure(problem, _code(code, text), is_final=True)
    return Failure(Problem.DEFERRED, _code(code, text))


def _code(code: int, text: bytes | str) -> str:
    """Such as "550 5.1.1": the numbers of an answer, without its words."""
    text = text.encode("ascii", "replace") if isinstance(text, str) else text
    enhanced = ENHANCED.match(text)
    return f"{code} {enhanced[0].decode()}" if enhanced else str(code)
