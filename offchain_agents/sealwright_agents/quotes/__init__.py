"""Quote providers behind one protocol: simulated TEE, dstack's socket, Linux configfs-tsm."""

from sealwright_agents.quotes.choice import QuoteSettings, provider_for
from sealwright_agents.quotes.provider import Evidence, QuoteProvider

__all__ = ["Evidence", "QuoteProvider", "QuoteSettings", "provider_for"]
