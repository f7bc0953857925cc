"""Finds every module of a package that exports a given name: how readers are found without a list of them."""

import importlib
import pkgutil
from types import ModuleType


def exports(package: ModuleType, name: str) -> list[object]:
    """Import each module below `package` and give its attribute `name`, in the order of the modules' names.

    Modules without the name are passed over. This is the program's only dynamic import.
    """
    found = []
    for module_info in sorted(pkgutil.walk_packages(package.__path__, f"{package.__name__}."), key=lambda m: m.name):
        module = importlib.import_module(module_info.name)
        if hasattr(module, name):
            found.append(getattr(module, name))
    return found
