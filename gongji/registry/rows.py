"""Records of the registry as columns for the database, and rows from it as records. No database is touched here."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from gongji.domain.family import Bond, Mode, Relation
from gongji.domain.insured import Insurance, Insured, Sex, Status, Work
from gongji.domain.named_sql import bigints, booleans, moments, texts
from gongji.registry.records import CodeUse, Institution, Order, SignIn, UploadedLine, Visit

Columns = dict[str, Any]
Row = dict[str, Any]


def person_columns(people: Sequence[Insured]) -> Columns:
    """Return what is no matter of insurance as columns."""
    return {
        "book_ids": bigints(person.person_id for person in people),
        "borns": [person.born for person in people],
        "sexes": [None if person.sex is None else str(person.sex) for person in people],
        "credential_actives": [person.credential_active for person in people],
        "own_face_checks": [person.own_face_check for person in people],
        "suspended_untils": [person.suspended_until for person in people],
        "wallet_opens": [person.wallet_open for person in people],
        "wallet_regions": [person.wallet_region for person in people],
        "alives": [person.alive for person in people],
    }


def insurance_columns(people: Sequence[Insured], true_froms: Sequence[date], known_from: datetime) -> Columns:
    """Return the insurance relations as columns."""
    return {
        "book_ids": bigints(person.person_id for person in people),
        "true_froms": list(true_froms),
        "known_froms": [known_from] * len(people),
        "insureds": [str(person.insured) for person in people],
        "regions": [person.region for person in people],
        "statuses": [str(person.status) for person in people],
        "works": [str(person.work) for person in people],
        "retired_ons": [person.retired_on for person in people],
        "accounts": [person.account for person in people],
        "tiers": [person.tier for person in people],
        "enrolled_months": bigints(person.enrolled_months for person in people),
        "filed_aways": [person.filed_away for person in people],
        "arrears_untils": [person.arrears_until for person in people],
    }


def insurance_of(person: Insured) -> tuple[object, ...]:
    """Return what of a person is a matter of insurance, so that a change of it can be told."""
    return (person.insured, person.region, person.status, person.work, person.retired_on, person.account,
            person.tier, person.enrolled_months, person.filed_away, person.arrears_until)  # fmt: skip


def insured_from(row: Row) -> Insured:
    """Return the person of a row."""
    row["insured"] = Insurance(row["insured"])
    row["status"] = Status(row["status"])
    row["work"] = Work(row["work"])
    row["sex"] = None if row["sex"] is None else Sex(row["sex"])
    return Insured(**row)


def bond_columns(bonds: Sequence[Bond], true_froms: Sequence[datetime], known_from: datetime) -> Columns:
    """Return the terms of bonds as columns."""
    return {
        "book_ids": bigints(bond.sharer_id for bond in bonds),
        "bond_ids": bigints(bond.bond_id for bond in bonds),
        "true_froms": list(true_froms),
        "known_froms": [known_from] * len(bonds),
        "member_ids": bigints(bond.member_id for bond in bonds),
        "relations": [str(bond.relation) for bond in bonds],
        "sinces": [bond.since for bond in bonds],
        "modes": ["{" + ",".join(bond.modes) + "}" for bond in bonds],
        "untils": [bond.until for bond in bonds],
        "ranks": bigints(bond.rank for bond in bonds),
        "cap_fens": bigints(bond.cap_fen for bond in bonds),
        "quota_fens": bigints(bond.quota_fen for bond in bonds),
        "confirmeds": [bond.confirmed for bond in bonds],
        "revieweds": [bond.reviewed for bond in bonds],
        "ended_ats": [bond.ended_at for bond in bonds],
        "paused_untils": [bond.paused_until for bond in bonds],
        "onces": [bond.once for bond in bonds],
    }


def bond_use_columns(bonds: Sequence[Bond]) -> Columns:
    """Return what has been used over bonds as columns."""
    return {
        "book_ids": bigints(bond.sharer_id for bond in bonds),
        "member_ids": bigints(bond.member_id for bond in bonds),
        "bond_ids": bigints(bond.bond_id for bond in bonds),
        "used_fens": bigints(bond.used_fen for bond in bonds),
    }


def bond_from(row: Row) -> Bond:
    """Return the bond of a row."""
    row["relation"] = Relation(row["relation"])
    row["modes"] = tuple(Mode(mode) for mode in row["modes"])
    return Bond(**row)


def visit_columns(visits: Sequence[Visit]) -> Columns:
    """Return visits as columns, their lines as JSON."""
    return {
        "book_ids": bigints(visit.book_id for visit in visits),
        "visit_ids": texts([visit.visit_id for visit in visits]),
        "institutions": texts([visit.institution for visit in visits]),
        "references": texts([visit.reference for visit in visits]),
        "begun_ats": moments([visit.begun_at for visit in visits]),
        "insutypes": texts([visit.insutype for visit in visits]),
        "med_types": texts([visit.med_type for visit in visits]),
        "cancelleds": booleans([visit.cancelled for visit in visits]),
        "lines": texts([msgspec.json.encode(visit.lines).decode() for visit in visits]),
        "swiped_ats": moments([visit.swiped_at for visit in visits]),
        "in_hospitals": booleans([visit.in_hospital for visit in visits]),
        "ended_ats": moments([visit.ended_at for visit in visits]),
        "tolds": texts([msgspec.json.encode(visit.told).decode() for visit in visits]),
        "orders": texts([msgspec.json.encode(visit.orders).decode() for visit in visits]),
    }


def visit_from(row: Row) -> Visit:
    """Return the visit of a row."""
    row["lines"] = msgspec.json.decode(row["lines"], type=tuple[UploadedLine, ...])
    row["orders"] = msgspec.json.decode(row["orders"], type=dict[str, Order])
    return Visit(**row)


def code_columns(codes: Sequence[CodeUse]) -> Columns:
    """Return used codes as columns."""
    return {
        "digests": [code.digest for code in codes],
        "book_ids": bigints(code.book_id for code in codes),
        "visit_ids": [code.visit_id for code in codes],
        "used_ats": [code.used_at for code in codes],
        "spent_bys": [code.spent_by for code in codes],
    }


def sign_columns(signs: Sequence[SignIn]) -> Columns:
    """Return sign-ins as columns."""
    return {
        "sign_nos": [sign.sign_no for sign in signs],
        "institutions": [sign.institution for sign in signs],
        "operators": [sign.operator for sign in signs],
        "signed_ats": [sign.signed_at for sign in signs],
        "ended_ats": [sign.ended_at for sign in signs],
    }


def institution_columns(institutions: Sequence[Institution]) -> Columns:
    """Return institutions as columns."""
    return {
        "codes": [institution.code for institution in institutions],
        "names": [institution.name for institution in institutions],
        "kinds": [institution.kind for institution in institutions],
        "levels": bigints(institution.level for institution in institutions),
        "regions": [institution.region for institution in institutions],
        "takes_wallets": [institution.takes_wallet for institution in institutions],
        "designateds": [institution.designated for institution in institutions],
    }
