"""Exports: what spreadsheet programs and paper are given, and that no text in it can do harm."""

import csv
import io
import sys
from datetime import datetime

import pytest
from markupsafe import escape
from msgspec.structs import replace
from openpyxl import load_workbook
from pypdf import PdfReader

from gongji.channels.exports.files import as_csv, as_workbook
from gongji.channels.exports.papers import NoPaperError, as_pdf, bill_page, sheet_page
from gongji.channels.exports.sheets import Fen, statement_sheet, uses_sheet
from gongji.channels.exports.words import EXPORT, KINDS, PLACES, RELATIONS
from gongji.channels.figures import capitals
from gongji.channels.sample_bills import settled_bills
from gongji.domain.account import Account, Pocket
from gongji.domain.family import Relation
from gongji.ledger.records import EntryKind
from gongji.ledger.stretches import Point
from gongji.rules.bundle import compile_book
from gongji.services.accounts.movements import Movement
from gongji.services.accounts.statements import Asked, Statement
from gongji.services.accounts.uses import Use, Uses
from gongji.services.bills.bill_sheets import bill_sheet
from gongji.services.bills.rechecks import Bundles
from tests.statement_checks import sure

ME, MOTHER = 2, 1
SUMMER, NOW = datetime(2025, 6, 1, 10), datetime(2026, 2, 1, 12)
OWN, POT = Account(ME, Pocket.CARRY_OVER), Account(ME, Pocket.POT, MOTHER)


def moved(kind, account, fen, balance_fen, number, **more):
    at = datetime(2025, 6, number, 10)
    plain = Movement(
        point=Point(at, number), recorded_at=at, kind=kind, account=account, amount_fen=fen, balance_fen=balance_fen
    )
    return replace(plain, **more)


@pytest.fixture
def statement():
    """Return a statement of a son whose mother's name would be a formula."""
    movements = (
        moved(EntryKind.SETTLEMENT, OWN, -1234_50, 765_55, 3, person_id=MOTHER, place="hospital", quota=True),
        moved(EntryKind.REVERSAL, OWN, 5, 2000_05, 2, person_id=MOTHER, undoes=True),
        moved(EntryKind.ALLOCATION, POT, 1001_05, 1001_05, 1, person_id=MOTHER, recorded_at=None),
    )
    return Statement(
        asked=Asked(person_id=ME, since=datetime(2025, 6, 1), until=datetime(2025, 7, 1)),
        opening={OWN: 2000_00},
        closing={OWN: 765_55, POT: 1001_05},
        movements=movements,
        after=None,
        names={MOTHER: "=cmd|' /C calc'!A0"},
        relations={MOTHER: Relation.PARENT},
    )


