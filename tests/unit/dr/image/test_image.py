"""S02: the applications are appended to an image with Python and pushed, without Docker."""

import json
from types import SimpleNamespace

import boto3
import pytest
from typer import Typer
from typer.testing import CliRunner

from dr.image import __main__ as command
from dr.image import publish as publishing
from dr.image.append import DOCKER_MANIFEST, INDEXES, NoBase, append, for_platform
from dr.image.publish import publish
from dr.image.registry import Reference, RegistryError, Repository
from lib.image import MANIFEST, of_files
from tests.unit.dr.image.registry_server import OWNER, digest, registry

PLATFORM = {"architecture": "amd64", "os": "linux"}
LAYER = b"python"


@pytest.fixture
def own(tmp_path):
    (tmp_path / "x.py").write_text("X = 1\n")
    return of_files({"apps/x.py": tmp_path / "x.py"})


@pytest.fixture
def here():
    with registry() as running:
        yield running


def base_of(kept, kind=DOCKER_MANIFEST, **platform):
    """A base image in the registry: Python as one layer; its digest."""
    config = json.dumps(
        {
            **PLATFORM,
            **platform,
            "config": {"Env": ["PATH=/usr/local/bin"], "User": "root"},
            "rootfs": {"type": "layers", "diff_ids": ["sha256:base"]},
            "history": [{"created_by": "python"}],
        }
    ).encode()
    parts = {"config": config, "layer": LAYER}
    kept.blobs |= {digest(part): part for part in parts.values()}
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": kind,
            "config": {"mediaType": "c", "digest": digest(config), "size": len(config)},
            "layers": [{"mediaType": "l", "digest": digest(LAYER), "size": len(LAYER)}],
        }
    ).encode()
    kept.manifests[digest(manifest)] = manifest, kind
    return digest(manifest)


def index_of(kept, *described):
    kept.manifests["slim"] = json.dumps({"manifests": [*described]}).encode(), INDEXES[0]


def published(here, own, monkeypatch, base, tag="first"):
    monkeypatch.setattr(publishing, "build_image", lambda _: own)
    return publish(None, f"{here[1]}/python{base}", f"{here[1]}/mine", tag, lambda _: OWNER)


@pytest.mark.parametrize("kind", [MANIFEST, DOCKER_MANIFEST])
def test_S02_the_applications_are_one_layer_more_upon_the_base(here, own, monkeypatch, kind):
    kept, host = here
    wanted = base_of(kept, kind)
    index_of(kept, {"digest": "sha256:arm"}, {"digest": wanted, "platform": PLATFORM | {"variant": "v2"}})
    made = published(here, own, monkeypatch, ":slim")
    content, found = kept.manifests["first"]
    assert made == f"{host}/mine@{digest(content)}"
    manifest = json.loads(content)
    assert (found, manifest["mediaType"]) == (kind, kind)
    base, layer = manifest["layers"]
    assert base["digest"] == digest(LAYER)
    assert kept.blobs[layer["digest"]] == own.blobs[layer["digest"]]
    assert "docker" in layer["mediaType"] if kind == DOCKER_MANIFEST else "oci" in layer["mediaType"]
    config = json.loads(kept.blobs[manifest["config"]["digest"]])
    assert config["config"] == {"Env": ["PATH=/usr/local/bin"], "User": "65534", "WorkingDir": "/app"}
    assert len(config["rootfs"]["diff_ids"]) == len(config["history"]) == len(manifest["layers"])


def test_S02_the_same_code_upon_the_same_base_is_the_same_image_and_is_pushed_once(here, own, monkeypatch):
    kept, _ = here
    base = f"@{base_of(kept)}"
    first = published(here, own, monkeypatch, base)
    pushed = list(kept.pushed)
    assert published(here, own, monkeypatch, base, "second") == first
    assert kept.pushed == pushed


def test_S02_a_layer_that_the_repository_lacks_is_brought_from_the_base(own, monkeypatch):
    monkeypatch.setattr(publishing, "build_image", lambda _: own)
    with registry() as (source, from_), registry() as (target, to):
        publish(None, f"{from_}/python@{base_of(source)}", f"{to}/mine", "first", lambda _: OWNER)
        assert digest(LAYER) in target.pushed


