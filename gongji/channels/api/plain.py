"""Plain readings: the few that are asked most often are answered past the framework's machinery.

What decides stays the same: who asks, the guards and the handler are those that the framework would have called.
Whatever is not asked in the plainest way goes to the framework.
"""

import re
from typing import Any, Final

from litestar import Litestar, Response
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

from gongji.channels.api.finishing import added_headers
from gongji.channels.api.problem_answers import answer_with_problem
from gongji.channels.api.session import know
from gongji.channels.api.strict import StrictRequest
from gongji.channels.asked import Asked

PLAIN: Final = "plain"
"""The option of a handler of GET that takes request, desk and whole numbers of its path, and tells by `tagged`."""

_NUMBER: Final = "([1-9][0-9]{0,14})"
"""A whole number as everybody writes it, within what any handler takes."""

_UNCHANGED: Final = 304


class PlainReadings:
    """The plain readings of an application."""

    def __init__(self, app: Litestar) -> None:
        """Find the handlers that say so."""
        self._app = app
        self._readings = [_reading(route) for route in app.routes if isinstance(route, HTTPRoute) and _is_plain(route)]

    def asked_by(self, asked: Asked) -> "Reading | None":
        """Return the reading that a request asks for, None for what the framework answers."""
        if asked.method != "GET" or asked.query:
            return None
        for pattern, names, handler in self._readings:
            if (found := pattern.fullmatch(asked.path)) is not None:
                numbers = {name: int(number) for name, number in zip(names, found.groups(), strict=True)}
                return Reading(self._app, handler, numbers)
        return None


class Reading:
    """One plain reading, with the numbers of its path."""

    def __init__(self, app: Litestar, handler: Any, numbers: dict[str, int]) -> None:
        """Have `handler` answer."""
        self._app = app
        self._handler = handler
        self._numbers = numbers

    async def answered(self, scope: Any) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return status, headers and body; `scope` is the request as ASGI has it."""
        handler = self._handler
        scope |= {"litestar_app": self._app, "app": self._app, "route_handler": handler, "path_params": self._numbers}
        request = StrictRequest(scope)
        try:
            await know(scope)
            for guard in handler.resolve_guards():
                await guard(request, handler)
            response = await handler.fn(request=request, desk=self._app.state.desk, **self._numbers)
        except Exception as fault:  # noqa: BLE001  # as the framework does: what went wrong is the answer
            response = answer_with_problem(request, fault)
        return response.status_code or handler.status_code, _headers(response, scope), response.content


# Helpers


def _is_plain(route: HTTPRoute) -> bool:
    return "GET" in route.route_handler_map and bool(route.route_handler_map["GET"][0].opt.get(PLAIN))


def _reading(route: HTTPRoute) -> tuple[re.Pattern[str], list[str], BaseRouteHandler]:
    names = re.findall(r"\{(\w+)\}", route.path_format)
    pattern = re.sub(r"\\\{\w+\\\}", _NUMBER, re.escape(route.path_format))
    return re.compile(pattern), names, route.route_handler_map["GET"][0]


def _headers(response: Response[Any], scope: Any) -> list[tuple[str, str]]:
    headers = dict(response.headers)
    if response.status_code != _UNCHANGED:
        headers["content-type"] = str(getattr(response.media_type, "value", response.media_type))
    return list((added_headers(scope) | headers).items())
