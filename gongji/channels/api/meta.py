"""What the API says of itself: what is here, whether the books can be read, what each problem means."""

from functools import partial
from typing import Annotated, Any, Final

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.enums import OpenAPIMediaType
from litestar.params import PathParameter, SkipValidation
from msgspec import Struct

from gongji import __version__
from gongji.channels.api.declaring import public
from gongji.channels.api.desk import Desk
from gongji.channels.api.openapi_file import document
from gongji.channels.api.problems import ROOT, Explained, ProblemError, explained
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal
from gongji.domain.requests import Scope

API: Final = "/api/v1"
OPENAPI: Final = f"{API}/openapi.json"

_MADE: Final = "openapi"

TheDesk = NamedDependency[SkipValidation[Desk]]


class Start(Struct, frozen=True):
    """What is here, by address."""

    name: str
    version: str
    openapi: str
    problems: str
    health: str


class Health(Struct, frozen=True):
    """The books can be read, and these rules hold: the SHA-256 of their bundle."""

    books: str
    rules: str


class Problems(Struct, frozen=True):
    """All problems that there are."""

    items: list[Explained]


@get(API, operation_id="readStart", summary="What is here", tags=["meta"], **public())
async def read_start() -> Start:
    """Return where everything is."""
    return Start("gongji", __version__, OPENAPI, ROOT.rstrip("/"), f"{API}/health")


@get(
    OPENAPI,
    operation_id="readOpenApi",
    summary="The OpenAPI file",
    tags=["meta"],
    media_type=OpenAPIMediaType.OPENAPI_JSON,
    **public(),
)
async def read_openapi(request: Request[Any, Any, Any], desk: TheDesk) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of this server."""
    state = request.app.state
    if _MADE not in state:
        state[_MADE] = await desk.away(partial(document, request.app))
    made: dict[str, Any] = state[_MADE]
    return made


@get(f"{API}/health", operation_id="readHealth", summary="Whether the books can be read", tags=["meta"], **public())
async def read_health(desk: TheDesk) -> Health:
    """Return what is up, or 503 where the books cannot be read."""
    await desk.read(Scope(), lambda _: None)
    return Health("up", desk.book(desk.clock()).digest)


@get(ROOT.rstrip("/"), operation_id="listProblems", summary="All problems", tags=["meta"], **public())
async def list_problems() -> Problems:
    """Return what every problem means."""
    found = [explained(name) for name in (*Refusal, *RequestFault)]
    return Problems([one for one in found if one is not None])


@get(
    f"{ROOT}{{name:str}}",
    operation_id="readProblem",
    summary="What a problem means",
    tags=["meta"],
    **public(missing=True),
)
async def read_problem(name: Annotated[str, PathParameter(max_length=64)]) -> Explained:
    """Return what a problem means and what can be done."""
    found = explained(name)
    if found is None:
        raise ProblemError(RequestFault.NO_SUCH_PLACE)
    return found
