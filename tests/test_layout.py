"""Tests lie in the same tree and under the same names as what they test (CONTRIBUTING.md)."""

from pathlib import Path

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "tcpladder"

NEEDS_NO_TEST = {
    "__init__.py": "says what a package is for",
    "__main__.py": "calls the console command; tests of cli/main.py run it in a process of its own",
    "capture/reader.py": "records and a protocol; every reader's tests use them",
    "report/table_rows.py": "a record and a protocol; every table's tests use them",
    "rulebook/findings.py": "records; the tests of judging use them",
    "rulebook/levels.py": "enumerations; the tests of judging use them",
    "rulebook/rule.py": "records; the tests of judging use them",
    "rulebook/survey.py": "a record; the rules about hosts are run on it",
    "tcp/endings.py": "an enumeration; the tests of teardowns use it",
    "tui/doors.py": "a part of the app; the tests of every key, and of the app, use it",
    "tui/export_keys.py": "a key; test_bindings.py presses it on every screen that has it",
    "tui/ladder_messages.py": "records without behaviour",
    "tui/list_doors.py": "a part of the list's screen; the tests of every key use it",
    "tui/list_filtering.py": "a part of the list's screen; tests/tui/test_filtering.py and those of the list use it",
    "tui/list_messages.py": "records without behaviour",
    "tui/messages.py": "records without behaviour",
    "tui/wanted.py": "records without behaviour",
    "tui/widgets/ordered_rows.py": "what the list and every table inherit; their tests use it",
    "tui/widgets/ladder_keys.py": "a table; test_bindings.py presses every key",
}
RULES = "rules/"  # each rule's manual page is its test: tests/rules/test_every_rule.py
TESTS_OF_NO_MODULE = {
    "test_building.py": "the tests' own builder",
    "test_columns_page.py": "docs/columns.md",
    "test_layout.py": "the layout of both trees",
    "test_rule_pages.py": "docs/rules",
    "test_settings_page.py": "docs/settings.md",
    "test_setup_scripts.py": ".ci",
    "cli/test_annotations.py": "marks and notes in every report",
    "cli/test_bad_endings.py": "the console command interrupted, or with nowhere to write",
    "cli/test_bad_files.py": "the console command and files that can't be read",
    "cli/test_several_captures.py": "the console command and captures that are merged",
    "cli/test_bad_tshark.py": "the console command and a tshark that fails",
    "tcp/test_kernel_truth.py": "all of connections and tcp, against what kernels did",
    "tcp/test_lost_and_doubled.py": "all of tcp, on samples with a segment missing or captured twice",
    "connections/test_reused_ports.py": "grouping against a recorded capture",
    "report/formats/test_disguised_captures.py": "annotated captures in disguise, opened again",
    "report/formats/test_every_format.py": "every export format, against golden files",
    "rules/test_hostile_input.py": "every rule, on what no TCP should send",
    "rules/test_every_rule.py": "every rule, on the ladders of its manual page",
    "rules/test_no_false_alarms.py": "every rule, on healthy traffic",
    "rules/test_screens.py": "the screens of every rule",
    "rules/test_stories.py": "all rules together, on what happened in the samples",
    "tui/test_bindings.py": "every key of every screen, against what help says",
    "tui/test_changed_captures.py": "the app on a capture that is deleted or replaced while it is open",
    "tui/test_mouse.py": "the wheel and clicks on every screen",
    "tui/test_every_size.py": "pictures of the screens at three sizes",
    "tui/test_snapshots.py": "pictures of the screens",
}


def modules() -> dict[str, Path]:
    """Give each module that needs a test file: its path in the package, and the test's place."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.name not in NEEDS_NO_TEST and str(place) not in NEEDS_NO_TEST:
            found[str(place)] = TESTS / place.with_name(f"test_{place.name}")
    return found


def test_each_module_has_its_test_file() -> None:
    missing = [module for module, test in modules().items() if not test.is_file()]
    assert [module for module in missing if not module.startswith(RULES)] == []


def test_each_test_file_has_its_module() -> None:
    expected = set(modules().values())
    found = {path for path in TESTS.rglob("test_*.py") if str(path.relative_to(TESTS)) not in TESTS_OF_NO_MODULE}
    assert sorted(str(path.relative_to(TESTS)) for path in found - expected) == []


def test_each_exception_still_exists() -> None:
    assert [name for name in NEEDS_NO_TEST if not (PACKAGE / name).is_file()] == []
    assert [name for name in TESTS_OF_NO_MODULE if not (TESTS / name).is_file()] == []


def test_each_directory_of_tests_is_a_package() -> None:
    directories = {path.parent for path in TESTS.rglob("test_*.py")}
    assert [str(directory) for directory in directories if not (directory / "__init__.py").is_file()] == []
