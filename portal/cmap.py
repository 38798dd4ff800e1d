"""Which characters a font file can show, read from its table `cmap` (OpenType, section "cmap").

Only the two kinds of subtable that fonts of today bring for Unicode: 4 for the first 65,536 code
points, 12 for all.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

UNICODE = {(0, n) for n in range(7)} | {(3, 1), (3, 10)}  # platform, encoding


def code_points(path: Path, index: int = 0) -> set[int]:
    """The code points that the font shows; `index` is its number in a collection (.ttc)."""
    with path.open("rb") as file:
        table = _cmap(file, index)
    (count,) = struct.unpack_from(">H", table, 2)
    found: set[int] = set()
    for number in range(count):
        platform, encoding, start = struct.unpack_from(">HHL", table, 4 + 8 * number)
        if (platform, encoding) in UNICODE:
            found.update(_read_subtable(table[start:]))
    return found


def _cmap(file: BinaryIO, index: int) -> bytes:
    """The bytes of the table, found through the font's directory."""
    start = 0
    if file.read(4) == b"ttcf":
        file.seek(12 + 4 * index)
        (start,) = struct.unpack(">L", file.read(4))
    file.seek(start + 4)
    (count,) = struct.unpack(">H6x", file.read(8))
    for _number in range(count):
        tag, _sum, offset, length = struct.unpack(">4s3L", file.read(16))
        if tag == b"cmap":
            file.seek(offset)
            return file.read(length)
    return bytes(4)


def _read_subtable(table: bytes) -> Iterator[int]:
    (kind,) = struct.unpack_from(">H", table)
    if kind == 12:
        (groups,) = struct.unpack_from(">L", table, 12)
        for first, last, glyph in struct.iter_unpack(">3L", table[16 : 16 + 12 * groups]):
            yield from range(first + (glyph == 0), last + 1)
    elif kind == 4:
        yield from _read_segments(table)


def _read_segments(table: bytes) -> Iterator[int]:
    """Kind 4: segments of code points with a shift, or an offset into an array of glyphs."""
    (twice,) = struct.unpack_from(">H", table, 6)
    lasts, firsts, shifts, offsets = (
        struct.unpack_from(f">{twice // 2}H", table, 14 + part * twice + (2 if part else 0))
        for part in range(4)
    )
    for number, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = point
            if offsets[number]:
                here = 16 + 3 * twice + 2 * number
                (glyph,) = struct.unpack_from(
                    ">H", table, here + offsets[number] + 2 * (point - first)
                )
                if glyph == 0:
                    continue
            if (glyph + shifts[number]) % 0x10000:
                yield point
