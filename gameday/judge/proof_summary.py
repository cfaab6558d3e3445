"""What a drill's history proves, for `summary.json`."""

from pydantic import BaseModel, ConfigDict


class Proof(BaseModel):
    """Whether an order explains the history, and whether the record keeps the rules of the model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    operations: int
    """Requests, looks and acknowledgements that were put in order."""
    objects: int
    """Keys, and the lease."""
    steps: int
    """What the search cost: how often an object was asked whether it allows an operation."""
    unexplained: tuple[str, ...]
    """Objects whose history no order explains."""
    window: tuple[str, ...]
    """Of the first of them the operations around the violation, a line each."""
    rules_asked: int
    """How often a rule of the model was asked."""
    rules_broken: tuple[str, ...]
    """Each violation, in words."""

    @property
    def linearizable(self) -> bool:
        """Whether every object's history has an order that explains it."""
        return not self.unexplained

    @property
    def conforms(self) -> bool:
        """Whether no rule of the model is broken."""
        return not self.rules_broken
