"""Opening a wallet as a person does it: where it is used, which phone it goes with, and the words agreed to."""

from datetime import datetime
from typing import Final

from msgspec import Struct

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.rules.policybook import PolicyBook
from gongji.services.acts import Actor
from gongji.services.family.consent_texts import ConsentText
from gongji.services.family.consents import Agreed, Signature, signer, words_of
from gongji.services.outcomes import Done
from gongji.services.store import Books
from gongji.services.wallets import wallets

WALLET: Final = "wallet"
PHONE: Final = "wallet_phone"


class Opening(Struct, frozen=True, kw_only=True):
    """A wallet to be opened for `person_id`, for use in `region` (None: where he is insured)."""

    at: datetime
    person_id: int
    phone: str
    agreed: Agreed
    region: str | None = None


class Opened(Struct, frozen=True, kw_only=True):
    """What is on record of an opening: the phone, the very words agreed to, how they were signed, and by whom."""

    phone: str
    text: ConsentText
    sha256: str
    signature: Signature
    actor: Actor


class PhoneChanged(Struct, frozen=True, kw_only=True):
    """What is on record of another phone: the number, the one before ("" for none), and who decided it."""

    phone: str
    was: str
    actors: tuple[Actor, ...]


def opening_scope(*people: int) -> Scope:
    """Return what has to be loaded for the wallets of these people."""
    return Scope(people=set(people), dossiers_of={(kind, one) for kind in (WALLET, PHONE) for one in people})


def open_as(books: Books, policy: PolicyBook, actor: Actor, opening: Opening) -> Done | Refused:
    """Open a wallet and keep what was agreed to. A wallet that is open stays as it is, and is told to be open."""
    person = books.registry.people.get(opening.person_id)
    if person is None or not person.alive:
        return Refused(Refusal.PERSON_UNKNOWN, subject="person")
    if person.wallet_open:
        return Done(state="open")
    text = words_of(books, signer(actor), WALLET, opening.agreed)
    if isinstance(text, Refused):
        return text
    done = wallets.open_wallet(books, policy, opening.person_id, opening.at, opening.region)
    if isinstance(done, Refused):
        return done
    form = Opened(phone=opening.phone, text=text, sha256=text.sha256, signature=opening.agreed.signature, actor=actor)
    books.dossiers.put(
        Dossier(
            dossier_id=f"{WALLET}-{books.ledger.take_id('dossier')}",
            kind=WALLET,
            made_at=opening.at,
            parties=(opening.person_id,),
            state="open",
            content=filed(form),
        )
    )
    return done


def change_phone(books: Books, person_id: int, phone: str, actors: tuple[Actor, ...], at: datetime) -> str:
    """Let a person's wallet go with another phone, as `actors` decided; return the number of the record.

    What he signed when it was opened stays as it was.
    """
    form = PhoneChanged(phone=phone, was=phone_of(books, person_id), actors=actors)
    number = f"{PHONE}-{books.ledger.take_id('dossier')}"
    books.dossiers.put(
        Dossier(dossier_id=number, kind=PHONE, made_at=at, parties=(person_id,), state="changed", content=filed(form))
    )
    return number


def phone_of(books: Books, person_id: int) -> str:
    """Return the phone that the person's wallet goes with: of its opening, or another since; "" for none on record."""
    several = [*books.dossiers.of(WALLET, person_id), *books.dossiers.of(PHONE, person_id)]
    if not several:
        return ""
    last = max(several, key=lambda one: (one.made_at, int(one.dossier_id.rpartition("-")[2])))
    return opened(last, PhoneChanged).phone if last.kind == PHONE else opened(last, Opened).phone
