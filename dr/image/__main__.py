"""`python -m dr.image REPOSITORY`: build the image of the applications and push it; see `make image`."""

import sys
from pathlib import Path
from typing import Annotated

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError

from dr.exits import Exit
from dr.image.append import NoBase
from dr.image.publish import publish
from dr.image.registry import Reference, RegistryError
from lib.errors import BundleError

ROOT = Path(__file__).resolve().parents[2]
BASE = "public.ecr.aws/docker/library/python:3.13-slim"


def main(
    repository: Annotated[
        str, typer.Argument(help="Yours in ECR: ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME.")
    ],
    base: Annotated[str, typer.Option("--base", help="An image with Python for linux/amd64.")] = BASE,
    tag: Annotated[str, typer.Option("--tag", help="What the image is called beside its digest.")] = "latest",
) -> None:
    """Push the applications of the single-region system upon an image with Python, and print its name."""
    try:
        made = publish(ROOT, base, repository, tag, token_of_ecr)
    except (RegistryError, NoBase, BundleError, BotoCoreError, ClientError) as error:
        sys.stderr.write(f"error: {error}\n")
        raise SystemExit(Exit.FAILED) from error
    sys.stdout.write(f"{made}\n")


def token_of_ecr(to: Reference) -> str:
    """The header of whoever runs this, for a registry of ECR. Raises RegistryError for another registry."""
    labels = to.host.split(".")
    if labels[1:3] != ["dkr", "ecr"]:
        raise RegistryError(f"{to.host} is no registry of ECR: ACCOUNT.dkr.ecr.REGION.amazonaws.com is one")
    ecr = boto3.client("ecr", region_name=labels[3])
    return f"Basic {ecr.get_authorization_token()['authorizationData'][0]['authorizationToken']}"


if __name__ == "__main__":
    typer.run(main)
