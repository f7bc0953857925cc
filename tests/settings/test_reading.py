"""A settings file gives what it sets; what is wrong in it is told by its line, and costs nothing else."""

from pathlib import Path

import pytest

from tcpladder.settings.reading import SettingsFile, read_settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def read(path: Path, text: str | bytes) -> SettingsFile:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_settings(path)


def told(file: SettingsFile) -> list[str]:
    return [str(problem).removeprefix(str(file.path)) for problem in file.problems]


GOOD = """version = 1
theme = "light"
[tshark]
decode_as = [
  "tcp.port==8443,tls",
]
[keys]
ladder.back = "b"
"list.open" = "o"
[names]
"10.0.0.1" = "web"
"""


def test_what_is_set_is_known_with_its_line(path: Path):
    file = read(path, GOOD)
    assert file.values == {
        "theme": "light",
        "tshark.decode_as": ("tcp.port==8443,tls",),
        "keys": {"ladder.back": "b", "list.open": "o"},
        "names": {"10.0.0.1": "web"},
    }
    assert file.lines["tshark.decode_as"] == 4
    assert file.lines["keys.list.open"] == 9
    assert not file.problems


def test_a_file_of_windows_is_as_good(path: Path):
    assert read(path, "\ufeff" + GOOD.replace("\n", "\r\n")).values == read(path, GOOD).values


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("recent_files = 101", "recent_files has to be a whole number from 0 to 100; it is 101."),
        ("color = 'no'", 'color has to be true or false; it is "no".'),
        ("colour = true", "There is no setting 'colour'. Did you mean color?"),
        ("zebra = 1", "There is no setting 'zebra'."),
        ("theme = ", "This is no TOML: Invalid value."),
        ("theme = 'wireshark'", "theme is set in line 2 already; that holds."),
        ("names.'10.0.0.2' = 3", "10.0.0.2 in [names] has to be text, in quotes; it is 3."),
        ("version = 'one'", 'version has to be a whole number, such as 1; it is "one".'),
    ],
)
def test_what_is_wrong_is_told_by_its_line_and_the_rest_holds(path: Path, line: str, sentence: str):
    file = read(path, f'# mine\ntheme = "light"\n{line}\nascii = true\n')
    assert file.values == {"theme": "light", "ascii": True}
    assert told(file) == [f":3: {sentence}"]


def test_below_a_header_that_is_no_toml_nothing_is_taken_for_something_else(path: Path):
    file = read(path, '[tshark\ntheme = "light"\n[names]\n"10.0.0.1" = "web"\n')
    assert file.values == {"names": {"10.0.0.1": "web"}}
    assert [problem.line for problem in file.problems] == [1]


def test_of_a_newer_file_what_is_known_is_taken_and_one_line_says_so(path: Path):
    file = read(path, 'version = 2\ntheme = "light"\nhologram = true\n[tshark]\nwarp = 9\n')
    assert file.values == {"theme": "light"}
    (line,) = told(file)
    assert line.startswith(":1: It is made for a newer tcpladder")


def test_a_file_that_is_not_there_is_wrong_only_if_it_was_named(path: Path):
    assert not read_settings(path).problems
    assert told(read_settings(path, is_wanted=True)) == [": There is no such file."]


def test_where_no_file_could_be_seen_there_is_none(path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path.write_text('theme = "light"')
    monkeypatch.setattr(Path, "stat", refuse)
    assert read_settings(path) == SettingsFile(path=path)
    assert read_settings(path, is_wanted=True).values == {"theme": "light"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'theme = "light"\n\xff\xfe', ":2: It is not UTF-8; the defaults hold."),
        (b"#" * ((1 << 20) + 1), ": It is too large for a file of settings; the defaults hold."),
    ],
)
def test_a_file_that_is_none_is_told_in_one_line(path: Path, content: bytes, sentence: str):
    file = read(path, content)
    assert told(file) == [sentence]
    assert not file.values


def test_a_directory_is_no_file(tmp_path: Path):
    assert told(read_settings(tmp_path)) == [": It can't be read (Is a directory); the defaults hold."]


def test_what_a_terminal_would_obey_reaches_none(path: Path):
    file = read(path, '"\\u001b[2J" = 1\ntheme = "\\u001b]0;x\\u0007"\nx\x1b[2J = 3\n')
    assert len(file.problems) == 3
    assert "\x1b" not in "".join(told(file))
