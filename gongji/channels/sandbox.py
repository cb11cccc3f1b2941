"""The sandbox: sample families put into the books once, and the three lists that tell a tester about them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from gongji.channels import samples
from gongji.channels.house import Clock
from gongji.channels.samples import Sample, SampleBond
from gongji.domain.account import Account, Pocket
from gongji.domain.bill import Visit
from gongji.domain.codes import insutype, psn_type
from gongji.domain.family import Bond
from gongji.domain.insured import Insured
from gongji.domain.money import fen_from_yuan, yuan
from gongji.domain.requests import Answered, RequestKey, Scope, content_digest
from gongji.ledger.records import EntryKind
from gongji.registry.codes import Codes
from gongji.rules.benefits import Care, find_schedule
from gongji.rules.policybook import PolicyBook
from gongji.services.calendar import bring_up_to
from gongji.services.families import is_over
from gongji.services.store import Books, Store

_LOADED = RequestKey("SAMPLE", "SAMPLE-FAMILIES", date(2025, 1, 6))


def load_samples(store: Store, policy: PolicyBook, now: datetime) -> bool:
    """Put the sample families and institutions into the books, and tell whether that was done now (not before).

    The request id of the load keeps it from being done twice, whatever has happened to the money since.
    """
    people = samples.people()
    papers = {("psn_no", sample.identity.psn_no) for sample in people.values()}
    scope = Scope(people=set(people), certificates=papers, requests={_LOADED})
    return store.run(scope, lambda books: _load(books, policy, now))


def is_sandbox(store: Store) -> bool:
    """Tell whether books are nobody's: empty, or opened with the sample families. Into others nothing is invented."""
    return has_samples(store) or not store.everyone().people


def has_samples(store: Store) -> bool:
    """Tell whether the books were opened with the sample families."""
    return store.read(Scope(requests={_LOADED}), lambda books: _LOADED in books.ledger.answers)


def lists(
    store: Store, rules: Callable[[datetime], PolicyBook], clock: Clock, codes: Codes, catalogue: Callable[[], Any]
) -> Mapping[str, Callable[[], bytes]]:
    """Return what `GET /sandbox/*.json` answers, by path; pockets and bonds are read anew at each call."""
    return {
        "/sandbox/people.json": lambda: _json(people_list(store, rules(clock()), codes, clock())),
        "/sandbox/institutions.json": lambda: _json(institution_list()),
        "/sandbox/catalogue.json": lambda: _json(catalogue()),
    }


def people_list(store: Store, policy: PolicyBook, codes: Codes, now: datetime) -> list[dict[str, Any]]:
    """Return the sample people as they stand: papers, insurance, pockets in yuan, bonds by psn_no.

    Each has a fresh e-credential code; minting one writes nothing.
    """
    people = samples.people()
    listed = store.read(
        Scope(people=set(people)), lambda books: [_person(books, policy, now, one) for one in people.values()]
    )
    return [one | _fresh(codes, person_id, now) for person_id, one in zip(people, listed, strict=True)]


def institution_list() -> list[dict[str, Any]]:
    """Return the sample institutions."""
    return [
        {
            "fixmedins_code": institution.code,
            "fixmedins_name": institution.name,
            "kind": institution.kind,
            "level": institution.level,
            "region": institution.region,
        }
        for institution in samples.institutions().values()
    ]


def put_person(books: Books, policy: PolicyBook, sample: Sample, now: datetime) -> None:
    """Enter a person and open his pockets: one entry, balanced against the credits."""
    person, identity = sample.insured, sample.identity
    books.registry.people.put(person.person_id, person)
    books.registry.identities.put(person.person_id, identity)
    opening = {
        Pocket.CURRENT_YEAR: sample.current_year_fen,
        Pocket.CARRY_OVER: sample.carry_over_fen,
        Pocket.POT: sample.pot_fen,
        Pocket.WALLET: sample.wallet_fen,
    }
    moves = {Account(person.person_id, pocket): fen for pocket, fen in opening.items() if fen}
    if moves:
        moves[Account(person.person_id, Pocket.CREDITS)] = -sum(moves.values())
        books.ledger.append(
            EntryKind.OPENING, moves, book_id=person.person_id, event_at=now, recorded_at=now, request="opening"
        )
    bring_up_to(books, policy, [person.person_id], now)  # from here on the account year turns by itself


