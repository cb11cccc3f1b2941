"""1301 to 1319, 1901 and 9102: the sample catalogue as files and pages, and the code dictionaries."""

import io
import zipfile

import pytest

from gongji.channels.national.dictionaries import dictionaries
from gongji.channels.national.transactions.catalogue_files import DOWNLOADS, layouts
from gongji.registry.catalogue import sample_catalogue
from tests.national_world import CATCH_ALL, DRUG_A, DRUG_B_CEILING, EXAM, WUXI_HOSPITAL, World, refused

ITEMS = sample_catalogue().items
PAGE = {"updt_time": "2020-01-01", "page_num": 1, "page_size": 1000}


@pytest.fixture
def client():
    return World().client()


def file_of(client, infno, ver="0", **changes):
    named = client.done(infno, {"data": {"ver": ver}})
    asked = {"filename": "plc", "fixmedins_code": WUXI_HOSPITAL, "file_qury_no": named["file_qury_no"]} | changes
    raw = client.raw("9102", {"fsDownloadIn": asked})
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        [name] = archive.namelist()
        return named, archive.read(name).decode("utf-8")


@pytest.mark.parametrize("infno", DOWNLOADS)
def test_a_catalogue_is_named_and_fetched_as_a_file_of_lines_with_tabs(client, infno):
    named, text = file_of(client, infno)

    lines = text.splitlines()
    assert len(lines) == named["data_cnt"]
    if infno not in layouts():
        assert lines == []
        return
    columns = layouts()[infno].columns
    assert lines
    for line in lines:
        cells = dict(zip(columns, line.split("\t"), strict=True))
        code = cells.pop("医疗目录编码")
        assert cells.pop("有效标志") == "1"
        assert ITEMS[code].name in cells.values()
        assert "null" in cells.values()


def test_every_kind_of_goods_stands_in_its_own_file(client):
    codes = {infno: {line.split("\t")[0] for line in file_of(client, infno)[1].splitlines()} for infno in layouts()}

    assert DRUG_A in codes["1301"]
    assert EXAM in codes["1305"]
    assert all(code.startswith("T") for code in codes["1302"])
    assert all(code.startswith("C") for code in codes["1306"])


def test_the_same_catalogue_is_the_same_file_under_its_own_name_too(client):
    named, text = file_of(client, "1301")

    assert file_of(client, "1301", filename=named["filename"], fixmedins_code="plc") == (named, text)
    assert named["dld_end_time"] == "2025-06-09 10:00:00"


def test_whoever_has_the_version_gets_an_empty_file(client):
    _, text = file_of(client, "1301")
    version = text.splitlines()[0].split("\t")[layouts()["1301"].columns.index("版本号")]

    named, again = file_of(client, "1301", ver=version)

    assert (named["data_cnt"], again) == (0, "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"file_qury_no": "nothing"}, "file_qury_no"),
        ({"file_qury_no": "fsi/plc/1304-newest"}, "file_qury_no"),
        ({"file_qury_no": "fsi/plc/1301-0123456789ab"}, "file_qury_no"),
        ({"file_qury_no": "fsi/plc/../1301-newest"}, "file_qury_no"),
        ({"filename": "other"}, "filename"),
        ({"fixmedins_code": "H999"}, "fixmedins_code"),
    ],
)
def test_what_is_no_file_is_refused_in_the_shape_of_a_message(client, changes, field):
    asked = {"filename": "plc", "fixmedins_code": "plc", "file_qury_no": "fsi/plc/1301-newest"} | changes

    refused(client.ask("9102", {"fsDownloadIn": asked}), "MESSAGE_MALFORMED", f"{field}：")


def page(client, infno, **asked):
    return client.done(infno, {"data": PAGE | asked})


def codes(output):
    return [row["hilist_code"] for row in output["data"]]


