"""Pictures that somebody uploads are decoded and written anew.

What remains is the picture: no position, no camera, no comment, no second picture behind the
first, and nothing that only a broken reader would take for something else.
"""

import io
import threading
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps

MAX_PIXELS = 50_000_000  # a photo of 8,000 × 6,000; decoded, that is 150 MB
QUALITIES = (90, 75, 50)  # of JPEG: the next one where the result is larger than allowed

# Pillow looks at the numbers in the head of a file before it decodes anything.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

# Decoding takes more memory than all else a request does.
_one_at_a_time = threading.Lock()


class BrokenPictureError(Exception):
    """The bytes are no whole picture of the kind that they say."""


class LargePictureError(Exception):
    """The picture has more than `MAX_PIXELS`, or more bytes than allowed when written anew."""


def rewrite(file: BinaryIO, *, kind: str, max_bytes: int) -> bytes:
    """The bytes of a new picture that shows what `file` shows; `kind` is "JPEG" or "PNG".

    It stands upright, and an animation becomes its first picture. Raises
    BrokenPictureError or LargePictureError.
    """
    try:
        with _one_at_a_time, Image.open(file, formats=[kind]) as opened:
            return _written(_upright(opened), kind, max_bytes)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise LargePictureError from error
    except LargePictureError:
        raise
    except Exception as error:  # broken files make Pillow raise anything from KeyError to OSError
        raise BrokenPictureError from error


def _upright(opened: Image.Image) -> Image.Image:
    """The pixels alone, turned as the camera was held."""
    opened.load()
    picture = ImageOps.exif_transpose(opened)
    # Everything else here, such as comments and profiles, would be written again.
    picture.info = {key: picture.info[key] for key in picture.info if key == "transparency"}
    return picture


def _written(picture: Image.Image, kind: str, max_bytes: int) -> bytes:
    if kind == "PNG":
        attempts = [{"optimize": False}]
        picture = _for_png(picture)
    else:
        attempts = [{"quality": quality} for quality in QUALITIES]
        picture = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
    for options in attempts:
        buffer = io.BytesIO()
        picture.save(buffer, format=kind, **options)
        if buffer.tell() <= max_bytes:
            return buffer.getvalue()
    raise LargePictureError


def _for_png(picture: Image.Image) -> Image.Image:
    """Sixteen bits of grey become eight; Pillow's own conversion would make them white."""
    if picture.mode in ("I", "I;16", "I;16B"):
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    return picture
