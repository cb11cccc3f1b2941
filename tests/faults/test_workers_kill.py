"""Workers are killed, or the writer they hand everything to, while hospitals settle: nothing acknowledged is lost."""

import random
import time

import pytest

from gongji.gateways.embedded import EmbeddedPostgres
from tests.faults.hospitals import at_work, until
from tests.faults.served import Program, Service, landed
from tests.faults.watching import backends_are_gone, cut_now, everybody_got_something_new, killed_server_at
from tests.faults.wire import Point, Wire

pytestmark = pytest.mark.faults

WORKERS = 2


@pytest.fixture
def service(tmp_path):
    service = Service(tmp_path / "data", workers=WORKERS)
    yield service
    service.remove()


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_a_worker_is_killed_under_load(service, kills):
    dice = random.Random(kills)  # noqa: S311  # repeatable, not secret
    with at_work(service.where, service.certnos, bills=5) as log:
        for killed in range(1, kills + 1):
            everybody_got_something_new(log)
            time.sleep(dice.random() / 4)
            until(lambda: len(service.program.workers()) == WORKERS, "all workers at work")
            dice.choice(service.program.workers()).kill()
            until(lambda: deaths(service.program) == killed, "the writer noticed")  # noqa: B023  # waited for here
        everybody_got_something_new(log)

    service.check(log)
    assert service.program.stop() == 0


def deaths(program: Program) -> int:
    return sum("has died; another one is started" in line for line in [*program.said])


@pytest.mark.parametrize("kills", [1, pytest.param(20, marks=pytest.mark.soak)])
def test_the_writer_is_killed_and_its_workers_go_with_it(service, kills, record_property):
    dice = random.Random(kills)  # noqa: S311  # repeatable, not secret
    with at_work(service.where, service.certnos, bills=5) as log:
        for _ in range(kills):
            everybody_got_something_new(log)
            time.sleep(dice.random() / 4)
            service.program.kill_alone()
            until(lambda: backends_are_gone(service), "connections of the killed server ended")
            record_property("landed", landed(service, cut_now(log)))
            service.start()

    assert log.cut
    service.check(log)


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.soak)])
def test_the_writer_is_killed_at_the_commit_itself(tmp_path, rounds, record_property):
    database = EmbeddedPostgres(tmp_path / "database")
    database.start()
    wire = Wire(lambda: database.url)
    service = Service(tmp_path / "data", wire.url, workers=WORKERS)
    try:
        with at_work(service.where, service.certnos, bills=5) as log:
            for _ in range(rounds):
                for point in (Point.AFTER_COMMIT, Point.BEFORE_COMMIT):
                    everybody_got_something_new(log)
                    cut = killed_server_at(point, wire, service, log, Program.kill_alone)
                    record_property("landed", landed(service, cut))
                    service.start()
                    everybody_got_something_new(log)
        service.check(log)
        assert service.program.stop() == 0
    finally:
        service.remove()
        wire.close()
        database.remove()


def test_a_server_with_workers_asked_to_end_under_load_finishes_what_it_took(service):
    with at_work(service.where, service.certnos, bills=3) as log:
        everybody_got_something_new(log)
        workers = service.program.workers()
        assert service.program.stop() == 0
        assert service.program.says("Stopped.")
        assert not any(each.is_running() for each in workers)
        service.start()
        assert not service.program.says("recovers")

    service.check(log)
