"""The script that an instance runs at its first boot, with its values filled in. Pure."""

import re
from collections.abc import Mapping, Sequence

from lib.errors import UserDataError

MOST_BYTES = 16 * 1024
"""EC2's limit, before base64."""

_PLACEHOLDER = re.compile(r"@([a-z0-9_]+)@")
_TOKEN = re.compile(r"\$\{[^{}'\s]+\}")
_PLAIN = re.compile(r"[A-Za-z0-9_./:=-]+")


def render(template: str, values: Mapping[str, str | Sequence[str]]) -> str:
    """The script: every `@name@` is replaced by its value, or by several with spaces between.

    Terraform reads a script as a template of its own, so it may hold no `${` and no `%{` but what a value
    brings: a reference that Terraform fills in. Values are words that no shell and no unit file takes apart.

    Raises:
        UserDataError: a value is missing, not used or no plain word; the script would be read by Terraform;
            or it is larger than EC2 takes.
    """
    wanted = set(_PLACEHOLDER.findall(template))
    if wanted != values.keys():
        raise UserDataError(f"the script wants {sorted(wanted)} and was given {sorted(values)}")
    if "${" in template or "%{" in template:
        raise UserDataError("the script holds ${ or %{, which Terraform would read; write $NAME instead")
    words = {name: [value] if isinstance(value, str) else value for name, value in values.items()}
    for name, value in ((name, each) for name, several in words.items() for each in several or [""]):
        if not _PLAIN.fullmatch(_TOKEN.sub("token", value)):
            raise UserDataError(f"{name} is {value!r}; a word of A-Z a-z 0-9 _ . / : = - is needed")
    script = _PLACEHOLDER.sub(lambda found: " ".join(words[found[1]]), template)
    if len(script.encode()) > MOST_BYTES:
        raise UserDataError(f"the script has {len(script.encode())} bytes; EC2 takes {MOST_BYTES}")
    return script
