"""The HTTP application asked without a socket: a transport for httpx that speaks to it as Granian does."""

from types import SimpleNamespace
from urllib.parse import unquote

import httpx


class _Protocol:
    """The body of one request in parts of at most 64 KiB, and its answer."""

    def __init__(self, body):
        self.parts = [body[start : start + 65536] for start in range(0, len(body), 65536)]
        self.answer = None

    async def __call__(self):
        return b"".join(self.parts)

    async def __aiter__(self):
        for part in self.parts:
            yield part

    def response_bytes(self, status, headers, body):
        assert self.answer is None
        self.answer = httpx.Response(status, headers=headers, content=body)


async def called(app, method, path, headers, body):
    """Return the answer of the application. Header names are in small letters; what is not ASCII gets no further."""
    plain = {name: value for name, value in headers.items() if value.isascii()}
    protocol = _Protocol(body)
    await app.__rsgi__(_scope(method, path, plain), protocol)
    assert protocol.answer is not None
    return protocol.answer


def _scope(method, path, headers):
    return SimpleNamespace(
        proto="http", method=method, path=path, query_string="", client="127.0.0.1:4711", headers=headers
    )


class RsgiTransport(httpx.AsyncBaseTransport):
    def __init__(self, app):
        self.app = app

    async def handle_async_request(self, request):
        headers = {name.lower(): value for name, value in request.headers.items()}
        return await called(self.app, request.method, unquote(request.url.path), headers, await request.aread())
