"""A request and its answer in full, as they travel between a worker and the process that has the books."""

from msgspec import Struct


class Asked(Struct, frozen=True):
    """A request as it arrived. The path is decoded, the query is not; names of headers are in small letters.

    `client` is the address it came from, as "address:port".
    """

    method: str
    path: str
    query: str = ""
    headers: list[tuple[str, str]] = []
    body: bytes = b""
    client: str = ""


class Answered(Struct, frozen=True):
    """An answer; a header may come several times."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
