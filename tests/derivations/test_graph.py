"""Who uses whom: nothing unknown, nothing in a circle, nearest first."""

import pytest

from derivations import all_derivations
from derivations.graph import carries, leans_on, result_graph

GRAPH = result_graph({"a": (), "b": ("a",), "c": ("b",), "d": ("c", "a")})


def test_results_lean_on_others_all_the_way_down():
    assert leans_on("d", GRAPH) == ("c", "a", "b")
    assert leans_on("a", GRAPH) == ()


def test_results_carry_those_that_use_them():
    assert carries("a", GRAPH) == ("b", "d")
    assert carries("d", GRAPH) == ()


def test_a_circle_is_told():
    with pytest.raises(ValueError, match=r"in a circle: a leans on b leans on a; nothing .*take"):
        result_graph({"a": ("b",), "b": ("a",)})


def test_an_unknown_result_is_told():
    with pytest.raises(ValueError, match=r"got 'z' in what a uses; no derivation has that name"):
        result_graph({"a": ("z",)})


def test_the_book_has_no_circle():
    uses = {name: build().uses for name, build in all_derivations().items()}
    assert set(result_graph(uses)) == set(all_derivations())
