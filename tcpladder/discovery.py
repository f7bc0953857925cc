"""Finds every module of a package that exports a given name: how readers are found without a list of them."""

import importlib
import pkgutil
from types import ModuleType


def exports(package: ModuleType, name: str) -> list[object]:
    """Import each module below `package` and give its attribute `name`, in the order of the modules' names.

    Modules without the name are passed over.
    """
    return [getattr(module, name) for module in modules(package) if hasattr(module, name)]


def modules(package: ModuleType) -> list[ModuleType]:
    """Import each module below `package`, in the order of their names. This is the program's only dynamic import."""
    found = sorted(pkgutil.walk_packages(package.__path__, f"{package.__name__}."), key=lambda module: module.name)
    return [importlib.import_module(module.name) for module in found]
