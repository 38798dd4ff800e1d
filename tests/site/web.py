"""Requests to the served site as browsers, scanners and broken programs send them."""

import http.client
import re
import socket
import urllib.parse
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from functools import cached_property

from tests.site import markup
from tests.site.pages import Page


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


@dataclass
class Site:
    """A served site. Redirects are not followed, and no cookie is kept."""

    base: str
    _seen: dict = field(default_factory=dict)
    _parsed: dict = field(default_factory=dict)

    @cached_property
    def port(self) -> int:
        return urllib.parse.urlsplit(self.base).port

    def ask(self, url: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, url, body=body, headers=names)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def page(self, page: Page, language: str = "de") -> Answer:
        """The answer for a page of PAGES, asked for once in a run."""
        key = (page, language)
        if key not in self._seen:
            url = page.url(language)
            self._seen[key] = self.send_form(url) if page.by_post else self.ask(url)
        return self._seen[key]

    def tree(self, page: Page, language: str = "de") -> ET.Element:
        """The same, parsed once in a run; nobody changes it."""
        key = (page, language)
        if key not in self._parsed:
            self._parsed[key] = markup.parse(self.page(page, language).text)
        return self._parsed[key]

    def send_form(self, url: str, **values: str) -> Answer:
        """Open the form at `url` and send it with `values`, as a browser does."""
        form = self.ask(url)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)[1]
        cookie = form.header("Set-Cookie").split(";")[0]
        body = urllib.parse.urlencode({**values, "csrfmiddlewaretoken": token})
        kind = "application/x-www-form-urlencoded"
        return self.ask(url, "POST", body, Cookie=cookie, Content_Type=kind)

    def raw(self, target: bytes, method: bytes = b"GET") -> int:
        """The status for a request line that no well-behaved client would send."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(
                method
                + b" "
                + target
                + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            )
            with connection.makefile("rb") as answer:
                status = answer.readline().split()
                answer.read()
        return int(status[1])
