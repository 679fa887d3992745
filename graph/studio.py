"""Entry for `langgraph dev`: the uncompiled graph; the server brings its own checkpointer."""

from core.settings import Settings
from graph.build import SalesGraph, build_graph
from graph.engines import assemble


def sales() -> SalesGraph:
    """The sales talk over the configured pack."""
    return build_graph(assemble(Settings()))
