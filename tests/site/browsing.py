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

FOCUSED = "document.activeElement"
# A ring of 2 px or more, on the element or on what frames it (on the map: a thicker border), and
# nothing that lies over the part that is in the window.
UNSEEN_FOCUS = """() => {
  const focused = document.activeElement;
  const frames = [focused, focused.nextElementSibling, focused.parentElement].filter(Boolean);
  const ringed = frames.some((element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  }) || focused.closest("svg") && parseFloat(
    getComputedStyle(focused.querySelector("path")).strokeWidth) >= 2;
  const box = focused.getBoundingClientRect();
  const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2;
  const top = focused.closest("svg") ? focused : document.elementFromPoint(
    middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight));
  const covered = !top || !(focused.contains(top) || top.contains(focused)
    || frames.some((element) => element.contains(top)));
  return ringed && !covered ? [] : [`${ringed} ${covered} ${focused.outerHTML.slice(0, 120)}`];
}"""


@cache
def axe_source() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


def axe(page: Page) -> list[str]:
    """The violations of the rules in TAGS, with the elements that break them."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(axe_source())
    # All that holds comes along otherwise, as long as the page.
    broken = page.evaluate("async (options) => (await axe.run(options)).violations", OPTIONS)
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for rule in broken
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


def unseen_focus(page: Page) -> list[str]:
    """The element that has the focus, unless one can see that it has."""
    return page.evaluate(UNSEEN_FOCUS)


def tab_to(page: Page, selector: str, at_most: int = 40, *, seen: bool = False) -> None:
    """Press Tab until `selector` has the focus; with `seen`, fail at a stop that does not show."""
    unseen = []
    for _number in range(at_most):
        page.keyboard.press("Tab")
        unseen += unseen_focus(page) if seen else []
        if page.evaluate(f"{FOCUSED}.matches({selector!r})"):
            assert not unseen, (page.url, unseen)
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key")


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
