"""Baselines that figures are held against; no product runs them."""
