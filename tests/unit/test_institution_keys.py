"""The file of keys: read strictly, by its owner alone, and never shown."""

import pytest
from gmssl_pyx import sm2_key_generate

from gongji.channels.national.signing.keys import InstitutionKey, KeyFileError, KeyRing, SampleKeys, read_keys
from gongji.wiring import SettingError, Wiring, read_institution_keys

POINT = "04" + sm2_key_generate()[0].hex()
SECRET = "hush-hush-hush"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[H1]\nsecrett = 'hush-hush-hush'", ["H1", "secrett"]),
        ("[H1]\nsecret = 5", ["H1", "secret"]),
        ("H1 = 'hush-hush-hush'", ["H1"]),
        ("[H1]\nsecret = ''", ["H1", "secret", "empty"]),
        ("[H1]\nsm2_public_key = 'hush-hush-hush'", ["H1", "sm2_public_key"]),
        (f"[H1]\nsm2_public_key = '{POINT[:-1]}'", ["H1", "sm2_public_key"]),
        (f"[H1]\nsm2_public_key = '{'11' * 64}'", ["H1", "sm2_public_key"]),
        ("[H1]\ntoken = 'hush-hush-hush'\npaasid = 'H2'\n[H2]\ntoken = 'x'", ["H2", "paasid", "H1"]),
        ("[H1", ["(at "]),
        ("[H1]\nsecret = 'hush-hush-hush'\nsecret = 'x'", ["(at "]),
    ],
)
def test_a_file_that_is_not_sound_is_refused_by_institution_and_key_and_tells_no_secret(text, words):
    with pytest.raises(KeyFileError) as fault:
        read_keys(text)

    assert all(word in str(fault.value) for word in words)
    assert SECRET not in str(fault.value)


def test_keys_are_found_by_institution_and_by_paasid():
    keys = read_keys(f"[H1]\nsecret = '{SECRET}'\nsm2_public_key = '{POINT}'\n[H2]\ntoken = 't'\npaasid = 'gateway'\n")

    assert keys.of("H1").secret == SECRET
    assert keys.sm2_point("H1") == bytes.fromhex(POINT[2:])
    assert (keys.signer("gateway"), keys.signer("H1"), keys.signer("H2")) == ("H2", "H1", None)
    assert keys.of("H9") == InstitutionKey()
    assert keys.sm2_point("H2") is None


def test_a_key_does_not_show_itself():
    assert SECRET not in repr(InstitutionKey(secret=SECRET))
    assert SECRET not in repr(KeyRing({"H1": InstitutionKey(secret=SECRET)}))


def test_sample_keys_differ_by_institution_and_are_published_whole():
    sample = SampleKeys(["H1", "H2"])
    again = SampleKeys(["H1"]).published()["H1"]
    first, second = sample.published().values()

    assert all(first[name] != second[name] for name in first)
    assert (first["secret"], first["token"], first["api_key"]) == (again["secret"], again["token"], again["api_key"])
    assert sample.ring.of("H1").sm2_public_key == first["sm2_public_key"]
    assert len(bytes.fromhex(first["sm2_private_key"])) == 32


# The file itself


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "institution-keys.toml"
    file.write_text(f"[H1]\nsecret = '{SECRET}'\n", encoding="utf-8")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_that_others_may_touch_is_refused(file, mode):
    file.chmod(mode)

    with pytest.raises(SettingError, match="chmod 600"):
        read_institution_keys(file)


def test_the_file_is_found_in_the_data_folder_or_where_the_setting_says(file, tmp_path):
    assert Wiring({}).institution_keys(tmp_path / "none") is None
    in_data = Wiring({}).institution_keys(tmp_path)
    named = Wiring({"GONGJI_INSTITUTION_KEYS": str(file)}).institution_keys(tmp_path / "none")
    assert in_data is not None
    assert named is not None
    assert in_data.of("H1").secret == named.of("H1").secret == SECRET


def test_a_file_that_is_named_must_be_there_and_be_readable_text(file, tmp_path):
    with pytest.raises(SettingError, match="cannot be read"):
        Wiring({"GONGJI_INSTITUTION_KEYS": str(tmp_path / "none.toml")}).institution_keys(None)
    file.write_bytes(b"\xff")
    with pytest.raises(SettingError, match="UTF-8"):
        read_institution_keys(file)
    file.write_text("[H1]\nsecret = 5", encoding="utf-8")
    with pytest.raises(SettingError, match=r"institution-keys\.toml: H1: "):
        read_institution_keys(file)