def rows_of(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_tells_each_movement_and_no_name_becomes_a_formula(statement):
    rows = rows_of(as_csv(statement_sheet(statement, "@李明", "zh", NOW)))

    assert rows[0] == ["医保个人账户对账单"]
    assert ["姓名", "'@李明"] in rows
    assert ["期间", "2025-06-01 至 2025-06-30"] in rows
    assert ["期初余额 · 历年结余", "2000.00"] in rows
    assert ["期末余额 · 合计", "1766.60"] in rows
    assert rows[-3] == [
        "2025-06-03 10:00:00", "同时", "看病买药：医院，共济额度", "历年结余", "'=cmd|' /C calc'!A0（父母）",
        "-1234.50", "765.55",
    ]  # fmt: skip
    assert rows[-2][2] == "退费撤销"
    assert rows[-1][1:4] == ["待记账", "划入家庭共济账户", "家庭共济账户（给=cmd|' /C calc'!A0）"]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_whatever_may_begin_a_formula_is_held_off(statement, begin):
    rows = rows_of(as_csv(statement_sheet(statement, f"{begin}1", "zh", NOW)))

    assert ["姓名", f"'{begin}1"] in rows


def test_a_workbook_holds_amounts_as_numbers_and_all_else_as_text(statement):
    content = as_workbook(statement_sheet(statement, "=1+1", "en", NOW))

    page = sure(load_workbook(io.BytesIO(content)).active)
    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    numbers = {cell.value for cell in cells if cell.data_type == "n"}
    assert {-1234.5, 765.55, 0.05, 2000.05, 1001.05, 2000, 1766.6} <= numbers
    assert {cell.number_format for cell in cells if cell.data_type == "n"} == {"#,##0.00"}
    assert "=1+1" in {cell.value for cell in cells}
    assert content == as_workbook(statement_sheet(statement, "=1+1", "en", NOW))


def test_uses_tell_amount_day_and_kind_of_place():
    use = Use(entry_id=1, at=SUMMER, member_id=MOTHER, kind=EntryKind.SETTLEMENT, amount_fen=12_30, place="pharmacy")
    uses = Uses(uses=(use,), months={(MOTHER, "2025-06"): 12_30}, names={MOTHER: "王秀兰"}, relations={})

    sheet = uses_sheet(uses, "李明", "zh", since=SUMMER, until=NOW, made_at=NOW)

    assert sheet.rows == (("2025-06-01 10:00:00", "王秀兰", "", "看病买药", "药店", Fen(12_30)),)
    assert ("2025-06 · 王秀兰", Fen(12_30)) in sheet.facts


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_place_and_relation_has_its_words(lang):
    assert set(KINDS[lang]) == set(EntryKind)
    assert set(RELATIONS[lang]) == set(Relation)
    assert EXPORT["zh"].keys() == EXPORT["en"].keys()
    assert PLACES["zh"].keys() == PLACES["en"].keys()


def text_of(content):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\n", "")


def test_a_statement_on_paper_says_the_same_and_takes_no_markup(statement):
    told = replace(statement, names={MOTHER: "<b>王</b>"})

    page = sheet_page(statement_sheet(told, "李明", "zh", NOW))
    text = text_of(as_pdf(page))

    assert "&lt;b&gt;王&lt;/b&gt;（父母）" in page
    assert "−1,234.50" in text
    assert "壹仟柒佰陆拾陆元陆角" in text
    assert "第 1 页" in text


def test_an_empty_statement_says_so(statement):
    page = sheet_page(statement_sheet(replace(statement, movements=()), "李明", "zh", NOW))

    assert "这段时间没有收支。" in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_bill_on_paper_names_every_payer_with_amount_and_rule(settled, lang):
    store, number = settled

    sheet = sure(bill_sheet(store, Bundles(store), number, lang))
    page = bill_page(sheet, lang, NOW)
    text = text_of(as_pdf(page))

    for payer in sheet.payers:
        assert escape(payer.line.who) in page
    for row in sheet.citations.values():
        assert row.rule_id in text.replace(" ", "")
        assert row.source.named(lang).split()[0] in page
    assert EXPORT[lang]["account_fen"] in page
    assert capitals(sheet.settlement.total_fen) in text


@pytest.fixture
def settled(policy_files):
    """Return books with a sample bill of a family, and its number."""
    policy, bundle = compile_book(policy_files)
    bill = next(bill for bill in settled_bills(policy, bundle, seed=7))
    return bill.store, bill.number


def test_a_paper_fetches_nothing(tmp_path, caplog):
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text y='9'>SECRET</text></svg>", "utf-8")

    content = as_pdf(f"<p>told</p><img src='{secret.as_uri()}'>")

    assert text_of(content) == "told"
    assert "disallowed protocol" in caplog.text


def test_a_machine_without_the_libraries_is_told_which(monkeypatch):
    class Broken:
        def find_spec(self, name, *_):
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])

    with pytest.raises(NoPaperError, match="apt install libpango"):
        as_pdf("<p>")


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (1001_05, "壹仟零壹元零伍分"),
        (1409_50, "壹仟肆佰零玖元伍角"),
        (6007_14, "陆仟零柒元壹角肆分"),
        (107000_53, "壹拾万零柒仟元伍角叁分"),
        (16409_02, "壹万陆仟肆佰零玖元零贰分"),
        (325_04, "叁佰贰拾伍元零肆分"),
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角"),
        (10_00, "壹拾元整"),
        (20_30, "贰拾元叁角"),
        (100000_00, "壹拾万元整"),
        (100001000_00, "壹亿零壹仟元整"),
        (1234567890_12, "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"),
    ],
)
def test_capitals_are_written_as_on_cheques(fen, said):
    assert capitals(fen) == said


@pytest.mark.parametrize("fen", [-1, 10**15])
def test_capitals_of_what_no_cheque_holds_are_refused(fen):
    with pytest.raises(ValueError, match="neither negative"):
        capitals(fen)
