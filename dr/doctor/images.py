"""The images of containers: a digest that leads somewhere."""

from collections.abc import Iterable

from dr.doctor.aws import Unanswered
from dr.doctor.checks import Check, Patient
from lib.settings.containers import PRIVATE
from lib.systems.single_region.settings import SingleRegionSettings

NOWHERE = f"sha256:{'0' * 64}"


def read(patient: Patient[SingleRegionSettings]) -> list[str]:
    """Images that are not there. Raises Unanswered for a registry that is not asked here."""
    containers = patient.settings.containers
    images = dict.fromkeys((containers.web.image, containers.sessions.image))
    return [image for image in images if not _is_there(patient, image)]


def _is_there(patient: Patient[SingleRegionSettings], image: str) -> bool:
    if image.endswith(NOWHERE):
        return False
    if not (found := PRIVATE.fullmatch(image)):
        raise Unanswered(f"{image} is in a registry that only a pull asks: docker manifest inspect {image}")
    answer = patient.aws(
        "ecr",
        found["region"],
        "describe_images",
        registryId=found["account"],
        repositoryName=found["repository"],
        imageIds=[{"imageDigest": found["digest"]}],
    )
    return answer is not None


def judge(_: SingleRegionSettings, absent: list[str]) -> Iterable[str]:
    """Tasks cannot start from a digest that leads nowhere, and the apply waits for them."""
    return [f"there is no image {image}" for image in absent]


CHECKS = (
    Check(
        code="D38",
        asks="the images of the containers are there",
        settings=("containers.web.image", "containers.sessions.image"),
        fix="push the image, and name it by its digest: CONTAINER_IMAGE, or containers.SERVICE.image",
        read=read,
        judge=judge,
        of=(SingleRegionSettings,),
    ),
)
