"""The API, asked by a page of the same process in the name of whoever looks at the page.

So a page can do and see no more than an app, everything is done once for its key, and every refusal is worded once.
"""

from collections.abc import Mapping
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from litestar import Litestar
from msgspec import UnsetType

from gongji.channels.api.acting import HEADER as ACTING_FOR
from gongji.channels.api.bridge import carried
from gongji.channels.api.callers import Caller
from gongji.channels.api.meta import API
from gongji.channels.api.problems import Problem
from gongji.channels.api.writing import KEY
from gongji.channels.asked import Answered, Asked
from gongji.domain.texts import Language

T = TypeVar("T")

_JSON: Final = "application/json"


class TroubleError(Exception):
    """What the API refused, as its problem document tells it in the language of the page."""

    def __init__(self, problem: Problem) -> None:
        """Take the problem."""
        super().__init__(problem.type)
        self.problem = problem

    @property
    def name(self) -> str:
        """Return the name of the refusal or fault: TRANSFER_COUNT, not-yours."""
        return self.problem.type.rpartition("/")[2]

    @property
    def signed_out(self) -> bool:
        """Tell whether nobody is signed in any more."""
        return self.problem.status == 401


class Inside:
    """Asks the API for one caller. Addresses are those below /api/v1, without it; see docs/openapi.json."""

    def __init__(
        self, app: Litestar, caller: Caller, language: Language, *, acting_for: int = 0, client: str = ""
    ) -> None:
        """Ask in the name of `caller`, or of the one he acts for; `client` is the address that he came from."""
        self._app = app
        self._caller = caller
        self._client = client
        self._headers: list[tuple[str, str]] = [("accept-language", language)]
        if acting_for:
            self._headers.append((ACTING_FOR.lower(), str(acting_for)))

    async def get(self, address: str, kind: type[T], /, **query: object) -> T:
        """Return what is at an address, as `kind`. Raise TroubleError. What is None in the query is left out."""
        return msgspec.json.decode((await self.answer("GET", address, query=query)).body, type=kind)

    async def post(
        self, address: str, kind: type[T], body: object = None, *, key: str, if_match: str = "", **query: object
    ) -> T:
        """Have something done, once for its `key`, and return what came of it. Raise TroubleError."""
        answer = await self.answer("POST", address, query=query, body=body, key=key, if_match=if_match)
        return msgspec.json.decode(answer.body, type=kind)

    async def answer(  # all that a request is made of, by name
        self,
        method: str,
        address: str,
        *,
        query: Mapping[str, object] = {},  # read only
        body: object = None,
        content: bytes | None = None,
        kind: str = _JSON,
        key: str = "",
        if_match: str = "",
    ) -> Answered:
        """Return the answer as it is: a file, or what `content`, a file of that `kind`, came to. Raise TroubleError."""
        sent = content if content is not None else msgspec.json.encode(body) if body is not None else b""
        told = {name: text for name, text in query.items() if text is not None}
        headers = [*self._headers, *([("content-type", kind)] if sent else [])]
        headers += [(KEY.lower(), key)] if key else []
        headers += [("if-match", if_match)] if if_match else []
        asked = Asked(
            method=method,
            path=f"{API}/{address}",
            query=urlencode(told, doseq=True),
            headers=headers,
            body=sent,
            client=self._client,
        )
        answer = await carried(self._app, asked, self._caller)
        if answer.status >= 400:
            raise TroubleError(msgspec.json.decode(answer.body, type=Problem))
        return answer


def named(*steps: object) -> str:
    """Return an address of these steps, each made safe in it."""
    return "/".join(quote(str(step), safe="") for step in steps)


def tag_in(answer: Answered) -> str:
    """Return the ETag of an answer, to be sent back with a change of what it tells; "" for none."""
    return next((value for name, value in answer.headers if name.lower() == "etag"), "")


def given(value: T | UnsetType) -> T | None:
    """Return what a problem tells, None where it does not."""
    return None if isinstance(value, UnsetType) else value
