"""wait_writer: whether the promotion has arrived. The state machine waits and asks again."""

from failover.observation import DatabaseFact
from failover.observe import database_fact
from failover.steps.promote import is_writer
from failover.steps.tools import Facts, Tools
from failover.takeover import Takeover


def run(_takeover: Takeover, tools: Tools) -> Facts:
    """Ask the database itself, and then Aurora; a database that restarts is simply not done."""
    database = database_fact(tools.database)
    return {"done": database is DatabaseFact.WRITER and is_writer(tools), "database": database}
