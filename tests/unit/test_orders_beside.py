"""Orders beside a running server: carried out by the one who has the books, and by nobody else's word."""

import socket
import stat
from datetime import timedelta

import msgspec
import pytest

from gongji.channels import beside
from gongji.channels.beside import SOCKET, ordered, taking_orders
from gongji.domain.refusals import Refusal, Refused
from gongji.services.access.channel_apps import AppState
from gongji.services.access.orders import Dismiss, Order, RegisterApp, SetAppState, TakeOn
from gongji.services.access.staff import at_work, staff_scope
from gongji.services.batching import Batcher
from gongji.services.store import MemoryStore, StoreDownError
from tests.national_world import NOW
from tests.unit.test_channel_apps import APP, CLERK


def asked(folder, order):
    """Return what came of an order; there has to be a server."""
    came = ordered(folder, order)
    assert came is not None
    return came


def silent(_):
    pass


SUSPENDED = SetAppState(client_id="ssb-app", state=AppState.SUSPENDED, by="稽核", why="投诉")


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def folder(tmp_path):
    """A folder whose path is longer than that of a socket may be."""
    found = tmp_path / ("long" * 30)
    found.mkdir()
    return found


@pytest.fixture
def server(store, folder):
    said: list[str] = []
    with Batcher(store) as batcher, taking_orders(folder, batcher, lambda: NOW, said.append):
        yield said


def test_orders_are_carried_out_one_after_the_other(server, store, folder):
    orders: list[Order] = [TakeOn(CLERK), RegisterApp(APP), SUSPENDED, Dismiss(staff_no="W1", by="人事")]

    came = [asked(folder, order) for order in orders]

    assert [(one.refused, one.fault) for one in came] == [(None, "")] * 4
    assert store.read(staff_scope("W1"), lambda books: at_work(books, "W1")) is None
    assert server == []


@pytest.mark.usefixtures("server")
def test_what_is_not_sound_is_refused_as_without_a_server(folder):
    came = asked(folder, Dismiss(staff_no="W9", by="人事"))

    assert came.refused == Refused(Refusal.PERSON_UNKNOWN, subject="staff_no")


@pytest.mark.usefixtures("server")
def test_nobody_but_the_account_of_the_server_reaches_the_socket(folder):
    assert stat.S_IMODE((folder / SOCKET).stat().st_mode) == 0o600


def test_without_a_server_nothing_is_carried_out(folder):
    assert ordered(folder, SUSPENDED) is None
    assert ordered(folder / "nowhere", SUSPENDED) is None


def test_a_socket_that_a_killed_server_left_is_nobodys_and_the_next_one_takes_it_over(store, folder):
    with beside._place(folder) as place, socket.socket(socket.AF_UNIX) as left:
        left.bind(place)
    assert ordered(folder, SUSPENDED) is None

    with Batcher(store) as batcher, taking_orders(folder, batcher, lambda: NOW, silent):
        assert asked(folder, RegisterApp(APP)).fault == ""

    assert not (folder / SOCKET).exists()


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("nonsense", [b"", b"nonsense", msgspec.msgpack.encode({"type": "Everything"}), b"x" * 99_999])
def test_nonsense_is_answered_and_harms_nobody(folder, nonsense):
    with beside._place(folder) as place, socket.socket(socket.AF_UNIX) as line:
        line.connect(place)
        line.sendall(nonsense)
        line.shutdown(socket.SHUT_WR)
        told = msgspec.msgpack.decode(line.recv(9999), type=beside.Carried)

    assert told.fault.startswith("no order of this release")
    assert asked(folder, TakeOn(CLERK)).fault == ""


@pytest.mark.usefixtures("server")
def test_who_says_nothing_keeps_nobody_waiting(folder):
    with beside._place(folder) as place, socket.socket(socket.AF_UNIX) as line:
        line.connect(place)

        assert asked(folder, TakeOn(CLERK)).fault == ""


class Down(MemoryStore):
    def run(self, *_):
        raise StoreDownError("the database cannot be reached")

    think = run


def test_books_that_cannot_be_reached_are_said(folder):
    with Batcher(Down()) as batcher, taking_orders(folder, batcher, lambda: NOW, silent):
        came = asked(folder, TakeOn(CLERK))

    assert came.fault == "the database cannot be reached"


def test_a_folder_in_which_no_socket_can_be_is_said_and_the_server_goes_on(store, tmp_path):
    said: list[str] = []
    (tmp_path / SOCKET).mkdir()

    with Batcher(store) as batcher, taking_orders(tmp_path, batcher, lambda: NOW, said.append):
        assert ordered(tmp_path, TakeOn(CLERK)) is None

    assert len(said) == 1
    assert said[0].startswith("Orders are not taken beside this server")


def test_the_moment_is_that_of_the_server(store, folder):
    later = NOW + timedelta(days=9)
    with Batcher(store) as batcher, taking_orders(folder, batcher, lambda: later, silent):
        asked(folder, TakeOn(CLERK))

    found = store.read(staff_scope("W1"), lambda books: books.dossiers.get("staff-W1"))
    assert found.made_at == later
