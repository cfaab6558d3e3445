"""The code of functions, as it lies on disk."""

import hashlib
import tempfile
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime

from localcloud.emulator.patches.wrapping import UpstreamChangedError

_unpacking = threading.Lock()


def unpack_once() -> None:
    """Let all processes of one zip run from one folder, where Python keeps its bytecode.

    AWS unpacks and compiles for each execution environment, on other people's processors. Upstream does
    so for each process on these: compiling is half of the work of a cold start, and a burst on a region
    that had nothing to do starts several at once.
    """
    if getattr(lambda_runtime, "zipfile", None) is not zipfile:
        raise UpstreamChangedError(f"{lambda_runtime.__name__} does not unpack with zipfile")
    lambda_runtime.zipfile = SimpleNamespace(ZipFile=_Once, BadZipFile=zipfile.BadZipFile)


class _Once(zipfile.ZipFile):
    """Unpacks the same bytes into one folder however often, and links to it from where it was wanted."""

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        digest = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()
        kept = Path(tempfile.gettempdir()) / f"code-{digest[:16]}"
        with _unpacking:
            if not kept.exists():
                draft = tempfile.mkdtemp(prefix="code-")
                super().extractall(draft, members, pwd)
                Path(draft).rename(kept)
        Path(path).rmdir()
        Path(path).symlink_to(kept, target_is_directory=True)
