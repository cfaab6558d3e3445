"""Who asks, as far as all systems agree: by a name that their system gives it."""

Principal = str
"""Empty: nobody, where nobody is asked."""


def scoped(name: str, principal: Principal) -> str:
    """The name under which something of a principal's is kept: two principals never meet under one.

    Neither keys nor session ids of clients can hold an ``@``, so nobody can write another's name.
    """
    return f"{name}@{principal}" if principal else name
