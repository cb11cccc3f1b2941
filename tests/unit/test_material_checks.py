"""What people send as a paper: told by content, drawn or written anew, and refused where it can act."""

import io

import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.annotations import Link
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from gongji.services.office import material_checks
from gongji.services.office.material_checks import BYTES_MAX, KindError, MaterialError, TooLongError, checked
from tests.review_world import pdf, picture, scripted


@pytest.mark.parametrize(("name", "told"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_picture_is_drawn_anew_and_nothing_hidden_behind_it_stays(name, told):
    content = picture(name, (20, 10)) + b"<script>alert(1)</script>MZ\x90"

    kept = checked(content)

    assert kept.format == told
    assert b"script" not in kept.content
    assert Image.open(io.BytesIO(kept.content)).size == (20, 10)


def test_what_a_picture_says_of_the_phone_that_took_it_is_left_out():
    picture_, told = Image.new("RGB", (9, 5)), io.BytesIO()
    exif = Image.Exif()
    exif[0x0110] = "a phone"
    exif[0x0112] = 6  # turned
    picture_.save(told, "JPEG", exif=exif)

    kept = Image.open(io.BytesIO(checked(told.getvalue()).content))

    assert not kept.getexif()
    assert kept.size == (5, 9)


def test_a_pdf_keeps_its_pages():
    kept = checked(pdf())

    assert kept.format == "application/pdf"
    assert len(PdfReader(io.BytesIO(kept.content)).pages) == 1


def launching(writer):
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("a.exe")})
    note = Link(rect=(0, 0, 9, 9), url="https://example.org")
    note[NameObject("/A")] = action
    writer.add_annotation(0, note)


@pytest.mark.parametrize(
    "change",
    [
        scripted,
        lambda writer: writer.add_attachment("a.exe", b"MZ"),
        launching,
        lambda writer: writer.encrypt("secret"),
    ],
)
def test_a_pdf_that_acts_hides_or_is_locked_is_refused(change):
    with pytest.raises(MaterialError):
        checked(pdf(change))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", MaterialError),
        (b"MZ\x90\x00 a program", KindError),
        (b"GIF89a", KindError),
        (b"<svg onload='x'/>", KindError),
        (b"\x89PNG\r\n\x1a\n cut off", MaterialError),
        (b"\xff\xd8\xff no picture", MaterialError),
        (b"%PDF-1.7 nothing", MaterialError),
        (b"%PDF-" + b" " * BYTES_MAX, TooLongError),
    ],
)
def test_what_is_no_paper_is_refused(content, error):
    with pytest.raises(error):
        checked(content)


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_drawn(monkeypatch):
    monkeypatch.setattr(material_checks, "PIXELS_MAX", 99)

    with pytest.raises(TooLongError):
        checked(picture(size=(10, 10)))
