"""How much one may ask in a time: buckets of requests that fill up again, for apps, persons, staff and addresses."""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Final

from msgspec import Struct

from gongji.channels.api.callers import Caller
from gongji.domain.generations import Generations
from gongji.services.access.permissions import STAFF_ROLES

BUCKETS_MOST: Final = 20_000
"""At least so many lately used buckets are remembered of a kind, at most twice as many; a forgotten one is full."""

_SECOND: Final = timedelta(seconds=1)


class Rate(Struct, frozen=True):
    """So many requests at once, of which `per_second` come back each second; `slower` ones only in so many seconds."""

    burst: int
    per_second: int
    slower: int = 1


class Left(Struct, frozen=True):
    """What is left of a rate: `name` tells whose, `wait_seconds` when the next request is taken, 0 for now."""

    name: str
    rate: Rate
    remaining: int
    wait_seconds: int

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the RateLimit headers (draft-ietf-httpapi-ratelimit-headers)."""
        window = max(1, self._seconds(self.rate.burst))
        full = self._seconds(self.rate.burst - self.remaining)
        return (
            ("ratelimit-policy", f'"{self.name}";q={self.rate.burst};w={window}'),
            ("ratelimit", f'"{self.name}";r={self.remaining};t={full}'),
        )

    def _seconds(self, requests: int) -> int:
        """Return in how many seconds so many come back."""
        return -(-requests * self.rate.slower // self.rate.per_second)


def network_of(address: str) -> str:
    """Return by what a stranger is counted: his address; of IPv6 the /64, which one machine may have to itself."""
    try:
        found = ip_address(address.removeprefix("[").removesuffix("]"))
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return address
    inner = found.ipv4_mapped
    return str(inner) if inner is not None else str(IPv6Network((found, 64), strict=False))


class Buckets:
    """One bucket for each key. To be used by one thread."""

    def __init__(self, name: str, rate: Rate) -> None:
        """Give every key that rate."""
        self._name = name
        self._rate = rate
        self._full_at: Generations[object, datetime] = Generations(BUCKETS_MOST)

    def take(self, key: object, now: datetime) -> Left:
        """Take one request out of a bucket, if there is one; tell what is left."""
        each, whole = _SECOND * self._rate.slower / self._rate.per_second, self._rate.burst
        # The bucket is kept as the moment at which it will be full again: one number, which time itself changes.
        full_at = max(self._full_at.get(key) or now, now)
        owed = -((now - full_at) // each)
        if owed >= whole:
            wait = full_at - each * (whole - 1) - now
            return Left(self._name, self._rate, 0, max(1, -(-wait // _SECOND)))
        self._full_at.put(key, full_at + each)
        return Left(self._name, self._rate, whole - owed - 1, 0)


class Limits:
    """The buckets of a server: of each channel app, person and officer, and of each address nobody signed in from.

    An officer sees to one case after another all day, by keyboard in a second or two, each paper beside it is a request
    of its own, and his list of calls asks by itself: with a citizen's limit he would wait where he works fastest. His
    is larger, and still a limit: a program behind a stolen sign-in is slowed down.
    """

    def __init__(
        self,
        *,
        app: Rate = Rate(burst=20_000, per_second=5_000),  # noqa: B008  # frozen
        person: Rate = Rate(burst=120, per_second=20),  # noqa: B008  # frozen
        staff: Rate = Rate(burst=600, per_second=40),  # noqa: B008  # frozen
        address: Rate = Rate(burst=240, per_second=20),  # noqa: B008  # frozen
    ) -> None:
        """Take these rates."""
        self.apps = Buckets("app", app)
        self.persons = Buckets("person", person)
        self.staff = Buckets("staff", staff)
        self.addresses = Buckets("address", address)

    def take(self, caller: Caller, now: datetime) -> Left:
        """Take one request of whoever asks, by the role in which he signed in: an officer by his number."""
        if caller.role in STAFF_ROLES:
            return self.staff.take((caller.client, caller.staff_no, caller.clerk), now)
        return self.persons.take((caller.client, caller.subject, caller.clerk), now)
