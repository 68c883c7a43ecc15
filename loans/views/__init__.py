"""HTTP: fetch, ask, act, answer."""
