"""Wires the nodes into the sales talk and runs turns."""
