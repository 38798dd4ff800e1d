"""What may be uploaded, and what is left of it."""

import hashlib
import io
import struct
import unicodedata
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from PIL import Image

from portal import pictures
from portal.uploads import MAX_FILE, MB, NAME_LENGTH, clean, clean_name
from tests.portal.uploading import (
    TYPES,
    large_upload,
    pdf_bytes,
    picture_bytes,
    saved,
    upload,
)


def refusal(name: str, content: bytes, content_type: str | None = None) -> str:
    """The words with which this upload is refused, in English."""
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        clean(upload(name, content, content_type))
    (message,) = refused.value.messages
    return message


def picture(content: bytes) -> Image.Image:
    opened = Image.open(io.BytesIO(content))
    opened.load()
    return opened


def looks(picture: Image.Image, *at: tuple[int, int]) -> list[str]:
    """The colours there, as words."""
    names = []
    for place in at:
        red, _green, blue = picture.convert("RGB").getpixel(place)
        names.append("red" if red > 200 > blue else "blue" if blue > 200 > red else "other")
    return names


def test_a_pdf_is_kept_as_it_is():
    cleaned = clean(upload("Satzung.PDF", pdf_bytes()))

    assert (cleaned.name, cleaned.content_type) == ("Satzung.pdf", "application/pdf")
    assert cleaned.content.read() == pdf_bytes()
    assert cleaned.digest == hashlib.sha256(pdf_bytes()).hexdigest()
    assert cleaned.size == len(pdf_bytes())


@pytest.mark.parametrize(
    ("name", "kind"), [("a.jpg", "JPEG"), ("b.JPEG", "JPEG"), ("c.png", "PNG")]
)
def test_a_picture_is_written_anew_and_shows_the_same(name, kind):
    sent = picture_bytes(kind)

    cleaned = clean(upload(name, sent))

    content = cleaned.content.read()
    assert cleaned.content_type == TYPES[name.rpartition(".")[2].lower()]
    assert cleaned.digest == hashlib.sha256(content).hexdigest()
    assert cleaned.size == len(content)
    assert picture(content).format == kind
    assert looks(picture(content), (5, 20), (55, 20)) == ["red", "blue"]


def test_the_same_picture_twice_gives_the_same_digest():
    first, second = (clean(upload("a.jpg", picture_bytes())) for _time in range(2))

    assert first.digest == second.digest


def test_what_came_in_a_temporary_file_is_cleaned_as_well():
    sent = pdf_bytes() + b"\n" * (3 * MB) + b"startxref\n0\n%%EOF"

    cleaned = clean(large_upload("gross.pdf", sent, "application/pdf"))

    assert cleaned.size == len(sent)
    assert cleaned.digest == hashlib.sha256(sent).hexdigest()


def exif() -> Image.Exif:
    """Held sideways, with position, camera and a comment."""
    data = Image.Exif()
    data[0x0112] = 6
    data[0x0110] = "CANARY-camera"
    data.get_ifd(0x8825)[2] = (51.0, 14.0, 12.0)
    data.get_ifd(0x8825)[29] = "CANARY-date"
    return data


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_position_camera_and_comments_are_gone_and_the_picture_stands_upright(kind):
    options = {"comment": b"CANARY-comment"} if kind == "JPEG" else {}
    sent = picture_bytes(kind, exif=exif(), icc_profile=b"CANARY-profile", **options)
    assert b"CANARY" in sent

    content = clean(upload("foto.jpg" if kind == "JPEG" else "foto.png", sent)).content.read()

    assert b"CANARY" not in content
    assert b"Exif" not in content
    shown = picture(content)
    assert shown.size == (40, 60)
    assert not shown.getexif()
    assert looks(shown, (20, 5), (20, 55)) == ["red", "blue"]


def test_text_in_a_png_is_gone():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "CANARY")
    info.add_itxt("XML:com.adobe.xmp", "<CANARY/>")

    content = clean(upload("a.png", picture_bytes("PNG", pnginfo=info))).content.read()

    assert b"CANARY" not in content


