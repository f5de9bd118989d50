"""Agents that run in an enclave, sign what they produce and are paid on NEAR.

    from sealwright_agents import Agent, Work

    agent = Agent("news-desk")

    @agent.handles("summarise", time_limit_s=60)
    async def summarise(work: Work) -> str: ...

`sealwright-agent run` (module `cli`) or `serve(agent, config)` brings it to work.
"""

from sealwright_agents.agent import Agent, Work
from sealwright_agents.errors import AgentError

__all__ = ["Agent", "AgentError", "Work"]
