"""The provider package, without its two thousand modules.

`cdktf_cdktf_provider_aws/__init__.py` imports every resource type there is: 7 to 11 seconds. We use some
fifty of them, each imported by its own path, so the package itself need not run.
"""

import importlib
import importlib.util
import sys


def import_lazily(package: str) -> None:
    """Register *package* unexecuted: its submodules import as usual, when somebody asks for them.

    Does nothing when the package is imported already. Raises ModuleNotFoundError when it is not installed.
    """
    if package in sys.modules:
        return
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise ModuleNotFoundError(f"{package} is not installed; run: make setup", name=package)
    module = importlib.util.module_from_spec(spec)

    def submodule(name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return importlib.import_module(f"{package}.{name}")
        except ModuleNotFoundError as error:
            raise AttributeError(f"{package} has no module {name}") from error

    module.__getattr__ = submodule  # type: ignore[method-assign]
    sys.modules[package] = module
