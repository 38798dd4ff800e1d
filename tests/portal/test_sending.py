"""What becomes of a mail, with a real mail server that takes it, refuses it, stalls or is away."""

import datetime as dt
import signal
import ssl
import threading

import pytest
from django.db import transaction

from portal import outbox, sending
from portal.models import OutboxMessage
from tests.portal import smtp
from tests.portal.test_outbox import NOW, RECEIPT
from tests.servers import PRODUCTION

pytestmark = pytest.mark.django_db(transaction=True)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def production(settings):
    settings.DEMO, settings.PRODUCTION = False, True
    settings.DEFAULT_FROM_EMAIL = PRODUCTION["DEFAULT_FROM_EMAIL"]
    settings.EMAIL_BACKEND = "tests.portal.smtp.OutsideTransactions"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = smtp.HOST, False


@pytest.fixture
def server(settings):
    with smtp.mail_server() as started:
        settings.EMAIL_PORT = started.port
        yield started


def put(about: str = "application:1:receipt", **changes) -> OutboxMessage:
    with transaction.atomic():
        return outbox.put(about, **(RECEIPT | changes))


def send(now: dt.datetime = NOW) -> sending.Round:
    return sending.send_due(tell_time=lambda: now)


def seen(message: OutboxMessage) -> tuple[str, str, str]:
    message.refresh_from_db()
    return message.state, message.problem, message.smtp_code


