"""The whole server is killed, or its PostgreSQL, while hospitals settle: nothing acknowledged is lost or done twice.

`make test-all` kills twenty times in each way.
"""

import os
import random
import signal
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from gongji.gateways.embedded import EmbeddedPostgres
from tests.faults.hospitals import Log, at_work, until
from tests.faults.served import Program, Service, landed
from tests.faults.watching import (
    all_waiting,
    backends_are_gone,
    cut_now,
    everybody_got_something_new,
    killed_server_at,
)
from tests.faults.wire import Point, Wire

pytestmark = pytest.mark.faults

LONG = pytest.param(20, marks=pytest.mark.soak)


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def service(data):
    service = Service(data)
    yield service
    service.remove()


def someone_paid_cash_in_dalian(log: Log) -> bool:
    """The shared account ran dry on the way, or the test would not show that it is never overdrawn."""
    bills = [each.output["setlinfo"] for each in log.answered("2207A")]
    return any(bill["psn_no"].startswith("2102") and bill["psn_cash_pay"] > 0 for bill in bills)


def postmaster(data: Path) -> int:
    pid = EmbeddedPostgres(data).pid
    assert pid is not None
    return pid


def count(program: Program, words: str) -> int:
    return sum(words in line for line in [*program.said])


def test_of_two_servers_on_one_folder_one_writes_and_the_other_takes_over(data):
    first, second = Program(data), Program(data)
    until(lambda: first.says("ready http") or second.says("ready http"), "one of the two serves")
    if not first.says("ready http"):
        first, second = second, first
    service = Service(data, program=first)
    try:
        with at_work(service.where, service.certnos, bills=3) as log:
            everybody_got_something_new(log)
            waiting = ("Another writer held the lease", "Waiting as standby")  # whichever it meets first
            until(lambda: any(map(second.says, waiting)) or second.process.poll() is not None, "the other one waits")
            assert second.process.poll() is None, second.said
            os.kill(postmaster(data), signal.SIGKILL)  # both see it, one starts it, both go on
            everybody_got_something_new(log)
            assert not second.says("ready http")
            first.kill()
            service.take(second)
            everybody_got_something_new(log)

        service.check(log)
        assert second.stop() == 0
        assert EmbeddedPostgres(data).pid is None
    finally:
        for each in (first, second):
            if each.process.poll() is None:
                each.kill()
        service.remove()


@pytest.mark.soak
def test_a_server_that_stood_still_too_long_finds_its_successor_writing_and_ends(service):
    former, successor = service.program, Program(service.data, 2)
    successor.hear("Another writer held the lease")
    try:
        with at_work(service.where, service.certnos, bills=10) as log:
            everybody_got_something_new(log)
            former.process.send_signal(signal.SIGSTOP)
            service.take(successor)
            former.process.send_signal(signal.SIGCONT)
            assert former.ended() == 1
            assert former.says("another program writes to these books now")
            everybody_got_something_new(log)

        service.check(log)
    finally:
        if former.process.poll() is None:
            former.kill()


@pytest.mark.parametrize("rounds", [1, pytest.param(5, marks=pytest.mark.soak)])
def test_kills_at_the_commit_itself(tmp_path, rounds, record_property):
    """Half of the kills come after the commit and before the answer, half before the commit; half hit the database."""
    database = EmbeddedPostgres(tmp_path / "database")
    database.start()
    wire = Wire(lambda: database.url)
    service = Service(tmp_path / "data", wire.url)
    try:
        with at_work(service.where, service.certnos, bills=10) as log:
            for _ in range(rounds):
                for point in (Point.AFTER_COMMIT, Point.BEFORE_COMMIT):
                    everybody_got_something_new(log)
                    cut = killed_server_at(point, wire, service, log)
                    record_property("server", landed(service, cut))
                    service.start()
                    everybody_got_something_new(log)
                    killed_database_at(point, wire, database, log)
                    record_property("database", f"killed {point}")
        assert someone_paid_cash_in_dalian(log)
        service.check(log)
        assert service.program.stop() == 0
    finally:
        service.remove()
        wire.close()
        database.remove()


