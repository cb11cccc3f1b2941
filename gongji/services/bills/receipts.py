"""Receipts 票据: each counts once, for one reimbursement, until that is taken back."""

import hashlib
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed
from gongji.domain.refusals import Refusal, Refused
from gongji.services.store import Books

RECEIPT: Final = "receipt"


class Receipt(Struct, frozen=True, kw_only=True):
    """A receipt by its number and by whose number that is: an institution, or the region of the office that took it."""

    issuer: str
    number: str

    @property
    def dossier_id(self) -> str:
        """Return the id of its dossier, which a batch has to name."""
        told = f"{self.issuer}\n{self.number}"
        return f"{RECEIPT}-{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def use(books: Books, receipt: Receipt, claim: str, at: datetime) -> Refused | None:
    """Keep a receipt as used for a claim, or return RECEIPT_ALREADY_USED."""
    known = books.dossiers.get(receipt.dossier_id)
    if known is not None and known.state == _USED:
        return Refused(Refusal.RECEIPT_ALREADY_USED, subject=receipt.number)
    fresh = known or Dossier(dossier_id=receipt.dossier_id, kind=RECEIPT, made_at=at)
    books.dossiers.put(replace(fresh, state=_USED, content=filed(_For(claim=claim))))
    return None


def free(books: Books, receipt: Receipt) -> None:
    """Let a receipt be used again: its claim was taken back."""
    known = books.dossiers.get(receipt.dossier_id)
    if known is not None:
        books.dossiers.put(replace(known, state=_FREE))


# Helpers

_USED: Final = "used"
_FREE: Final = "free"


class _For(Struct, frozen=True, kw_only=True):
    claim: str
