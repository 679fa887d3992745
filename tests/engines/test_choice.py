"""Which line is spoken: what fits, the closest case first, turns among equals."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pack import CRITERIA, ScriptLine
from core.types import Act, CustomerCard, Stage
from engines.chat.base import Brief
from engines.chat.choice import best, choose, fits
from engines.chat.script import ScriptRealiser
from tests.retrieval.packs import PACK

DAY = date(2026, 4, 10)
CASE: dict[str, Any] = {
    "channel": "voice",
    "stage": Stage.PROPOSAL,
    "personas": ("technical", "executive"),
    "role": "influencer",
    "returning": True,
    "day": DAY,
    "customer": CustomerCard(industry="汽车零部件"),
}
BRIEF = Brief(acts=(), **CASE)


def line(line_id: str, **fields: Any) -> ScriptLine:
    return ScriptLine(**{"id": line_id, "situation": "greet", "lang": "zh", "text": line_id, **fields})


PLAIN = line("plain")


@pytest.mark.parametrize(
    ("fitting", "other"),
    [
        ({"channel": "voice"}, {"channel": "text"}),
        ({"stages": ("proposal", "closing")}, {"stages": ("closing",)}),
        ({"personas": ("executive",)}, {"personas": ("price_sensitive",)}),
        ({"roles": ("user", "influencer")}, {"roles": ("decision_maker",)}),
        ({"customers": "returning"}, {"customers": "new"}),
        ({"industries": ("汽车",)}, {"industries": ("食品",)}),
        ({"valid_until": DAY}, {"valid_until": date(2026, 4, 9)}),
        ({"valid_from": DAY}, {"valid_from": date(2026, 4, 11)}),
    ],
)
def test_a_criterion_that_does_not_fit_is_never_spoken(
    fitting: dict[str, Any], other: dict[str, Any]
) -> None:
    assert fits(line("a", **fitting), BRIEF) and not fits(line("a", **other), BRIEF)
    assert choose([line("b", **other)], BRIEF) is None
    assert choose([line("b", **other), PLAIN], BRIEF) == PLAIN


def test_an_unknown_role_or_industry_meets_no_criterion() -> None:
    unknown = Brief(acts=())
    assert not fits(line("a", roles=("user",)), unknown)
    assert not fits(line("a", industries=("汽车",)), unknown)


def test_the_closest_case_goes_first_then_the_least_used_then_the_order() -> None:
    closer = line("closer", channel="voice", personas=("technical",))
    close, same = line("close", channel="voice"), line("same", stages=("proposal",))
    assert choose([PLAIN, close, closer, same], BRIEF) == closer
    assert choose([PLAIN, close, same], BRIEF) == close
    assert choose([PLAIN, close, same], BRIEF.model_copy(update={"used_lines": {"close": 1}})) == same


def test_a_fallback_waits_until_nothing_of_the_packs_own_fits() -> None:
    fallback = line("fallback", origin="fallback", channel="voice", personas=("technical",))
    assert choose([PLAIN, fallback], BRIEF) == PLAIN
    assert choose([line("old", valid_until=date(2020, 1, 1)), fallback], BRIEF) == fallback


@given(st.lists(st.sets(st.sampled_from(CRITERIA)), max_size=6))
def test_what_is_spoken_fits_and_nothing_closer_does(cases: list[set[str]]) -> None:
    given_all: dict[str, Any] = {
        "channel": "voice",
        "stages": ("proposal",),
        "personas": ("technical",),
        "roles": ("influencer",),
        "customers": "new",  # the one that does not fit
        "industries": ("汽车",),
    }
    lines = [line(str(place), **{name: given_all[name] for name in case}) for place, case in enumerate(cases)]
    chosen = best(lines, BRIEF)
    rest = [one for one in lines if fits(one, BRIEF)]
    assert bool(chosen) == bool(rest)
    assert all("customers" not in one.criteria for one in chosen)
    assert all(len(one.criteria) == max(len(other.criteria) for other in rest) for one in chosen)


def test_the_other_language_serves_where_this_one_has_nothing_that_fits() -> None:
    pack = PACK.model_copy(
        update={"scripts": (line("greet.zh.1", channel="text"), line("greet.en.1", lang="en"))}
    )
    spoken = ScriptRealiser(pack).choose(Act(act="greet", script="greet"), BRIEF)
    assert spoken is not None and spoken.id == "greet.en.1"
