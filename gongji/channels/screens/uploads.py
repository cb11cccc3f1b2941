"""Forms with files: the fields and one file each, as browsers send them (multipart/form-data, RFC 7578)."""

from typing import Any, Final

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException
from msgspec import Struct

from gongji.services.access.unfinished import FIELDS_MOST
from gongji.services.office.material_checks import BYTES_MAX

BODY_MOST: Final = BYTES_MAX + (1 << 20)
"""What a form with a file may come to, in bytes: a paper at its largest, and the fields beside it."""


class UploadError(ValueError):
    """The form cannot be read, or is too long."""


class Sent(Struct, frozen=True):
    """A form as it was sent: its fields, and by field what files were put in; an empty file is none."""

    fields: dict[str, list[str]]
    files: dict[str, bytes]


async def taken_in(request: Request[Any, Any, Any]) -> Sent:
    """Return what was sent. Raise UploadError."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > BODY_MOST:
        raise UploadError("it is too long")
    try:
        several = await request.form()
    except (HTTPException, ValueError) as fault:
        raise UploadError("it cannot be read") from fault
    fields: dict[str, list[str]] = {}
    files: dict[str, bytes] = {}
    told = [*several.multi_items()]
    if len(told) > FIELDS_MOST:
        raise UploadError("it has too many fields")
    for name, value in told:
        if isinstance(value, UploadFile):
            content = await value.read(BODY_MOST + 1)
            if content:
                files[name] = content
        else:
            fields.setdefault(name, []).append(str(value))
    return Sent(fields, files)