def test_what_hangs_on_behind_a_picture_is_gone():
    sent = picture_bytes() + b"<script>alert(1)</script>"

    assert b"script" not in clean(upload("a.jpg", sent)).content.read()


def test_of_several_pictures_in_one_file_the_first_remains():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    animated = saved(frames[0], "PNG", save_all=True, append_images=frames[1:])
    stereo = saved(frames[0], "MPO", save_all=True, append_images=frames[1:])

    for name, sent in (("a.png", animated), ("b.jpg", stereo)):
        shown = picture(clean(upload(name, sent)).content.read())
        assert getattr(shown, "n_frames", 1) == 1
        assert looks(shown, (10, 10)) == ["red"]


def test_colours_of_every_kind_survive():
    red = Image.new("RGB", (8, 8), "red")
    grey = Image.new("I;16", (8, 8), 0x8000)
    through = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    palette = red.convert("P", palette=Image.Palette.ADAPTIVE)

    def of(name: str, content: bytes) -> Image.Image:
        return picture(clean(upload(name, content)).content.read())

    assert looks(of("a.jpg", saved(red.convert("CMYK"), "JPEG")), (4, 4)) == ["red"]
    assert of("a.jpg", saved(red.convert("CMYK"), "JPEG")).mode == "RGB"
    assert abs(of("a.png", saved(grey, "PNG")).convert("L").getpixel((4, 4)) - 128) < 2
    assert of("a.png", saved(through, "PNG")).getpixel((4, 4))[3] == 0
    assert looks(of("a.png", saved(palette, "PNG")), (4, 4)) == ["red"]
    transparent = of("a.png", saved(palette, "PNG", transparency=0)).convert("RGBA")
    assert transparent.getpixel((4, 4))[3] == 0
    assert of("a.jpg", saved(red.convert("L"), "JPEG")).mode == "L"
    assert of("a.png", saved(red.convert("1"), "PNG")).mode == "1"


@pytest.mark.parametrize("declared", ["", "application/octet-stream", "application/x-pdf"])
def test_a_browser_that_does_not_know_the_type_is_no_obstacle(declared):
    assert clean(upload("a.pdf", pdf_bytes(), declared)).content_type == "application/pdf"


def test_an_empty_file_is_refused():
    assert refusal("leer.pdf", b"").startswith("“leer.pdf” is empty.")


def test_a_file_of_more_than_ten_megabytes_is_refused():
    message = refusal("gross.pdf", pdf_bytes() + b"\n" * MAX_FILE)

    assert message.startswith("“gross.pdf” is larger than 10 MB.")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("brief.pdf", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("brief.pdf", b"<html>%PDF-1.4" + pdf_bytes()),
        ("brief.docx", b"PK\x03\x04" + bytes(200)),
        ("bild.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("bild.gif", saved(Image.new("RGB", (5, 5)), "GIF")),
        ("foto.heic", b"\0\0\0\x18ftypheic" + bytes(100)),
        ("x.pdf", b"%PD"),
        ("x", b"text"),
    ],
)
def test_what_is_no_pdf_jpeg_or_png_is_refused(name, content):
    assert "is not a PDF, JPEG or PNG file" in refusal(name, content)


@pytest.mark.parametrize(
    ("name", "content", "declared", "end"),
    [
        ("bild.png", picture_bytes("JPEG"), "image/png", "jpg"),
        ("bild.pdf", picture_bytes("PNG"), "application/pdf", "png"),
        ("brief.html", pdf_bytes(), "application/pdf", "pdf"),
        ("brief", pdf_bytes(), "application/pdf", "pdf"),
        ("brief.pdf", pdf_bytes(), "text/html", "pdf"),
        ("brief.pdf", pdf_bytes(), "image/png; charset=x", "pdf"),
        ("brief.pdf.exe", pdf_bytes(), "application/pdf", "pdf"),
    ],
)
def test_name_bytes_and_what_the_browser_says_have_to_agree(name, content, declared, end):
    message = refusal(name, content, declared)

    assert message.startswith(f"“{name}” says it is another type")
    assert f"ends with .{end}," in message


