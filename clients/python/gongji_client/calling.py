"""What every operation needs: a request made of its parts, and its answer read into its type."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from gongji_client.models import Problem

PROBLEM: Final = "application/problem+json"

Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class Reply(Generic[Body]):
    """What came back: the body in its type, and the headers as they were."""

    body: Body
    status: int
    headers: httpx.Headers

    @property
    def etag(self) -> str | None:
        """The tag of the resource as it stands: for `if_match` and `if_none_match`."""
        told: str | None = self.headers.get("etag")
        return told

    @property
    def replayed(self) -> bool:
        """Whether the write had been done before, under the same key, and this is its first answer."""
        return "true" in self.headers.get_list("idempotency-replayed")


class GongjiError(Exception):
    """No answer of the type that was asked for."""


class ProblemError(GongjiError):
    """The platform said no. `retry_after` is in seconds, where it names them."""

    def __init__(self, problem: Problem, retry_after: int | None) -> None:
        """Keep the problem document."""
        super().__init__(f"{problem.title}: {problem.detail}")
        self.problem = problem
        self.retry_after = retry_after

    @property
    def name(self) -> str:
        """The name in the closed list of refusals, or of the fault of the request."""
        return self.problem.type.rpartition("/")[2]


class NotModifiedError(GongjiError):
    """What `if_none_match` names still stands (304)."""


class UnreadableAnswerError(GongjiError):
    """Something else than the contract allows: a gateway in between, or a platform newer than this client."""

    def __init__(self, status: int, content: bytes) -> None:
        """Keep what came."""
        super().__init__(f"an answer with status {status} and {len(content)} bytes that cannot be read")
        self.status = status
        self.content = content


class Caller:
    """Asks and waits. `acting_for` is the number of the person whose mandate the caller holds."""

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        acting_for: int | None = None,
        language: str = "zh",
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Keep who asks, and where."""
        headers = _headers_of(token, acting_for, language)
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=timeout, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _raised: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _ask(self, kind: Any, method: str, path: str, **parts: Any) -> Reply[Any]:
        return _read(kind, self._http.send(_request(self._http, method, path, **parts)))


class AsyncCaller:
    """Asks without holding up others. `acting_for` is the number of the person whose mandate the caller holds."""

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        acting_for: int | None = None,
        language: str = "zh",
        timeout: float = 30.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Keep who asks, and where."""
        headers = _headers_of(token, acting_for, language)
        self._http = httpx.AsyncClient(base_url=base_url, headers=headers, timeout=timeout, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _raised: BaseException | None, _at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _ask(self, kind: Any, method: str, path: str, **parts: Any) -> Reply[Any]:
        return _read(kind, await self._http.send(_request(self._http, method, path, **parts)))


def placed(value: str | int) -> str:
    """Return a value as it stands in a path."""
    return quote(str(value), safe="")


# Helpers


def _headers_of(token: str | None, acting_for: int | None, language: str) -> dict[str, str]:
    headers = {"Accept-Language": language}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if acting_for is not None:
        headers["Acting-For"] = str(acting_for)
    return headers


def _request(
    http: httpx.Client | httpx.AsyncClient,
    method: str,
    path: str,
    *,
    query: Mapping[str, Any] | None = None,
    headers: Mapping[str, str | None] | None = None,
    body: Any = None,
) -> httpx.Request:
    told = {name: value for name, value in (headers or {}).items() if value is not None}
    asked = {name: _written(value) for name, value in (query or {}).items() if value is not None}
    if body is None:
        return http.build_request(method, path, params=asked, headers=told)
    told["Content-Type"] = "application/json"
    return http.build_request(method, path, params=asked, headers=told, content=msgspec.json.encode(body))


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _read(kind: Any, answer: httpx.Response) -> Reply[Any]:
    if answer.status_code == httpx.codes.NOT_MODIFIED:
        raise NotModifiedError(f"{answer.request.url} still stands")
    try:
        if answer.headers.get("content-type", "").partition(";")[0] == PROBLEM:
            raise ProblemError(msgspec.json.decode(answer.content, type=Problem), _seconds(answer))
        if answer.is_success:
            body = answer.content if kind is bytes else msgspec.json.decode(answer.content, type=kind)
            return Reply(body, answer.status_code, answer.headers)
    except msgspec.DecodeError as fault:
        raise UnreadableAnswerError(answer.status_code, answer.content) from fault
    raise UnreadableAnswerError(answer.status_code, answer.content)


def _seconds(answer: httpx.Response) -> int | None:
    told = answer.headers.get("retry-after", "")
    return int(told) if told.isdecimal() else None
