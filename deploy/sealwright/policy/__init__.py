"""`sealwright policy`: policies drafted from evidence."""
