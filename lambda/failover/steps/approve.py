"""approve: a forced promotion that may lose more than the budget waits for two people."""

from failover.approvals import ApprovalsUnavailable
from failover.lease import Kind
from failover.loss import Loss, approvers, canonical, document, judge
from failover.steps.context import Facts, StepContext
from failover.steps.errors import NotYet
from failover.steps.guard import current_lease
from failover.steps.inspection import assess
from failover.steps.promote import is_writer
from failover.takeover import Takeover
from runtime.logs import logger


def run(takeover: Takeover, context: StepContext) -> Facts:
    """Whether the promotion may go on. The state machine waits and asks again."""
    lease = current_lease(takeover, context)
    if takeover.kind is not Kind.FAILOVER or is_writer(context):
        return {"done": True, "rule": Loss.NOTHING_FORCED}
    if lease.accepts:
        return {"done": True, "rule": Loss.DECIDED_BEFORE}
    policy = context.policy()
    figures = assess(context, lease, trusted=policy.journal_trusted)
    asked = document(
        system=takeover.system,
        epoch=takeover.epoch,
        plan=takeover.kind,
        region=takeover.region,
        figures=figures,
    )
    verdict = judge(figures, policy)
    if not verdict.done:
        try:
            request = context.approvals.ask(canonical(asked), now_ms=context.clock())
            given = context.approvals.all()
        except ApprovalsUnavailable as error:
            raise NotYet(str(error)) from error
        agreed = approvers(given, policy, wanted=request.digest, now_ms=context.clock())
        verdict = judge(figures, policy, agreed)
    told: Facts = {"rule": verdict.rule, "reason": verdict.reason, **asked}
    log = logger.info if verdict.done else logger.error
    log("data loss", extra=told)
    return {"done": verdict.done, **told}
