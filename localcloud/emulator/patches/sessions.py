"""Who the access keys of role sessions stand for."""
# ruff: noqa: SLF001 - a patch changes what upstream keeps to itself

from ministack.services import sts


def role_of(access_key: str) -> str | None:
    """Name of the role whose session *access_key* belongs to; None for any other key."""
    session = sts._sessions.get(access_key)
    if session is None:
        return None
    # arn:aws:sts::<account>:assumed-role/<role>/<session>
    return str(session["Arn"]).split("/")[1]
