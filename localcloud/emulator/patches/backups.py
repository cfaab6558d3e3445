"""Access policies of backup vaults."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

import json
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import backup

from localcloud.emulator.patches.wrapping import Wrapper, wrap

Answer = tuple[int, dict[str, str], bytes]

_policies = AccountRegionScopedDict()


def keep_access_policies() -> None:
    """Keep a vault's access policy; upstream takes none and says that there is none."""

    async def handle(original: Wrapper, method: str, path: str, *rest: Any) -> Answer:
        match path.strip("/").split("/"):
            case "backup-vaults", vault, "access-policy":
                return _answer(method, vault, rest[1])
        answer: Answer = await original(method, path, *rest)
        return answer

    wrap(backup, "handle_request", handle)


def _answer(method: str, vault: str, body: bytes) -> Answer:
    known = backup._vaults.get(vault)
    if known is None or (method != "PUT" and vault not in _policies):
        missing: Answer = backup._not_found(f"No access policy of vault '{vault}'.")
        return missing
    if method == "PUT":
        _policies[vault] = json.loads(body)["Policy"]
    if method == "DELETE":
        del _policies[vault]
    content = {"BackupVaultName": vault, "BackupVaultArn": known["BackupVaultArn"]}
    answer: Answer = backup._ok({**content, "Policy": _policies.get(vault)} if method == "GET" else {})
    return answer
