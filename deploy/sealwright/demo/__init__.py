"""The demo: the whole path from a genuine quote to a paid, verified agent result."""