def test_a_mail_arrives_as_it_was_written(server):
    message = put(from_name="Koordinierungsstelle Böhlen", reply_to="stelle@example.org")

    assert send() == sending.Round(sent=1)
    assert seen(message) == ("sent", "", "")
    assert message.sent_at == NOW
    mail = server.received[0]
    assert mail["Message-ID"] == message.message_id
    assert (mail["To"], mail["Reply-To"]) == ("amal@example.org", "stelle@example.org")
    assert mail["From"].endswith("<portal@ansprechbar.test>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_payload(decode=True).decode().splitlines() == message.body.splitlines()
    assert send() == sending.Round()  # and once


def test_a_server_that_is_away_loses_nothing_and_is_not_asked_for_every_mail(settings, server):
    settings.EMAIL_PORT = smtp.free_port()
    first, second = put("a"), put("b")

    assert send() == sending.Round(postponed=1)
    assert seen(first) == ("waiting", "unreachable", "")
    assert (seen(second)[0], second.tries) == ("waiting", 0)
    assert send() == sending.Round()

    settings.EMAIL_PORT = server.port
    assert send(NOW + HOUR) == sending.Round(sent=2)
    assert sorted(server.ids) == sorted([first.message_id, second.message_id])


def test_a_server_that_does_not_answer_is_left_after_the_time_out(settings, server):
    settings.EMAIL_TIMEOUT = 0.2
    message, released = put(), threading.Event()
    server.on_data = lambda: released.wait(timeout=60)

    assert send() == sending.Round(postponed=1)
    released.set()
    assert seen(message) == ("waiting", "timeout", "")


def test_a_server_that_asks_to_try_later_is_tried_again(server):
    server.answers = {"RCPT": ["450 4.2.0 <amal@example.org>: greylisted"], "DATA": ["451 later"]}
    message = put()

    assert send() == sending.Round(postponed=1)
    assert seen(message) == ("waiting", "deferred", "450 4.2.0")
    assert NOW < message.not_before < NOW + dt.timedelta(minutes=1)
    assert send(NOW + HOUR) == sending.Round(postponed=1)
    assert seen(message) == ("waiting", "deferred", "451")
    assert send(NOW + 2 * HOUR) == sending.Round(sent=1)
    assert seen(message) == ("sent", "", "")


def test_a_server_that_always_asks_to_try_later_is_given_up_after_days_and_seen_by_staff(server):
    message = put()
    now = NOW
    while message.state == "waiting":
        server.answers = {"RCPT": ["450 4.2.0 later"]}
        send(now)
        message.refresh_from_db()
        now = max(now, message.not_before)

    assert message.tries == sending.MAX_TRIES
    assert 2 * DAY < now - NOW < 4 * DAY
    assert list(OutboxMessage.objects.undelivered(now)) == [message]


@pytest.mark.parametrize(
    ("answers", "problem", "code"),
    [
        ({"RCPT": ["550 5.1.1 <amal@example.org>: no such user"]}, "recipient", "550 5.1.1"),
        ({"DATA": ["554 5.7.1 spam from amal@example.org"]}, "content", "554 5.7.1"),
    ],
)
def test_a_refusal_is_final_and_tells_staff_no_address(server, caplog, answers, problem, code):
    server.answers = answers
    refused, other = put("a"), put("b")

    assert send() == sending.Round(sent=1, failed=1)
    assert seen(refused) == ("failed", problem, code)
    assert seen(other)[0] == "sent"
    assert send(NOW + DAY) == sending.Round()
    assert "amal@" not in caplog.text
    assert str(refused.pk) in caplog.text


def test_a_refused_sender_is_no_fault_of_the_mail(server):
    server.answers = {"MAIL": ["553 5.7.1 not yours"]}
    message = put()

    assert send() == sending.Round(postponed=1)
    assert seen(message) == ("waiting", "sender", "553 5.7.1")


def test_a_code_is_wiped_as_it_leaves_and_not_sent_when_it_is_of_no_use_any_more(server):
    sent = put("login:1", is_secret=True, body="Ihr Code: 123456")
    late = put("login:2", is_secret=True, not_before=NOW + DAY, not_after=NOW + HOUR)
    send()
    sent.refresh_from_db()

    assert "123456" in server.received[0].as_string()
    assert (sent.state, sent.body) == ("sent", "")
    send(NOW + 2 * DAY)
    assert seen(late) == ("failed", "expired", "")
    assert len(server.received) == 1


def test_nothing_is_sent_in_the_demo_nor_inside_a_transaction_nor_without_a_server(
    settings, server
):
    message = put()
    settings.DEMO = True  # a demo on a copy of the real database
    assert send() == sending.Round()
    settings.DEMO = False
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
        send()
    settings.EMAIL_HOST = ""
    assert send() == sending.Round()

    assert (seen(message)[0], message.tries, server.connections) == ("waiting", 0, 0)


@pytest.mark.parametrize("answer", ["250 OK", "550 5.1.1 unknown"])
def test_what_is_replaced_while_it_is_on_its_way_tells_the_truth(server, answer):
    former = put()
    server.answers = {"DATA": [answer]}
    server.on_data = lambda: in_a_thread_of_its_own(lambda: put(body="Neu", replace=True))
    sending.send_due(tell_time=lambda: NOW, at_most=1)

    assert seen(former)[0] == ("sent" if answer.startswith("250") else "superseded")
    assert OutboxMessage.objects.get(is_current=True).state == "waiting"


def in_a_thread_of_its_own(work) -> None:
    """With a connection of its own, closed at the end."""

    def run() -> None:
        try:
            work()
        finally:
            transaction.get_connection().close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


# Again --------------------------------------------------------------------------------------------


def test_what_was_given_up_is_sent_again_as_the_same_mail_and_what_was_sent_as_another(server):
    server.answers = {"RCPT": ["550 5.1.1 unknown"]}
    message = put()
    send()
    message.refresh_from_db()

    again = outbox.resend(message, by=None, now=NOW)
    assert again.pk == message.pk
    assert send() == sending.Round(sent=1)
    again.refresh_from_db()
    copy = outbox.resend(again, by=None, now=NOW)
    assert send() == sending.Round(sent=1)

    assert server.ids == [message.message_id, copy.message_id]
    assert server.ids[0] != server.ids[1]
    for settled in (message, again):  # the second click finds nothing left to do
        settled.refresh_from_db()
        with pytest.raises(outbox.ValidationError):
            outbox.resend(settled, by=None, now=NOW)


def test_text_and_address_are_wiped_after_a_month_and_only_when_it_is_done_with(settings, server):
    settings.OUTBOX_DAYS = 30
    sent = put("a")
    send()
    waiting, code = put("b", not_before=NOW + 90 * DAY), put("c", is_secret=True)
    outbox.supersede("c")

    assert outbox.wipe(now=NOW + 2 * DAY) == 1
    assert seen(code)[0] == "superseded"
    assert (code.body, code.recipient) == ("", "")
    assert outbox.wipe(now=NOW + 31 * DAY) == 1
    sent.refresh_from_db()
    assert (sent.body, sent.recipient, sent.wiped_at) == ("", "", NOW + 31 * DAY)
    waiting.refresh_from_db()
    assert waiting.recipient == "amal@example.org"


# A certificate that nobody has signed -------------------------------------------------------------


def test_a_server_without_a_valid_certificate_gets_no_mail(settings, tmp_path):
    settings.EMAIL_USE_TLS = True
    message = put()
    with smtp.mail_server(tls_context=self_signed(tmp_path)) as server:
        settings.EMAIL_PORT = server.port
        assert send() == sending.Round(postponed=1)
    assert seen(message) == ("waiting", "tls", "")
    with smtp.mail_server() as server:  # nor one that cannot encrypt
        settings.EMAIL_PORT = server.port
        send(NOW + HOUR)
    assert seen(message)[:2] == ("waiting", "tls")
    assert server.received == []


def self_signed(folder) -> ssl.SSLContext:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    made = made.public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(NOW - DAY).not_valid_after(NOW + 3650 * DAY)
    file = folder / "server.pem"
    plain = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, plain[1], plain[0])
    signed = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    file.write_bytes(pem + signed)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


