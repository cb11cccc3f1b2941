"""Tables as files that spreadsheet programs open: CSV and workbooks. No cell of text can become a formula."""

import csv
import io
from decimal import Decimal
from typing import Final

import xlsxwriter

from gongji.channels.exports.sheets import Cell, Fen, Sheet
from gongji.domain.money import yuan

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet program may take for the beginning of a formula, full-width twins included."""

_WIDEST: Final = 40


def as_csv(sheet: Sheet) -> bytes:
    """Return a table as CSV in UTF-8 with a mark at the front, by which spreadsheet programs know it."""
    told = io.StringIO(newline="")
    writer = csv.writer(told)
    writer.writerow([_text(sheet.title)])
    writer.writerows([_text(label), _written(cell)] for label, cell in sheet.facts)
    writer.writerow([])
    writer.writerow([_text(heading) for heading in sheet.headings])
    writer.writerows([_written(cell) for cell in row] for row in sheet.rows)
    return told.getvalue().encode("utf-8-sig")


def as_workbook(sheet: Sheet) -> bytes:
    """Return a table as an XLSX workbook: amounts are numbers in yuan with two decimals, all else is text."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"title": sheet.title, "created": sheet.made_at})
        page = book.add_worksheet(sheet.title[:31])
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})

        def put(row: int, column: int, cell: Cell) -> None:
            if isinstance(cell, Fen):
                page.write_number(row, column, Decimal(yuan(cell.fen)), money)
            else:
                page.write_string(row, column, cell)

        page.write_string(0, 0, sheet.title, bold)
        for row, (label, cell) in enumerate(sheet.facts, 1):
            put(row, 0, label)
            put(row, 1, cell)
        head = len(sheet.facts) + 2
        for column, heading in enumerate(sheet.headings):
            page.write_string(head, column, heading, bold)
            page.set_column(column, column, _width(sheet, column))
        for row, cells in enumerate(sheet.rows, head + 1):
            for column, cell in enumerate(cells):
                put(row, column, cell)
        page.freeze_panes(head + 1, 0)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.repeat_rows(head)
    return content.getvalue()


# Helpers


def _written(cell: Cell) -> str:
    return yuan(cell.fen) if isinstance(cell, Fen) else _text(cell)


def _text(text: str) -> str:
    """Return text as a spreadsheet program will not reckon with it: with an apostrophe before what begins a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _width(sheet: Sheet, column: int) -> int:
    cells = [sheet.headings[column], *(_written(row[column]) for row in sheet.rows)]
    wide = max(sum(2 if ord(sign) > 0x2E7F else 1 for sign in text) for text in cells)
    return min(_WIDEST, wide + 2)
