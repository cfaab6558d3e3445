import subprocess
import sys

import pytest

from lib.lazy_import import import_lazily

COUNT = """
import sys
import lib
from cdktf_cdktf_provider_aws.vpc import Vpc
print(len([name for name in sys.modules if name.startswith("cdktf_cdktf_provider_aws.")]))
"""


def test_only_the_modules_that_are_used_are_imported():
    done = subprocess.run(
        [sys.executable, "-c", COUNT], capture_output=True, text=True, check=True, timeout=600
    )
    assert int(done.stdout) < 10


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package whose __init__ must not run."""
    home = tmp_path / "eager_one"
    home.mkdir()
    (home / "__init__.py").write_text("raise RuntimeError('imported everything')\n")
    (home / "part.py").write_text("VALUE = 7\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import_lazily("eager_one")
    yield "eager_one"
    for name in ("eager_one", "eager_one.part"):
        sys.modules.pop(name, None)


def test_a_module_is_imported_when_it_is_asked_for(package):
    import eager_one  # noqa: PLC0415 - it exists in this test only

    assert eager_one.part.VALUE == 7
    import_lazily(package)  # a second time changes nothing
    assert sys.modules[package] is eager_one


@pytest.mark.parametrize("name", ["missing", "__path_of_nothing__"])
def test_what_is_not_there_is_an_attribute_error(package, name):
    with pytest.raises(AttributeError, match=name):
        getattr(sys.modules[package], name)


def test_a_package_that_is_not_installed_is_named():
    with pytest.raises(ModuleNotFoundError, match="not_there is not installed; run: make setup"):
        import_lazily("not_there")
