"""What a person reads in an answer."""

import re
from html import unescape


def seen_in(response) -> str:
    """The words of the main part of a page (of all of it where there is no `main`), on one line."""
    html = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", response.content.decode())
    html = re.sub(r"<wbr>|</?(bdi|span)\b[^>]*>", "", html)  # they part no words
    found = re.search(r"(?s)<main.*</main>", html)
    text = unescape(re.sub(r"<[^>]+>", " ", found[0] if found else html))
    return " ".join(text.split())