# Killed, and two at once --------------------------------------------------------------------------

# At which question for the time the sender dies: it asks before it gives up, before it claims, and
# after the server's answer, before it commits.
BEFORE_THE_CLAIM, AFTER_THE_ANSWER = 2, 3


@pytest.mark.parametrize(
    ("death", "arrived"),
    [
        pytest.param({"dies_at": BEFORE_THE_CLAIM}, 0, id="before it has claimed the mail"),
        pytest.param({"backend": smtp.DiesOnOpening}, 0, id="before it speaks to the server"),
        pytest.param({"dies_at": AFTER_THE_ANSWER}, 1, id="after the server has accepted"),
    ],
)
def test_no_mail_is_lost_when_the_sender_is_killed(server, death, arrived):
    message = put()
    process = smtp.sender(server, NOW, **death)
    assert process.communicate(timeout=60) == ("", None)
    assert process.returncode == -signal.SIGKILL
    assert seen(message)[0] == "waiting"
    assert len(server.received) == arrived

    if message.lease_token:
        assert send(NOW + sending.lease() / 2) == sending.Round()  # it might still be at it
    assert send(NOW + sending.lease() + HOUR) == sending.Round(sent=1)
    assert seen(message)[0] == "sent"
    assert server.ids == [message.message_id] * (arrived + 1)
    assert len({mail.as_bytes() for mail in server.received}) == 1


def test_a_sender_killed_while_the_server_listens_leaves_the_mail_to_the_next_one(server):
    message, came = put(), threading.Event()
    server.answers = {"DATA": ["451 not taken"]}
    released = threading.Event()
    server.on_data = lambda: (came.set(), released.wait(timeout=60))
    process = smtp.sender(server, NOW)
    assert came.wait(timeout=60)
    process.kill()
    process.communicate()
    released.set()

    assert send(NOW + DAY) == sending.Round(sent=1)
    assert server.ids == [message.message_id]


def test_two_senders_at_once_send_each_of_thirty_mails_once(server):
    written = {put(f"reminder:{number}").message_id for number in range(30)}
    server.on_data = smtp.Meeting()
    senders = [smtp.sender(server, NOW) for _ in range(2)]
    counts = [int(process.communicate(timeout=60)[0]) for process in senders]

    assert sum(counts) == 30
    assert min(counts) >= 1
    assert sorted(server.ids) == sorted(written)
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"sent"}


def test_a_taken_over_mail_is_not_touched_by_whoever_had_it_first():
    message = put()
    first = sending.claim(NOW)
    second = sending.claim(NOW + DAY)
    sending.store(first, sending.smtp.Failure("recipient", is_final=True), now=NOW + DAY)

    assert seen(message)[0] == "waiting"
    sending.store(second, None, now=NOW + DAY)
    assert seen(message)[0] == "sent"
