"""The demo's agent: what runs inside the (simulated) enclave."""

from __future__ import annotations

from sealwright_agents.agent import Agent, Work

agent = Agent("news-desk")


@agent.handles("summarise", time_limit_s=10)
def summarise(work: Work) -> str:
    """The first sentence and the number of words."""
    text = " ".join(work.text.split())
    first = text.partition(". ")[0].rstrip(".")
    return f"{first}. ({len(text.split())} words)"


@agent.handles("translate", time_limit_s=10)
def translate(work: Work) -> str:
    """Never reached in the demo: the node that offers it is lazy."""
    return work.text
