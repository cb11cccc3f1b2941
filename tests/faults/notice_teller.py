"""Tells what was recorded, a few entries at a time, until it is killed or all is told. Argument: the database's URL."""

import sys

from gongji.gateways.database import PostgresStore
from gongji.services.policies.timetables import Timetable
from gongji.services.telling.notice_feeding import feed
from tests.contract.people import NOON
from tests.national_world import policy_book

KEY = bytes(range(32))
LEASE_SECONDS = 1


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main():
    store = PostgresStore(sys.argv[1], KEY, lease_seconds=LEASE_SECONDS)
    rules = Timetable(policy_book())
    say("telling")
    while feed(store, rules, store.run, NOON, 2):
        say("told")
    say("all told")
    store.close()


if __name__ == "__main__":
    main()
