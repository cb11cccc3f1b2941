"""A listening socket, and Granian to serve an application on it inside our own process."""

import asyncio
import resource
import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from gongji.channels.http import HttpDoor

if TYPE_CHECKING:
    from granian.server.embed import Server

BACKLOG: Final = 1024
"""So many connections wait to be taken."""

CONNECTIONS_MAX: Final = 4096
"""So many are held by one process. One that is idle counts: institutions keep theirs open."""

LINGER_SECONDS: Final = 3
"""So long does a server that ends wait for callers, when it has nothing more to do for them."""

_FILES_BESIDES: Final = 128


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes a free one. Raise OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    listening.setblocking(False)  # noqa: FBT003  # no name; a connection may be taken by another worker before this one turns to it
    return listening


def url_of(listening: socket.socket) -> str:
    """Return the address at which a socket listens."""
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def own_url(listening: socket.socket) -> str:
    """Return the address at which this very machine reaches a socket."""
    return url_of(listening).replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def serve(app: HttpDoor, listening: socket.socket, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; then finish what is under way and return. The socket is closed then.

    `on_ready` gets the address.
    """
    asyncio.run(_serve(app, listening, on_ready))


def server_on(app: HttpDoor, listening: socket.socket) -> "Server":
    """Return a server on that socket, which it takes over: `serve()` runs until `stop()` and what is under way then."""
    from granian._granian import SocketHolder  # noqa: PLC0415  # slow to import, and needed here alone
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.server.embed import Server  # noqa: PLC0415

    class Listening(Server):
        """A server on a socket that listens already: workers share one, and none is lost with a worker."""

        def _init_shared_socket(self) -> None:
            hold: Any = SocketHolder  # called with the number of the file, whether it is a Unix socket, and the backlog
            self._shd = hold(listening.detach(), False, BACKLOG)  # noqa: FBT003  # no names

    return Listening(
        app, interface=Interfaces.RSGI, log_enabled=False, websockets=False, backlog=BACKLOG, backpressure=_room()
    )


async def ended(server: "Server", serving: "asyncio.Task[None]", app: HttpDoor) -> None:
    """Stop the server, and return when everything that was taken is answered.

    Who has not sent the whole of a request by then, or does not take an answer, is not waited for much longer.
    """
    server.stop()  # type: ignore[no-untyped-call]  # the library's own
    while True:
        done, _ = await asyncio.wait([serving], timeout=LINGER_SECONDS)
        if done or not app.under_way:
            return


# Helpers


async def _serve(app: HttpDoor, listening: socket.socket, on_ready: Callable[[str], None]) -> None:
    url, server = url_of(listening), server_on(app, listening)
    loop = asyncio.get_running_loop()
    before: dict[signal.Signals, Any] = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    stopping = asyncio.Event()
    for number in before:
        loop.add_signal_handler(number, stopping.set)
    serving = asyncio.create_task(server.serve())
    try:
        on_ready(url)
        await stopping.wait()
        await ended(server, serving, app)
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def _room() -> int:
    """Return how many connections may be held, once as many files may be open as the machine lets us."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = CONNECTIONS_MAX + _FILES_BESIDES
    files = files if most == resource.RLIM_INFINITY else min(files, most)
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    return files - _FILES_BESIDES
