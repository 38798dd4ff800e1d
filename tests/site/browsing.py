"""What a real browser notices about a page; each function returns what is wrong, in words."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import ConsoleMessage, Page, Request

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
WIDE, PHONE, NARROW = (1280, 900), (360, 640), (320, 640)

NOTE_VIOLATIONS = """
  window.violations = [];
  addEventListener("securitypolicyviolation", (event) => window.violations.push(
    `${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`));
"""

# Links inside a sentence may be as high as its line (WCAG 2.5.8, "inline").
SMALL_TARGETS = """() => {
  const problems = [];
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=option]";
  for (const element of document.querySelectorAll(all)) {
    if (element.closest("svg")) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: false })) continue;
    if (element.closest(".hidden")) continue;
    const target = element.matches("[type=radio], [type=checkbox]")
      ? element.closest("label") ?? document.querySelector(`label[for="${element.id}"]`) : element;
    const inSentence = getComputedStyle(element).display === "inline"
      && [...element.parentElement.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim().length > 1);
    const box = target.getBoundingClientRect();
    if (!inSentence && (box.width < 24 || box.height < 24)) {
      const size = `${box.width.toFixed(1)} × ${box.height.toFixed(1)}`;
      problems.push(`${size}: ${target.outerHTML.slice(0, 120)}`);
    }
  }
  return problems;
}"""


@cache
def axe_source() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


def axe(page: Page) -> list[str]:
    """The violations of the rules in TAGS, with the elements that break them."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(axe_source())
    found = page.evaluate("options => axe.run(options)", OPTIONS)
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def scrolls_sideways(page: Page) -> list[str]:
    """The elements that stick out of the window, if the page can be scrolled to the side."""
    return page.evaluate(
        """() => {
          const root = document.scrollingElement;
          if (root.scrollWidth <= root.clientWidth) return [];
          const out = [...document.querySelectorAll("body *")].filter((element) => {
            const box = element.getBoundingClientRect();
            return box.width && (box.right > root.clientWidth + 1 || box.left < -1);
          });
          return [`${root.scrollWidth} > ${root.clientWidth}`,
            ...out.slice(0, 5).map((element) => element.outerHTML.slice(0, 120))];
        }"""
    )


def small_targets(page: Page) -> list[str]:
    """What is to be touched and measures less than 24 CSS pixels (WCAG 2.5.8)."""
    return page.evaluate(SMALL_TARGETS)


def stored(page: Page) -> list[str]:
    """What the browser has been told to remember."""
    cookies = [f"cookie {cookie['name']}" for cookie in page.context.cookies()]
    return cookies + page.evaluate(
        "() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]"
    )


@dataclass
class Watch:
    """Listens to a page: errors in the console, requests to other hosts, blocked content."""

    page: Page
    base: str
    errors: list[str] = field(default_factory=list)
    abroad: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(NOTE_VIOLATIONS)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        # The browser notes the status of an error page; that is no error of the page.
        own_status = message.text.startswith("Failed to load resource") and (
            message.location["url"] == self.page.url
        )
        if message.type in ("error", "warning") and not own_status:
            self.errors.append(message.text)

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.netloc != urlsplit(self.base).netloc:
            self.abroad.append(request.url)

    def collect(self) -> list[str]:
        """Everything noticed since the last call."""
        blocked = self.page.evaluate("window.violations.splice(0)")
        found = [*self.errors, *self.abroad, *(f"blocked: {line}" for line in blocked)]
        self.errors.clear()
        self.abroad.clear()
        return found