def test_pages_follow_one_another_without_gap(client):
    whole = codes(page(client, "1312"))
    pages = [page(client, "1312", page_num=number, page_size=10) for number in range(1, 7)]

    assert whole == sorted(ITEMS)
    assert [code for one in pages for code in codes(one)] == whole
    first, fifth, beyond = pages[0], pages[4], pages[5]
    assert (first["firstPage"], first["lastPage"], first["pages"], first["recordCounts"]) == (
        True,
        False,
        5,
        len(ITEMS),
    )
    assert (fifth["lastPage"], fifth["startRow"], fifth["endRow"], fifth["size"]) == (True, 41, len(ITEMS), 8)
    assert (beyond["size"], beyond["startRow"], beyond["endRow"]) == (0, 0, 0)


def test_items_are_found_by_what_the_catalogue_knows_of_them(client):
    assert codes(page(client, "1312", hilist_code=DRUG_A)) == [DRUG_A]
    assert codes(page(client, "1312", hilist_name="阿莫西林", chrgitm_lv="01", list_type="101")) == [DRUG_A]
    assert codes(page(client, "1312", hilist_name="阿莫西林", chrgitm_lv="02")) == []
    assert codes(page(client, "1312", hilist_code=DRUG_A, pinyin="AMXL")) == []
    assert codes(page(client, "1312", vali_flag="0")) == []
    assert [row["insu_admdvs"] for row in page(client, "1316", hilist_code=DRUG_A)["data"]] == ["320200"]
    elsewhere = page(client, "1316", hilist_code=DRUG_A, insu_admdvs="370100")["data"]
    assert [(row["insu_admdvs"], row["med_list_codg"]) for row in elsewhere] == [("370100", DRUG_A)]


def test_price_ceilings_and_first_self_pay_are_those_that_bills_are_split_by(client):
    ceilings = {row["hilist_code"]: row["hilist_pric_uplmt_amt"] for row in page(client, "1318")["data"]}
    shares = {row["hilist_code"]: row["selfpay_prop"] for row in page(client, "1319")["data"]}

    assert {code: int(yuan * 100) for code, yuan in ceilings.items()} == {
        code: item.ceiling_fen for code, item in ITEMS.items() if item.ceiling_fen is not None
    }
    assert DRUG_B_CEILING in ceilings
    assert {code: int(share * 10_000) for code, share in shares.items()} == {
        code: item.first_self_pay for code, item in ITEMS.items()
    }


def test_what_the_catalogue_lacks_is_an_empty_page(client):
    for infno in ("1304", "1317"):
        output = page(client, infno)
        assert (output["data"], output["recordCounts"], output["lastPage"]) == ([], 0, True)


@pytest.mark.parametrize(("name", "value"), [("page_num", 0), ("page_size", 0), ("page_size", 1001)])
def test_a_page_that_there_cannot_be_is_refused_by_name(client, name, value):
    refused(client.ask("1312", {"data": PAGE | {name: value}}), "MESSAGE_MALFORMED", f"{name}：")


def dictionary(client, name, **more):
    data = {"type": name, "admdvs": "320200", "date": "2025-06-02", "valiFlag": "1"} | more
    return client.ask("1901", {"data": data}, CATCH_ALL)


def test_every_dictionary_is_told_code_by_code(client):
    for name, known in dictionaries().items():
        rows = dictionary(client, name)["output"]["list"]
        assert {row["value"]: row["label"] for row in rows} == known.entries
        assert [row["sort"] for row in rows] == list(range(1, len(rows) + 1))


def test_a_dictionary_may_be_asked_for_in_capitals_and_has_nothing_below_or_outdated(client):
    assert {row["type"] for row in dictionary(client, "GEND")["output"]["list"]} == {"GEND"}
    assert dictionary(client, "gend", valiFlag="0")["output"]["list"] == []
    assert dictionary(client, "gend", parentValue="1")["output"]["list"] == []
    refused(dictionary(client, "unheard_of"), "MESSAGE_MALFORMED", "type：", "unheard_of")
