"""People who write an enquiry, and send it again when no answer comes."""

import http.client
import random
import re
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock

from portal.guarded import FASTEST
from tests.servers import PRODUCTION

HOST = PRODUCTION["ALLOWED_HOSTS"]
FORM = "/en/anfrage/hilfe-suchen/"
TIMEOUT = 20  # seconds, after which somebody gives up waiting for an answer
PATIENCE = 180  # seconds, after which somebody gives up altogether
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
NUMBER = re.compile(r"AN-\w{4}-\w{4}")


class NoAnswerError(Exception):
    """The connection broke, or an answer says that nothing was stored: try again."""


@dataclass
class Book:
    """What was promised to whom, and how often an answer failed to come; for all threads."""

    numbers: dict[str, str] = field(default_factory=dict)  # by e-mail address
    promised: set[str] = field(default_factory=set)
    answers: Counter = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def note(self, answer: str) -> None:
        with self.lock:
            self.answers[answer] += 1


@dataclass
class Visitor:
    """Somebody with an address of their own; `port` is where the proxy would send them."""

    number: int
    port: int
    book: Book
    rng: random.Random

    @property
    def email(self) -> str:
        return f"person{self.number}@example.org"

    def write(self) -> None:
        """Open the form, send it until an answer has come, and read the number."""
        form, cookie = self._again(self._opened)
        Event().wait(FASTEST + self.rng.random() * 1.2)  # nobody writes faster
        data = {**form, "activities": "homework", "place": "Grimma", "email": self.email}
        data |= {"text": f"Who helps with sums? {self.number}"}
        receipt = self._again(lambda: self._sent(data, cookie))
        with self.book.lock:
            self.book.promised.add(self.email)
        number = self._again(lambda: self._shown(receipt))
        with self.book.lock:
            self.book.numbers[self.email] = number

    def _again(self, what: Callable):
        """What `what` returns, as soon as it is answered."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return what()
            except NoAnswerError as error:
                self.book.note(str(error))
                if time.monotonic() > deadline:
                    raise
                Event().wait(0.2 + self.rng.random() / 2)  # somebody looks, and presses again

    # Requests -------------------------------------------------------------------------------------

    def _opened(self) -> tuple[dict[str, str], str]:
        status, headers, text = self._ask("GET", FORM)
        if status != 200 or "Set-Cookie" not in headers:
            raise NoAnswerError(f"form: {status}")
        return dict(HIDDEN.findall(text)), headers["Set-Cookie"].partition(";")[0]

    def _sent(self, data: dict[str, str], cookie: str) -> str:
        body = urllib.parse.urlencode(data)
        status, headers, text = self._ask("POST", FORM, body, cookie)
        if status == 302 and "Location" in headers:
            return headers["Location"]
        if status >= 500 or status == 302:
            raise NoAnswerError(f"sending: {status}")
        said = re.sub(r"(?s)<[^>]*>|\s+", " ", text)[:600]
        self.book.wrong.append(f"{self.email} was answered {status}: {said}")
        raise AssertionError(self.book.wrong[-1])

    def _shown(self, address: str) -> str:
        status, _headers, text = self._ask("GET", urllib.parse.urlsplit(address).path)
        found = NUMBER.search(text)
        if status != 200 or found is None:
            raise NoAnswerError(f"receipt: {status}")
        return found[0]

    def _ask(
        self, method: str, path: str, body: str | None = None, cookie: str = ""
    ) -> tuple[int, http.client.HTTPMessage, str]:
        headers = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": f"10.0.{self.number // 256}.{self.number % 256}",
            "Origin": f"https://{HOST}",
            "Cookie": cookie,
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            if "Content-Length" not in answer.headers:  # cut off in its head
                raise NoAnswerError(f"{method}: cut off")
            return answer.status, answer.headers, answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswerError(f"{method}: {type(error).__name__}") from error
        finally:
            connection.close()
