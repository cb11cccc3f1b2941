"""The sample data: synthetic families and institutions, read strictly from the TOML files beside this module."""

import tomllib
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Final, Literal, TypeVar

import msgspec
from msgspec import Struct
from stdnum.cn import ric

from gongji.domain.family import Mode, Relation
from gongji.domain.insured import Insurance, Insured, Sex, Status, Work
from gongji.domain.money import fen_from_yuan
from gongji.domain.refusals import Refusal
from gongji.registry.records import Identity, Institution
from gongji.rules.schema import RULES

FIRST_ID: Final = 9_000_000
"""Sample people are numbered from here, so that they never meet the ids of registered people."""

SINCE: Final = datetime(2025, 1, 6, 9, 0)  # noqa: DTZ001  # Asia/Shanghai throughout, no zone written
"""When a bond without `since` began."""


T = TypeVar("T")

KNOWN: Final = frozenset(RULES) | {reason.value for reason in Refusal}
"""What a person may show."""


class SampleError(ValueError):
    """The sample files are not sound: our own mistake. The message names file and key."""


class Shown(Struct, frozen=True, forbid_unknown_fields=True, rename={"first": "from"}):
    """A rule or refusal that a person shows, from `first` until (not on) `until`."""

    name: str
    first: date = date.min
    until: date = date.max


class SamplePerson(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One synthetic person. Money is yuan as text; a region or address of his own goes before his family's."""

    number: int
    name: str
    born: date
    sex: Sex
    insured: Insurance = Insurance.EMPLOYEE
    status: Status = Status.ACTIVE
    work: Work = Work.IN_SERVICE
    retired_on: date | None = None
    region: str = ""
    address: str = ""
    account: bool | None = None
    tier: str | None = None
    credential_active: bool = True
    suspended_until: date | None = None
    current_year: str = "0.00"
    carry_over: str = "0.00"
    pot: str = "0.00"
    wallet: bool = False
    wallet_balance: str = "0.00"
    wallet_region: str | None = None
    psn_no: str = ""
    card_no: str = ""
    tests: tuple[str | Shown, ...] = ()


class SampleBond(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One bond between two people of a family, by their numbers."""

    sharer: int
    member: int
    relation: Relation
    modes: tuple[Mode, ...] = (Mode.PAY, Mode.PREMIUM)
    since: datetime = SINCE
    until: datetime | None = None
    rank: int | None = None
    cap: str | None = None
    quota: str | None = None
    confirmed: bool = True
    paused_until: date | None = None


class Family(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """People who belong together. `address` are the first digits of their ID numbers, where the region's do not fit.

    Those of a `story` are put into the books by it, and their bonds are what it comes to.
    """

    region: str
    person: tuple[SamplePerson, ...]
    key: str = ""
    story: bool = False
    address: str = ""
    bond: tuple[SampleBond, ...] = ()


class Kind(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An institution that every sample region has."""

    letter: Literal["H", "P"]
    serial: str
    kind: Literal["hospital", "pharmacy", "checkup", "vaccination"]
    level: int
    suffix: str


class _Families(Struct, frozen=True, forbid_unknown_fields=True):
    family: tuple[Family, ...]


class _Places(Struct, frozen=True, forbid_unknown_fields=True):
    kind: tuple[Kind, ...]
    regions: dict[str, str]
    institution: tuple[Institution, ...]


class Sample(Struct, frozen=True, kw_only=True):
    """One person in the shapes of the registry, with the money to begin with in fen and what he shows."""

    insured: Insured
    identity: Identity
    current_year_fen: int
    carry_over_fen: int
    pot_fen: int
    wallet_fen: int
    shows: tuple[Shown, ...]


@cache
def families() -> tuple[Family, ...]:
    """Return the sample families. Raise SampleError when the file is not sound."""
    found = _read("families.toml", _Families).family
    numbers = [person.number for family in found for person in family.person]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        raise SampleError(f"families.toml: person.number: {twice} stand twice")
    for family in found:
        _look_at(family, set(numbers))
    return found


@cache
def institutions() -> dict[str, Institution]:
    """Return the sample institutions by code. Raise SampleError when the file is not sound."""
    content = _read("institutions.toml", _Places)
    made = [
        Institution(
            code=f"{kind.letter}{region}{kind.serial}",
            name=f"{name}{kind.suffix}",
            kind=kind.kind,
            level=kind.level,
            region=region,
        )
        for region, name in content.regions.items()
        for kind in content.kind
    ]
    return {institution.code: institution for institution in (*made, *content.institution)}


@cache
def people() -> dict[int, Sample]:
    """Return the sample people by person id, in the order of the file."""
    samples = [_sample(family, person) for family in families() for person in family.person]
    return {sample.insured.person_id: sample for sample in samples}


def person_id(number: int) -> int:
    """Return the id of the person with that number in the file."""
    return FIRST_ID + number


def family_of(key: str) -> Family:
    """Return the family of that key. Raise SampleError when there is none."""
    for family in families():
        if family.key == key:
            return family
    raise SampleError(f"families.toml: no family has the key {key!r}")


def id_number(address: str, born: date, sex: Sex, number: int) -> str:
    """Return a valid resident ID number, numbered from 900 on: odd for men, even for women."""
    body = f"{address}{born:%Y%m%d}{900 + number % 50 * 2 + (sex is Sex.MALE)}"
    return body + ric.calc_check_digit(body + "0")


# Helpers


def _read(name: str, shape: type[T]) -> T:
    text = files("gongji.channels").joinpath("data", name).read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), shape)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as fault:
        raise SampleError(f"{name}: {fault}") from fault


