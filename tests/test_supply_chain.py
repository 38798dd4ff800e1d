"""What the site is made of: pinned with hashes, and named in a bill of materials."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.servers import ROOT

PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+) \\$", re.MULTILINE)


def pinned() -> dict[str, str]:
    return dict(PIN.findall((ROOT / "requirements.txt").read_text("utf-8")))


def test_every_package_is_pinned_with_a_hash():
    text = (ROOT / "requirements.txt").read_text("utf-8")

    for block in re.split(r"\n(?=\S)", text.strip()):
        if not block.startswith("#"):
            assert PIN.match(block), block
            assert "--hash=sha256:" in block
    assert "django" in pinned()


def test_the_bill_of_materials_names_what_is_pinned(tmp_path: Path):
    """With the command of `make sbom`."""
    recipe = re.search(r"cyclonedx-py ((?:.*\\\n)*.*)--output-file", _makefile())
    target = tmp_path / "sbom.json"
    arguments = recipe[1].replace("\\\n", " ").split()
    subprocess.run(
        [Path(sys.executable).with_name("cyclonedx-py"), *arguments, "--output-file", target],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )

    bill = json.loads(target.read_text("utf-8"))
    assert {part["name"]: part["version"] for part in bill["components"]} == pinned()
    assert bill["metadata"]["component"]["name"] == "ansprechbar"


def _makefile() -> str:
    return (ROOT / "Makefile").read_text("utf-8")
