"""The commitment guard: what a sentence promises, held against the facts in force."""

from policy.guard.guard import Guard

__all__ = ["Guard"]