# Loading


def _load(books: Books, policy: PolicyBook, now: datetime) -> bool:
    if _LOADED in books.ledger.answers:
        return False
    for code, institution in samples.institutions().items():
        books.registry.institutions[code] = institution
    everyone = samples.people()
    for family in samples.families():
        if family.story:
            continue
        for person in family.person:
            put_person(books, policy, everyone[samples.person_id(person.number)], now)
        for bond in family.bond:
            books.registry.put_bond(_bond(books, bond))
    answer = Answered(key=_LOADED, kind="sample", digest=content_digest("sample families"), answer=b"loaded")
    books.ledger.answers.put(_LOADED, answer)
    return True


def _bond(books: Books, bond: SampleBond) -> Bond:
    return Bond(
        bond_id=books.ledger.take_id("bond"),
        sharer_id=samples.person_id(bond.sharer),
        member_id=samples.person_id(bond.member),
        relation=bond.relation,
        since=bond.since,
        modes=bond.modes,
        until=bond.until,
        rank=bond.rank,
        cap_fen=fen_from_yuan(bond.cap) if bond.cap is not None else None,
        quota_fen=fen_from_yuan(bond.quota) if bond.quota is not None else None,
        confirmed=bond.confirmed,
        paused_until=bond.paused_until,
    )


# The list of people


def _person(books: Books, policy: PolicyBook, now: datetime, sample: Sample) -> dict[str, Any]:
    person_id = sample.insured.person_id
    person = books.registry.people.get(person_id) or sample.insured
    identity = books.registry.identities.get(person_id) or sample.identity
    bonds = books.registry.bonds_of_sharer(person_id) + books.registry.bonds_of_member(person_id)
    return {
        "psn_no": identity.psn_no,
        "certno": identity.certno,
        "psn_name": identity.name,
        "card_no": identity.card_no,
        "insutype": insutype(person),
        "psn_type": psn_type(person, now.date()),
        "status": person.status,
        "region": person.region,
        "benefits": "known" if benefits_known(policy, person, now.date()) else "unknown",
        "tests": [shown.name for shown in sample.shows if shown.first <= now.date() < shown.until],
        "pockets": {
            "current_year": yuan(books.ledger.balance(person_id, Pocket.CURRENT_YEAR)),
            "carry_over": yuan(books.ledger.balance(person_id, Pocket.CARRY_OVER)),
            "wallet": yuan(books.ledger.balance(person_id, Pocket.WALLET)),
        },
        "bonds": [_bond_data(books, bond) for bond in bonds if bond.since <= now and not is_over(bond, now)],
    }


def _fresh(codes: Codes, person_id: int, now: datetime) -> dict[str, str]:
    """Return a new code and the moment at which it ceases to be one."""
    return {
        "ec_token": codes.mint(person_id, now),
        "ec_token_until": f"{now + codes.life:%Y-%m-%d %H:%M:%S}",
    }


def _bond_data(books: Books, bond: Bond) -> dict[str, Any]:
    return {
        "sharer": books.registry.identities[bond.sharer_id].psn_no,
        "member": books.registry.identities[bond.member_id].psn_no,
        "relation": bond.relation,
        "modes": list(bond.modes),
    }


def benefits_known(policy: PolicyBook, person: Insured, day: date) -> bool:
    """Tell whether the book has an outpatient schedule for that person on that day."""
    schedules = policy.on(person.region, day).value("outpatient_benefits")
    care = Care(visited_on=day, visit=Visit.OUTPATIENT, level=2)
    return schedules is not None and find_schedule(schedules.schedules, person, care) is not None


def _json(content: Any) -> bytes:
    return msgspec.json.encode(content)
