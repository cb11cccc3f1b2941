"""The roof: policy files read once and kept, keys made once and kept private, clocks set and ticking."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gongji.gateways.policy_files import read_policies
from gongji.rules.bundle import PolicyError
from gongji.wiring import SettingError, Wiring, read_key

POLICIES = Path(__file__).parents[2] / "policies"


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "policies"
    shutil.copytree(POLICIES, copy, ignore=shutil.ignore_patterns(".*"))
    return copy


def silent(_):
    pass


def test_a_compiled_bundle_is_kept_beside_the_files_and_read_the_next_time(folder):
    book, bundle = read_policies(folder)

    assert (folder / ".bundle.json").read_bytes().endswith(bundle)
    again, same = read_policies(folder)
    assert same == bundle
    assert again.digest == book.digest


def test_a_changed_file_is_compiled_anew(folder):
    before = read_policies(folder)[0]
    file = folder / "310000-shanghai.toml"
    file.write_text(file.read_text("utf-8").replace("上海市", "上海", 1), "utf-8")

    assert read_policies(folder)[0].digest != before.digest


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"x" * 1000])
def test_a_damaged_bundle_is_compiled_anew(folder, damage):
    before = read_policies(folder)[0]
    kept = folder / ".bundle.json"
    kept.write_bytes(kept.read_bytes()[:200] + damage)

    assert read_policies(folder)[0].digest == before.digest


def test_a_folder_that_cannot_be_written_to_does_no_harm(folder):
    (folder / ".bundle.json").mkdir()  # even root cannot put a file there

    assert read_policies(folder)[0].regions


def test_problems_of_the_files_are_all_told(folder):
    (folder / "310000-shanghai.toml").write_text("region = [", "utf-8")

    with pytest.raises(PolicyError, match=r"310000-shanghai\.toml"):
        read_policies(folder)


def test_a_folder_without_policy_files_is_no_policy_book(tmp_path):
    with pytest.raises(PolicyError, match="no policy files"):
        read_policies(tmp_path)


def test_a_key_is_made_once_and_nobody_else_can_read_it(tmp_path):
    said: list[str] = []
    file = tmp_path / "data" / "key"

    key = read_key(file, said.append)

    assert len(key) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_key(file, said.append) == key
    assert len(said) == 1
    assert [one.name for one in file.parent.iterdir()] == ["key"]


def test_a_key_of_another_length_is_refused(tmp_path):
    (tmp_path / "key").write_bytes(b"short")
    (tmp_path / "key").chmod(0o600)

    with pytest.raises(SettingError, match="32 bytes"):
        read_key(tmp_path / "key", silent)


def test_a_key_that_others_can_read_is_not_taken(tmp_path):
    (tmp_path / "key").write_bytes(bytes(32))
    (tmp_path / "key").chmod(0o640)

    with pytest.raises(SettingError, match="chmod 600"):
        read_key(tmp_path / "key", silent)


@pytest.mark.parametrize(
    "url", ["http://gongji.example", "ftp://gongji.example", "gongji.example", "https://", "https://a@b"]
)
def test_tokens_and_cookies_go_over_no_address_that_anybody_can_listen_to(url):
    with pytest.raises(SettingError, match="GONGJI_PUBLIC_URL"):
        Wiring({"GONGJI_PUBLIC_URL": url}).public_url()


def test_the_public_address_is_https_or_this_very_machine():
    assert Wiring({"GONGJI_PUBLIC_URL": "https://gongji.example/"}).public_url() == "https://gongji.example"
    assert Wiring({"GONGJI_PUBLIC_URL": "http://127.0.0.1:8080"}).public_url() == "http://127.0.0.1:8080"
    assert Wiring({}).public_url() is None


def test_the_data_folder_is_the_one_given_then_the_setting_then_var():
    assert Wiring({"GONGJI_DATA": "/a"}).data_folder(Path("/b")) == Path("/b")
    assert Wiring({"GONGJI_DATA": "/a"}).data_folder(None) == Path("/a")
    assert Wiring({}).data_folder(None) == Path("var")


def test_a_clock_that_was_set_ticks_on_from_there():
    start = datetime(2025, 6, 1, 10)
    clock = Wiring({}).clock(start)

    first, second = clock(), clock()

    assert start <= first <= second < start + timedelta(minutes=1)
