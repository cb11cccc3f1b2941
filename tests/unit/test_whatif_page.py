"""The page on the what-if, held to the program that writes it."""

from docs import whatif_page

PAGE_BYTES_MAX = 200_000


def test_the_page_and_its_report_are_fresh_and_small():
    files = whatif_page.files()

    stale = [path.name for path, content in files.items() if path.read_text(encoding="utf-8") != content]
    assert not stale, "run: python docs/build.py"
    assert {path for path in whatif_page.FOLDER.iterdir() if path != whatif_page.REFORM} == set(files) - {
        whatif_page.PAGE
    }
    assert sum(len(content.encode()) for content in files.values()) < PAGE_BYTES_MAX