def test_a_cut_off_file_is_refused():
    assert "is incomplete" in refusal("a.pdf", pdf_bytes()[:-20])
    noise = saved(Image.effect_noise((300, 300), 80), "JPEG")
    assert "cannot be read as a picture" in refusal("a.jpg", noise[: len(noise) // 2])
    assert "cannot be read as a picture" in refusal("a.png", picture_bytes("PNG")[:-30])
    assert "cannot be read as a picture" in refusal("a.png", picture_bytes("PNG")[:20])
    assert "cannot be read as a picture" in refusal("a.jpg", b"\xff\xd8\xff" + bytes(50))


@pytest.mark.parametrize("trailer", [b"/Encrypt 12 0 R", b"/Encrypt<</Filter/Standard>>"])
def test_a_protected_pdf_is_refused_with_a_way_out(trailer):
    sent = pdf_bytes().replace(b"/Root 1 0 R", b"/Root 1 0 R" + trailer)

    message = refusal("konto.pdf", sent)

    assert message.startswith("“konto.pdf” is protected")
    assert "Print it into a PDF without protection" in message


def test_protection_is_found_at_the_border_of_two_pieces():
    filler = b"% " + b"x" * (64 * 1024 - len(pdf_bytes()) - 10)
    sent = pdf_bytes() + filler + b"\ntrailer<</Encrypt 9 0 R>>\n%%EOF"

    assert "is protected" in refusal("a.pdf", sent)


def bomb(width: int, height: int) -> bytes:
    """A PNG of some bytes that would fill the memory."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">L", len(data)) + body + struct.pack(">L", zlib.crc32(body))

    head = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), chunk(b"IDAT", data), chunk(b"IEND", b""))
    )


@pytest.mark.parametrize("size", [(20_000, 20_000), (8_000, 6_251), (2**31 - 1, 1)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(size):
    assert "is too large a picture" in refusal("bombe.png", bomb(*size))


def test_a_jpeg_that_would_grow_is_written_with_less_quality_or_refused():
    noise = io.BytesIO(saved(Image.effect_noise((300, 300), 120), "JPEG", quality=60))
    best = pictures.rewrite(noise, kind="JPEG", max_bytes=MAX_FILE)

    smaller = pictures.rewrite(noise, kind="JPEG", max_bytes=len(best) - 1)

    assert len(smaller) < len(best)
    with pytest.raises(pictures.LargePictureError):
        pictures.rewrite(noise, kind="JPEG", max_bytes=1000)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("Antrag.pdf", "Antrag.pdf"),
        ("/etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\Plan.PDF", "Plan.pdf"),
        ("../../x.pdf", "x.pdf"),
        ("rechnung\u202efdp.exe.pdf", "rechnungfdp.exe.pdf"),
        ("a\r\nX-Evil: 1\r\n.pdf", "a X-Evil 1.pdf".replace("Evil 1", "Evil: 1")),
        ("a\x00b\x1b\u200b\ufeff.pdf", "ab.pdf"),
        ("a\ud800b.pdf", "ab.pdf"),
        ("  viele   Leer\tzeichen \u2028.pdf", "viele Leer zeichen.pdf"),
        ("Mu\u0308ller.pdf", "Müller.pdf"),
        ("ትግርኛ 中文 😀.pdf", "ትግርኛ 中文 😀.pdf"),
        (".pdf", "file.pdf"),
        ("....pdf", "file.pdf"),
        ("", "file"),
        ("ohne", "ohne"),
        ("x." + "p" * 300, "x.pppppppp"),
    ],
)
def test_a_name_is_one_line_of_text_without_path_and_tricks(sent, shown):
    assert clean_name(sent) == shown


@pytest.mark.parametrize("stem", ["a" * 500, "ä" * 500, "ት" * 500, "😀" * 500, "a\u0301" * 500])
def test_a_long_name_is_cut_and_keeps_its_end(stem):
    shown = clean_name(f"{stem}.jpeg")

    assert shown.endswith(".jpeg")
    assert len(shown) <= NAME_LENGTH
    assert 100 <= len(shown.encode()) <= 200
    assert shown == unicodedata.normalize("NFC", shown)
    assert clean_name(shown) == shown
