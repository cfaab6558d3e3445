"""Zips of code: the same bytes whenever, wherever and however often they are built from the same files."""

import hashlib
import importlib.metadata
import zipfile
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lib.errors import BundleError

VENDORED = (
    "asn1crypto",
    "aws-lambda-powertools",
    "fastjsonschema",
    "jmespath",
    "pg8000",
    "python-dateutil",
    "scramp",
    "six",
    "typing_extensions",
)
"""What the functions need beyond the Lambda runtime. Pure Python: the zip runs on any machine."""

WEB = (
    *(one for one in VENDORED if one != "fastjsonschema"),
    "anyio",
    "boto3",
    "botocore",
    "click",
    "h11",
    "idna",
    "itsdangerous",
    "jinja2",
    "MarkupSafe",
    "python-multipart",
    "s3transfer",
    "starlette",
    "urllib3",
    "uvicorn",
)
"""What the web application needs beyond Python: an instance brings no boto3."""
WEB_PACKAGES = {"apps/web": "apps/web", "apps/serving": "apps/serving", "runtime": "lambda/runtime"}
"""Its own code, by the place in the zip."""
WEB_SERVICES = frozenset({"cloudwatch", "s3", "secretsmanager", "ssm", "sts"})

TRADING = (*WEB, "fastjsonschema", "pymysql")
"""What the order API needs: what the functions do, which share its code, and the driver of its database."""
TRADING_PACKAGES = {
    **{f"apps/{one}": f"apps/{one}" for one in ("trading", "serving")},
    **{one: f"lambda/{one}" for one in ("runtime", "failover", "durable", "intake", "trading")},
}
TRADING_SERVICES = frozenset({"dynamodb", "secretsmanager", "ssm", "sts"})

ASSETS = "assets"
"""The folder beside `stacks` in the output folder of CDKTF."""
COMPILED = frozenset({".so", ".pyd", ".dylib"})
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest moment a zip can hold."""
READABLE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Bundle:
    """A built zip."""

    path: Path
    sha256: str
    """Base64 of the digest, as Lambda and Terraform spell it."""

    @property
    def from_stack(self) -> str:
        """The path as Terraform sees it from a stack's folder, so that the output folder can be moved."""
        return f"../../{ASSETS}/{self.path.name}"


def build(source: Path, output: Path, distributions: Iterable[str] = VENDORED) -> Bundle:
    """Zip what lies in *source*, and *distributions* as installed here, into the *output* folder of CDKTF.

    Raises BundleError when *source* is missing, a distribution is not installed, a file is compiled, or
    two files claim one place.
    """
    if not source.is_dir():
        raise BundleError(f"{source} is not a folder; the functions' code is expected there")
    files: dict[str, Path] = {}
    for name, path in [*_own(source), *(file for one in distributions for file in _vendored(one))]:
        _enter(files, name, path)
    return _write(files, output / ASSETS, "functions")


def build_web(root: Path, output: Path) -> Bundle:
    """Zip the web application of the repository at *root*, as `build` does.

    Raises BundleError as `build` does.
    """
    return _write(web_files(root, WEB_PACKAGES, WEB_SERVICES, WEB), output / ASSETS, "web")


def build_trading(root: Path, output: Path) -> Bundle:
    """Zip the order API of the repository at *root*, as `build` does.

    Raises BundleError as `build` does.
    """
    files = web_files(root, TRADING_PACKAGES, TRADING_SERVICES, TRADING)
    return _write(files, output / ASSETS, "trading")


def web_files(
    root: Path,
    packages: Mapping[str, str],
    services: Collection[str],
    distributions: Collection[str],
) -> dict[str, Path]:
    """The files of web applications of the repository at *root*, by the place from which Python finds them.

    Own code is *packages*, by its place. Of botocore's descriptions only those of *services* are kept, a
    tenth of all. MarkupSafe is taken without its compiled half, which it does without.

    Raises BundleError as `build` does.
    """
    files: dict[str, Path] = {}
    for place, source in packages.items():
        for name, path in _own(root / source):
            _enter(files, f"{place}/{name}", path)
    for distribution in sorted(distributions):
        for name, path in _vendored(distribution):
            if not _left_out(PurePosixPath(name), services):
                _enter(files, name, path)
    return files


def build_canary(root: Path, output: Path) -> Bundle:
    """Zip the canary of the repository at *root*, where the runtime of Synthetics looks for it.

    Raises BundleError as `build` does.
    """
    files: dict[str, Path] = {}
    for name, path in _own(root / "apps" / "canary"):
        _enter(files, f"nodejs/node_modules/{name}", path)
    return _write(files, output / ASSETS, "canary")


def _left_out(name: PurePosixPath, services: Collection[str]) -> bool:
    if name.parts[:2] == ("botocore", "data"):
        return len(name.parts) > 3 and name.parts[2] not in services  # noqa: PLR2004 - of a service
    return name.parts[0] == "markupsafe" and name.name.startswith("_speedups.")


def _enter(files: dict[str, Path], name: str, path: Path) -> None:
    if path.suffix in COMPILED:
        raise BundleError(f"{name} is compiled for one machine; vendor a pure Python build of it instead")
    if files.setdefault(name, path) != path:
        raise BundleError(f"{path} and {files[name]} both want to be {name}; rename one of them")


def _own(source: Path) -> Iterator[tuple[str, Path]]:
    for path in source.rglob("*"):
        name = path.relative_to(source)
        if path.is_file() and "__pycache__" not in name.parts:
            yield name.as_posix(), path


def _vendored(distribution: str) -> Iterator[tuple[str, Path]]:
    try:
        installed = importlib.metadata.files(distribution)
    except importlib.metadata.PackageNotFoundError:
        installed = None
    if installed is None:
        raise BundleError(f"{distribution} is not installed in this environment; run: make setup")
    for file in installed:
        if _belongs(file):
            yield file.as_posix(), Path(str(file.locate()))


def _belongs(file: PurePosixPath) -> bool:
    """Modules and data; of a distribution's records only METADATA, where packages look up their version."""
    if ".." in file.parts or "__pycache__" in file.parts:
        return False
    return not file.parts[0].endswith(".dist-info") or file.name == "METADATA"


def _write(files: dict[str, Path], target: Path, kind: str) -> Bundle:
    target.mkdir(parents=True, exist_ok=True)
    draft = target / f"{kind}.zip.draft"
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = READABLE
            entry.create_system = 3  # Unix, whatever the machine: zipfile writes down where it ran
            archive.writestr(entry, files[name].read_bytes())
    digest = hashlib.sha256(draft.read_bytes()).digest()
    path = target / f"{kind}-{digest.hex()[:16]}.zip"
    draft.replace(path)
    return Bundle(path.resolve(), b64encode(digest).decode())
