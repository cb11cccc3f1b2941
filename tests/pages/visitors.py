"""A world whose people sit at browsers: the whole application in memory, and cookies for whoever has signed in."""

import asyncio
import socket
import threading
from contextlib import contextmanager
from urllib.parse import urlencode

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Router

from gongji.channels.identity.sample_apps import sample_staff
from gongji.channels.pages import assets, explorer
from gongji.channels.screens import routes as screens
from gongji.services.access.sessions import Who, put_sign_in, sign_in_scope
from tests.identity_world import FORM, IdentityWorld


class VisitorWorld(IdentityWorld):
    """Pages over books in memory; `sits` signs somebody in, `visit` and `submit` do as a browser does."""

    def __init__(self, store=None, limits=None, rules=None):
        super().__init__(store, limits, rules=rules)
        pages = [
            *explorer.routes(self.desk.rules, lambda: self.now),
            *screens.routes(),
            *assets.routes(),
        ]
        self.app.register(Router("/", route_handlers=pages))  # one by one takes seconds

    def sits(self, number=1, face="passed"):
        """Return the cookie of a person's browser."""
        who = Who(role="citizen", person_id=number, face=face, proved_at=self.now, sandbox=True)
        return self._let_in(who, f"browser-{number}-{self.now:%d%H%M%S}")

    def sits_at_desk(self, role="clerk"):
        """Return the cookie of the browser of the sample clerk of that role."""
        member = next(one for one in sample_staff() if one.role == role)
        who = Who(role=role, staff_no=member.staff_no, clerk=member.name, office=member.office, sandbox=True)
        return self._let_in(who, f"desk-{role}-{self.now:%d%H%M%S}")

    def visit(self, path, cookie="", *, headers=()):
        """Return the answer to GET."""
        plain, _, query = path.partition("?")
        told = [*headers, *([("cookie", cookie)] if cookie else [])]
        return self.ask("GET", plain, query=dict(pair.split("=") for pair in query.split("&") if pair), headers=told)

    def submit(self, path, cookie="", **fields):
        """Return the answer to POST of a form."""
        told = [("content-type", FORM), *([("cookie", cookie)] if cookie else [])]
        return self.ask("POST", path, body=urlencode(fields, doseq=True).encode(), headers=told)

    def _let_in(self, who, secret):
        self.store.run(sign_in_scope(secret), lambda books: put_sign_in(books, secret, who, self.now))
        return (
            f"__Host-gongji-signin={secret}"
            if self.known.tokens.issuer.startswith("https")
            else f"gongji-signin={secret}"
        )


@contextmanager
def served(world):
    """Yield the address of a real server of that world's pages, in a thread."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(world.app, address="127.0.0.1", port=port, interface=Interfaces.ASGI)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve()), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join(timeout=10)
        loop.close()
