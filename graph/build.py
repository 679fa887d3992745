"""The sales talk as a graph. This file only wires."""

from __future__ import annotations

from langgraph.graph import END, START, StateGraph
from langgraph.types import RetryPolicy

from core.context import TalkContext
from core.errors import EngineError
from core.state import TalkInput, TalkOutput, TalkState
from graph.engines import Engines
from graph.routes import after_receive, after_transcribe
from graph.timing import timed
from nodes.act import act
from nodes.ground import ground
from nodes.plan import plan
from nodes.recall import recall
from nodes.receive import receive
from nodes.record import record
from nodes.respond import respond
from nodes.track import track
from nodes.transcribe import transcribe
from nodes.understand import understand

SalesGraph = StateGraph[TalkState, TalkContext, TalkInput, TalkOutput]


def may_pass(error: Exception) -> bool:
    """Whether trying again may help: a busy store, a transient engine, a time-out."""
    return error.transient if isinstance(error, EngineError) else isinstance(error, TimeoutError)


STORE = RetryPolicy(max_attempts=3, initial_interval=0.05, max_interval=0.5, retry_on=may_pass)


def build_graph(engines: Engines) -> SalesGraph:
    """The uncompiled graph; each edge compiles it with the saver it wants."""
    e = engines
    graph = SalesGraph(TalkState, TalkContext, input_schema=TalkInput, output_schema=TalkOutput)
    graph.add_node(
        "receive", timed(receive, store=e.store, contact=e.pack.contact), retry_policy=STORE, timeout=10
    )
    graph.add_node("transcribe", timed(transcribe, recogniser=e.recogniser), timeout=120)
    graph.add_node("understand", timed(understand, understander=e.understander), timeout=10)
    graph.add_node("recall", timed(recall, index=e.index, knowledge=e.knowledge), timeout=10)
    graph.add_node("track", timed(track, tracker=e.tracker), timeout=10)
    graph.add_node("ground", timed(ground, book=e.book), timeout=10)
    graph.add_node("plan", timed(plan, book=e.book), timeout=10)
    graph.add_node("act", timed(act, store=e.store, pack=e.pack), retry_policy=STORE, timeout=30)
    graph.add_node(
        "respond",
        timed(respond, realiser=e.realiser, script=e.script, guard=e.guard, book=e.book, store=e.store),
        retry_policy=STORE,
        timeout=60,
    )
    graph.add_node("record", timed(record, store=e.store), retry_policy=STORE, timeout=10)

    graph.add_edge(START, "receive")
    graph.add_conditional_edges("receive", after_receive, ["transcribe", "understand", "recall", "plan", END])
    graph.add_conditional_edges("transcribe", after_transcribe, ["understand", "recall", "plan"])
    graph.add_edge(["understand", "recall"], "track")
    graph.add_edge("track", "ground")
    graph.add_edge("ground", "plan")
    graph.add_edge("plan", "act")
    graph.add_edge("act", "respond")
    graph.add_edge("respond", "record")
    graph.add_edge("record", END)
    return graph
