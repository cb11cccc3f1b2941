"""Materials as they come in: by content a JPEG, a PNG or a PDF, small enough, and with nothing in it that acts.

Pictures are drawn anew, so that nothing is left of a file but what can be seen. Of a PDF the pages are written anew,
once every object that it holds was looked at; what no page needs is left behind.
"""

import io
import warnings
from collections.abc import Iterator
from typing import Any, Final, Literal

from msgspec import Struct
from PIL import Image, ImageOps
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

Format = Literal["image/jpeg", "image/png", "application/pdf"]

BYTES_MAX: Final = 5 << 20
PIXELS_MAX: Final = 40_000_000
PAGES_MAX: Final = 50
OBJECTS_MAX: Final = 20_000
SUFFIXES: Final[dict[Format, str]] = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


class MaterialError(ValueError):
    """The content cannot be taken; the text says why."""


class TooLongError(MaterialError):
    """It is longer than may be sent."""


class KindError(MaterialError):
    """It is neither a JPEG nor a PNG nor a PDF."""


class Checked(Struct, frozen=True):
    """Content that may be kept, and what it is."""

    format: Format
    content: bytes


def checked(content: bytes) -> Checked:
    """Return what may be kept of `content`. Raise MaterialError."""
    if not content:
        raise MaterialError("it is empty")
    if len(content) > BYTES_MAX:
        raise TooLongError(f"it is longer than {BYTES_MAX >> 20} MiB")
    found = next((kind for mark, kind in _MARKS if content.startswith(mark)), None)
    if found is None:
        raise KindError("a JPEG, a PNG or a PDF is wanted, by content")
    if found == "application/pdf":
        return Checked(found, _written_anew(content))
    return Checked(found, _drawn_anew(content, found))


# Helpers

_MARKS: Final[tuple[tuple[bytes, Format], ...]] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)
_ACTING: Final = frozenset(
    {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA", "/SubmitForm",
     "/ImportData", "/AA", "/GoToR", "/GoToE", "/Movie", "/Sound", "/Rendition"}
)  # fmt: skip
"""Names of what runs, opens, sends or hides something."""


def _drawn_anew(content: bytes, kind: Format) -> bytes:
    name = "JPEG" if kind == "image/jpeg" else "PNG"
    told = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd marks in a file that is thrown away
            picture = Image.open(io.BytesIO(content), formats=[name])
            _bounded("points", picture.width * picture.height, PIXELS_MAX)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.info.clear()
            upright.save(told, name, quality=85)
    except MaterialError:
        raise
    except Exception as fault:
        raise MaterialError(f"the {name} cannot be read") from fault
    _bounded("bytes when drawn anew", told.tell(), BYTES_MAX)
    return told.getvalue()


def _written_anew(content: bytes) -> bytes:
    told = io.BytesIO()
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        _look_through(reader)
        writer = PdfWriter()
        for page in reader.pages:
            writer.add_page(page)
        writer.write(told)
    except MaterialError:
        raise
    except Exception as fault:
        raise MaterialError("the PDF cannot be read") from fault
    _bounded("bytes when written anew", told.tell(), BYTES_MAX)
    return told.getvalue()


def _look_through(reader: PdfReader) -> None:
    if reader.is_encrypted:
        raise MaterialError("the PDF is locked")
    if not len(reader.pages):
        raise MaterialError("the PDF has no page")
    _bounded("pages", len(reader.pages), PAGES_MAX)
    acting = next((name for name in _names(reader) if name in _ACTING), None)
    if acting is not None:
        raise MaterialError(f"the PDF holds {acting}, which can act or hide a file")


def _bounded(what: str, count: int, most: int) -> None:
    if count > most:
        raise TooLongError(f"it has {count} {what}; at most {most} are taken")


def _names(reader: PdfReader) -> Iterator[str]:
    """Yield every name in every object that can be reached, keys and values."""
    waiting: list[Any] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, IndirectObject):
            place = (part.idnum, part.generation)
            if place not in seen:
                seen.add(place)
                waiting.append(part.get_object())
            _bounded("objects", len(seen), OBJECTS_MAX)
        elif isinstance(part, DictionaryObject):
            yield from (str(key) for key in part)
            waiting.extend(part.raw_get(key) for key in part)
        elif isinstance(part, ArrayObject):
            waiting.extend(part)
        elif isinstance(part, str):
            yield str(part)
