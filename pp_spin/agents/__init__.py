"""One agent: what it believes (perception), foresees (planning) and does (action)."""
