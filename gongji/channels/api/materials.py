"""Materials over the API: handing a paper in, and showing it to those who may see it, as a file to be saved."""

import base64
import binascii
import hashlib
from functools import partial
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.datastructures import ResponseHeader
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from gongji.channels.api.declaring import lists, writes
from gongji.channels.api.dossier_pages import dossier_page
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.outcomes import got, held
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, paged
from gongji.channels.api.problems import ProblemError
from gongji.channels.api.relatives import whose
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.office.looks import look_scope
from gongji.services.office.material_checks import (
    SUFFIXES,
    Checked,
    KindError,
    MaterialError,
    TooLongError,
    checked,
)
from gongji.services.office.materials import (
    MATERIAL,
    HandIn,
    Kept,
    Paper,
    hand_in,
    kept_of,
    look_at,
    material_scope,
    scan_scope,
    shown,
)
from gongji.services.store import Books

MaterialId = Annotated[str, PathParameter(min_length=1, max_length=80, description="The number it was told under.")]
BASE64_MAX: Final = 8 << 20
"""What the door takes at all; that a paper is too long is told by its content."""


class MaterialSent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A paper: what it shows, and its content, a JPEG, PNG or PDF of at most 5 MiB, in base64."""

    paper: Paper
    content: Annotated[str, Meta(min_length=4, max_length=BASE64_MAX)]


class LookReason(Struct, frozen=True, forbid_unknown_fields=True):
    """Why one of the staff looks."""

    reason: Annotated[str, Meta(min_length=2, max_length=200)]


class MaterialTold(Struct, frozen=True, kw_only=True):
    """A material on file, without its content. It is kept with the matter it belongs to."""

    material_id: str
    person_id: int
    paper: Paper
    format: str
    size: int
    sha256: str
    handed_in_at: Moment
    kept: str


class Materials(Struct, frozen=True):
    """A page of materials, newest first, and the cursor of the next page."""

    items: list[MaterialTold]
    next: str | None


class MaterialLooked(Struct, frozen=True):
    """The look is on record, and the person sees it."""

    what: str
    reason: str


@post(f"{API}/materials", operation_id="handInMaterial", summary="Hand in a paper", tags=["materials"],
      **writes("applications.write"))  # fmt: skip
async def hand_in_material(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[MaterialSent]
) -> Response[MaterialTold]:
    """Hand in a paper about the caller. Its content tells what it is; pictures are drawn anew, PDFs written anew."""
    person_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    kept, policy = await desk.away(partial(_checked, data.content)), desk.book(now)
    digest = hashlib.sha256(kept.content).hexdigest()
    paper = HandIn(at=now, person_id=person_id, paper=data.paper, checked=kept, sha256=digest)

    def act(books: Books) -> MaterialTold | Refused:
        done = held(hand_in(books, policy, actor, paper))
        return done if isinstance(done, Refused) else material_told(done)

    scope = material_scope(person_id=person_id)
    return await write(desk, request, operation="handInMaterial", scope=scope, act=act, content=data)


@get(f"{API}/materials", operation_id="listMaterials", summary="The papers handed in about the caller",
     tags=["materials"], **lists("applications.read"))  # fmt: skip
async def list_materials(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[Materials]:
    """Return them without their content, newest first."""
    asked = Asked(kind=MATERIAL, party=whose(request))
    page, more = await dossier_page(desk, "materials", asked, limit, cursor)
    return paged(request, Materials([material_told(kept_of(one)) for one in page], more), more)


@post(f"{API}/materials/{{material_id:str}}/looks", operation_id="lookAtMaterial", summary="Say why one looks",
      tags=["materials"],
      **writes("applications.read", roles=("clerk", "reviewer", "inspector")))  # fmt: skip
async def look_at_material(
    request: Request[Any, Any, Any], desk: TheDesk, material_id: MaterialId, data: JSONBody[LookReason]
) -> Response[MaterialLooked]:
    """Put on record that one of the staff looks at a material, and why; its content is open to him for 15 minutes."""
    now, actor = desk.clock(), caller_of(request).actor

    def act(books: Books) -> MaterialLooked | Refused:
        done = held(look_at(books, actor, material_id, data.reason, now))
        return done if isinstance(done, Refused) else MaterialLooked(done.what, done.reason)

    scope = material_scope(material_id)
    return await write(desk, request, operation="lookAtMaterial", scope=scope, act=act, content=data)


_SHOWN: Final = lists("applications.read") | {
    "response_headers": [
        ResponseHeader(name="Content-Disposition", documentation_only=True, description="attachment, and a name.")
    ]
}


@get(f"{API}/materials/{{material_id:str}}/content", operation_id="readMaterial", summary="A paper as a file",
     tags=["materials"], media_type="application/octet-stream", **_SHOWN)  # fmt: skip
async def read_material(request: Request[Any, Any, Any], desk: TheDesk, material_id: MaterialId) -> Response[bytes]:
    """Return the content to the person it is about, and to one of the staff who has said why he looks."""
    actor, now = caller_of(request).actor, desk.clock()
    scope = scan_scope(material_id)
    dossier = await desk.read(Scope(dossiers={material_id}), lambda books: books.dossiers.get(material_id))
    if dossier is not None and dossier.parties:
        scope.merge(look_scope(dossier.parties[0]))
    kept, content = got(await desk.read(scope, lambda books: shown(books, actor, material_id, now)))
    name = f"{kept.material_id}.{SUFFIXES[kept.material.format]}"
    headers = {"content-disposition": f'attachment; filename="{name}"', "x-content-type-options": "nosniff"}
    return Response(content, media_type="application/octet-stream", headers=headers)


def material_told(kept: Kept) -> MaterialTold:
    """Return a material as it is told."""
    return MaterialTold(
        material_id=kept.material_id,
        person_id=kept.person_id,
        paper=kept.material.paper,
        format=kept.material.format,
        size=kept.material.size,
        sha256=kept.material.sha256,
        handed_in_at=told(kept.made_at),
        kept=kept.material.kept,
    )


# Helpers


def _checked(content: str) -> Checked:
    """Return what may be kept. Raise ProblemError naming what is wrong with it."""
    try:
        return checked(base64.b64decode(content.encode(errors="replace"), validate=True))
    except TooLongError as fault:
        raise ProblemError(RequestFault.BODY_TOO_LONG, field="/content", said=str(fault)) from fault
    except KindError as fault:
        raise ProblemError(RequestFault.KIND_NOT_TAKEN, field="/content", said=str(fault)) from fault
    except MaterialError as fault:
        raise ProblemError(Refusal.MESSAGE_MALFORMED, field="/content", said=str(fault)) from fault
    except binascii.Error as fault:
        raise ProblemError(Refusal.MESSAGE_MALFORMED, field="/content", said="base64 is wanted") from fault