def test_S02_a_base_for_another_platform_is_refused(here, own):
    kept, _ = here
    content, kind = kept.manifests[base_of(kept, architecture="arm64")]
    config = kept.blobs[json.loads(content)["config"]["digest"]]
    with pytest.raises(NoBase, match="linux/arm64"):
        append(content, kind, config, own)
    with pytest.raises(NoBase, match="no variant"):
        for_platform(b'{"manifests": [{"digest": "x"}]}')


def test_what_the_registry_sends_is_what_was_asked_for(here):
    kept, host = here
    asked = digest(b"asked for")
    kept.blobs[asked] = b"something else"
    kept.manifests[asked] = b"something else", MANIFEST
    repository = Repository.at(Reference.of(f"{host}/python"))
    with pytest.raises(RegistryError, match=f"for {asked}"):
        repository.blob(asked)
    with pytest.raises(RegistryError, match=f"for {asked}"):
        repository.manifest(asked, (MANIFEST,))
    kept.manifests["odd"] = b"{}", "text/plain"
    with pytest.raises(RegistryError, match="not known here: text/plain"):
        repository.manifest("odd", (MANIFEST,))


def test_a_registry_that_refuses_is_quoted(here):
    _, host = here
    repository = Repository.at(Reference.of(f"{host}/python"))
    with pytest.raises(RegistryError, match=r"answers 404 to GET blobs/.*: not here"):
        repository.blob("sha256:none")
    with pytest.raises(RegistryError, match="answers 401"):
        repository.push_blob(digest(b""), b"")
    with pytest.raises(RegistryError, match="does not answer"):
        Repository("http://127.0.0.1:9", "x", OWNER).has("sha256:none")


@pytest.mark.parametrize(
    ("challenge", "said"),
    [("", "who asks"), ('Basic realm="x"', "who asks"), ('Bearer realm="{here}/v2/a"', "gives no token")],
)
def test_a_registry_without_a_token_for_anybody_is_told(here, challenge, said):
    repository = Repository.at(Reference.of(f"{here[1]}/python"))
    with pytest.raises(RegistryError, match=said):
        repository._token(challenge.format(here=repository.url))


@pytest.mark.parametrize("text", ["python", "UPPER.example/x", "host/x@sha256:12", "host/x y"])
def test_what_is_no_reference_is_refused(text):
    with pytest.raises(RegistryError, match="is no image"):
        Reference.of(text)


def test_a_reference_leads_over_tls():
    found = Reference.of("123456789012.dkr.ecr.us-east-1.amazonaws.com/a/b:first")
    assert (found.name, found.version) == ("a/b", "first")
    assert Repository.at(found).url == "https://123456789012.dkr.ecr.us-east-1.amazonaws.com"


def test_who_pushes_to_ecr_has_a_token_of_its_region(monkeypatch):
    def client(name, *, region_name):
        told = {"authorizationData": [{"authorizationToken": f"{name}-{region_name}"}]}
        return SimpleNamespace(get_authorization_token=lambda: told)

    monkeypatch.setattr(boto3, "client", client)
    to = Reference.of("123456789012.dkr.ecr.eu-west-1.amazonaws.com/mine")
    assert command.token_of_ecr(to) == "Basic ecr-eu-west-1"
    with pytest.raises(RegistryError, match="no registry of ECR"):
        command.token_of_ecr(Reference.of("ghcr.io/x/y"))


def test_the_command_prints_the_name_by_digest_or_one_line(monkeypatch):
    app = Typer()
    app.command()(command.main)
    asked = []
    monkeypatch.setattr(command, "publish", lambda *given: asked.append(given) or "host/mine@sha256:1")
    assert CliRunner().invoke(app, ["host/mine"]).output == "host/mine@sha256:1\n"
    assert asked[0][1:4] == (command.BASE, "host/mine", "latest")

    def refuse(*_):
        raise NoBase("no variant")

    monkeypatch.setattr(command, "publish", refuse)
    failed = CliRunner().invoke(app, ["host/mine"])
    assert (failed.exit_code, failed.output) == (1, "error: no variant\n")
