"""Modules are found by what they export, in a fixed order, with no list of them anywhere."""

import importlib
from pathlib import Path

import pytest

from tcpladder.discovery import exports, modules


@pytest.fixture
def make_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Write a package of a few modules, and give its name."""
    name = f"package_of_{request.node.name.partition('[')[0]}"
    modules = {
        "__init__.py": "READER = 'the package itself'",
        "zeta.py": "READER = 'zeta'",
        "alpha.py": "READER = 'alpha'",
        "nothing.py": "WRITER = 'not asked for'",
        "deeper/__init__.py": "",
        "deeper/below.py": "READER = 'below'",
        "notes.txt": "READER = 'no module'",
    }
    for file, text in modules.items():
        path = tmp_path / name / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


def test_modules_that_have_the_name_are_found_in_order_at_any_depth(make_package: str) -> None:
    package = importlib.import_module(make_package)
    assert exports(package, "READER") == ["alpha", "below", "zeta"]


def test_all_modules_are_found_at_any_depth(make_package: str) -> None:
    package = importlib.import_module(make_package)
    names = [module.__name__.removeprefix(f"{make_package}.") for module in modules(package)]
    assert names == ["alpha", "deeper", "deeper.below", "nothing", "zeta"]


def test_a_name_that_no_module_has_is_found_nowhere(make_package: str) -> None:
    assert exports(importlib.import_module(make_package), "ABSENT") == []


def test_a_module_that_does_not_import_is_no_secret(make_package: str, tmp_path: Path) -> None:
    (tmp_path / make_package / "broken.py").write_text("import a_module_that_is_not_there")
    with pytest.raises(ModuleNotFoundError, match="a_module_that_is_not_there"):
        exports(importlib.import_module(make_package), "READER")