def killed_database_at(point: Point, wire: Wire, database: EmbeddedPostgres, log: Log) -> None:
    wire.hold(point)
    until(wire.held.is_set, "a batch held")
    told, open_then = log.unknown, all_waiting(log)
    database.kill_immediately()
    wire.cut()
    until(lambda: log.unknown > told, "somebody told that the outcome is not known")
    assert cut_now(log) == open_then  # and nobody that it is done
    database.start()


@pytest.mark.parametrize("kills", [2, LONG])
def test_the_server_is_killed_under_load(service, kills, record_property):
    dice = random.Random(kills)  # noqa: S311  # repeatable, not secret
    with at_work(service.where, service.certnos, bills=10) as log:
        for _ in range(kills):
            everybody_got_something_new(log)
            time.sleep(dice.random() / 4)
            service.program.kill()
            until(lambda: backends_are_gone(service), "connections of the killed server ended")
            record_property("landed", landed(service, cut_now(log)))
            service.start()
            assert service.program.says("taken over")

    assert someone_paid_cash_in_dalian(log)
    assert log.cut
    service.check(log)


@pytest.mark.parametrize("kills", [2, LONG])
def test_a_server_killed_while_it_starts_for_the_first_time_starts_the_next_time(data, kills):
    dice = random.Random(kills)  # noqa: S311  # repeatable, not secret
    for _ in range(kills):
        program = Program(data)
        time.sleep(0.3 + dice.random() * 2.2)
        program.kill()
    service = Service(data)
    try:
        with at_work(service.where, service.certnos, bills=1) as log:
            pass
        service.check(log)
    finally:
        service.remove()


@pytest.mark.parametrize("rounds", [1, pytest.param(7, marks=pytest.mark.soak)])
def test_postgresql_is_killed_while_the_server_lives(service, rounds, record_property):
    dice = random.Random(rounds)  # noqa: S311  # repeatable, not secret
    with at_work(service.where, service.certnos, bills=10) as log:
        for round_number in range(rounds):
            for how in (signal.SIGKILL, signal.SIGQUIT):
                everybody_got_something_new(log)
                time.sleep(dice.random() / 4)
                killed_postgresql(how, service, log)
                record_property("told", f"{how.name} {round_number}: {log.busy} busy, {log.unknown} unknown so far")
            everybody_got_something_new(log)
            kill_a_connection(service.data)  # PostgreSQL throws everybody out and recovers by itself

    assert someone_paid_cash_in_dalian(log)
    assert service.program.process.poll() is None
    assert count(service.program, "PostgreSQL has died") == 2 * rounds
    service.check(log)


def killed_postgresql(how: signal.Signals, service: Service, log: Log) -> None:
    told, back = log.busy + log.unknown, count(service.program, "PostgreSQL is back")
    os.kill(postmaster(service.data), how)
    until(lambda: count(service.program, "PostgreSQL is back") > back, "PostgreSQL started again")
    until(lambda: log.busy + log.unknown > told, "somebody told to come back")


def kill_a_connection(data: Path) -> None:
    backends = psutil.Process(postmaster(data)).children()
    backend = next(each for each in backends if "gongji gongji" in " ".join(each.cmdline()))
    backend.kill()
    until(lambda: not backend.is_running(), "connection killed")


def test_a_server_asked_to_end_under_load_finishes_what_it_took(service):
    with at_work(service.where, service.certnos, bills=3) as log:
        everybody_got_something_new(log)
        standby = Program(service.data, 1)
        standby.hear("Another writer held the lease")
        former = service.program
        assert former.stop() == 0
        assert former.says("Stopped.")
        assert former.says("goes on running for another program")
        service.take(standby)
        everybody_got_something_new(log)
        assert service.program.stop() == 0
        assert service.program.says("PostgreSQL has stopped.")
        assert EmbeddedPostgres(service.data).pid is None
        service.start()
        assert not service.program.says("recovers")

    service.check(log)


def test_a_folder_with_a_long_name_keeps_its_address_when_postgresql_is_killed(tmp_path):
    service = Service(Path(tempfile.mkdtemp(dir=tmp_path, prefix="family-mutual-aid-" * 6)))
    try:
        with at_work(service.where, service.certnos, bills=1) as log:
            os.kill(postmaster(service.data), signal.SIGKILL)
            service.program.hear("PostgreSQL is back")
        service.check(log)
    finally:
        service.remove()