def _look_at(family: Family, numbers: set[int]) -> None:
    mine = {person.number for person in family.person}
    for bond in family.bond:
        if not {bond.sharer, bond.member} <= mine or bond.sharer == bond.member:
            raise SampleError(f"families.toml: bond: {bond.sharer} and {bond.member} are no pair of one family")
    for person in family.person:
        unknown = [shown.name for shown in _shown(person) if shown.name not in KNOWN]
        if unknown:
            raise SampleError(f"families.toml: person {person.number}: tests: {unknown} are no rules and no refusals")
    if not mine <= numbers:
        raise SampleError(f"families.toml: {mine - numbers} are unknown")


def _shown(person: SamplePerson) -> tuple[Shown, ...]:
    return tuple(Shown(test) if isinstance(test, str) else test for test in person.tests)


def _sample(family: Family, person: SamplePerson) -> Sample:
    region = person.region or family.region
    address = person.address or family.address or region
    return Sample(
        insured=_insured(person, region),
        identity=Identity(
            person_id=person_id(person.number),
            psn_no=person.psn_no or f"{region}{person.number:014d}",
            name=person.name,
            cert_type="01",
            certno=id_number(address, person.born, person.sex, person.number),
            card_no=person.card_no or f"{region[:2]}S{person.number:06d}",
            card_sn=f"{region}{person.number:010d}",
            sex="1" if person.sex is Sex.MALE else "2",
            employer="样例单位" if person.insured is Insurance.EMPLOYEE else "",
        ),
        current_year_fen=fen_from_yuan(person.current_year),
        carry_over_fen=fen_from_yuan(person.carry_over),
        pot_fen=fen_from_yuan(person.pot),
        wallet_fen=fen_from_yuan(person.wallet_balance),
        shows=_shown(person),
    )


def _insured(person: SamplePerson, region: str) -> Insured:
    account = person.insured is Insurance.EMPLOYEE if person.account is None else person.account
    return Insured(
        person_id=person_id(person.number),
        insured=person.insured,
        region=region,
        status=person.status,
        work=person.work,
        retired_on=person.retired_on,
        born=person.born,
        sex=person.sex,
        account=account,
        tier=person.tier,
        credential_active=person.credential_active,
        suspended_until=person.suspended_until,
        wallet_open=person.wallet,
        wallet_region=person.wallet_region or (region if person.wallet else None),
    )
