"""Files as people send them, made on the spot."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from PIL import Image

TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}


def pdf_bytes(text: str = "Hello") -> bytes:
    """A small PDF that readers open."""
    content = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 5\n0000000000 65535 f \n"
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start


def picture_bytes(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    return saved(picture, kind, **options)


def saved(picture: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format=kind, **options)
    return buffer.getvalue()


def upload(name: str, content: bytes, content_type: str | None = None) -> SimpleUploadedFile:
    """What a view finds in `request.FILES`; the type is that of the name unless told otherwise."""
    if content_type is None:
        content_type = TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    return SimpleUploadedFile(name, content, content_type)


def large_upload(name: str, content: bytes, content_type: str) -> TemporaryUploadedFile:
    """The same for what Django has put into a temporary file."""
    file = TemporaryUploadedFile(name, content_type, len(content), None)
    file.write(content)
    file.seek(0)
    return file
