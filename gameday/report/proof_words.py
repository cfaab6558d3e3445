"""What a history proves, in words. Pure."""

from gameday.judge.proof_summary import Proof


def answers(proof: Proof) -> tuple[tuple[str, str, str], ...]:
    """Each question, yes or no, and what it was asked of."""
    explained = (
        f"one order explains {proof.operations:,} operations on {proof.objects:,} objects"
        if proof.linearizable
        else f"no order explains {', '.join(proof.unexplained)}"
    )
    kept = (
        f"the rules of the model hold in {proof.rules_asked:,} places"
        if proof.conforms
        else "; ".join(proof.rules_broken)
    )
    return (
        ("Linearizable", _yes(proof.linearizable), explained),
        ("Conforms", _yes(proof.conforms), kept),
    )


def lines(proof: Proof) -> list[str]:
    """The answers, a line each, and the window of the first violation."""
    return [*(f"{name}: {yes} · {told}" for name, yes, told in answers(proof)), *proof.window]


def _yes(holds: bool) -> str:  # noqa: FBT001 (the one thing it is about)
    return "yes" if holds else "no"
