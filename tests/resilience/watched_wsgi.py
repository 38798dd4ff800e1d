"""The site, served so that a test can hold a request back, and see who answers.

`/held` says into the pipe BEGUN that it has begun, and answers when something comes out of the pipe
UNTIL. Each answer names the process, and what stood in the file CODE when the code was loaded.
"""

import os
from pathlib import Path

from portal.wsgi import application as site

CODE = Path(os.environ["CODE"]).read_text()


def application(environ, start_response):
    def start(status, headers, exc_info=None):
        headers = [*headers, ("X-Worker", str(os.getpid())), ("X-Code", CODE)]
        return start_response(status, headers, exc_info)

    if environ["PATH_INFO"] != "/held":
        return site(environ, start)
    Path(os.environ["BEGUN"]).write_text("begun")
    start("200 OK", [("Content-Type", "text/plain")])
    return [Path(os.environ["UNTIL"]).read_bytes()]
