"""Faults of the random numbers: shared, repeated, too few digits (25-27, and more)."""

from collections.abc import Callable
from dataclasses import replace

import jax
import jax.numpy as jnp
from jax import Array

from pp_spin import kernel
from pp_spin.claims.faults.fault import Apply, Fault, collective
from pp_spin.evidence.recording import Randomness, key_of_tick

BLIND = ("action_law", "stationary_law", "sweep_kernel")
"""Who never draws a number."""


def _drawn(randomness: Randomness) -> Apply:
    return collective(lambda case: replace(case, randomness=randomness))


def _one_for_all(rng_key: Array, shape: tuple[int, ...]) -> Array:
    return jnp.broadcast_to(kernel.uniform(rng_key, (shape[0], 1)), shape)


def _of_five_digits(rng_key: Array, shape: tuple[int, ...]) -> Array:
    return jnp.floor(kernel.uniform(rng_key, shape) * 2**5) / 2**5


def _or_equal(rng_key: Array, shape: tuple[int, ...]) -> Array:
    return jnp.nextafter(kernel.uniform(rng_key, shape), jnp.float32(-1))


def _same_every_other_tick(rng_key: Array, chain: Array, tick: Array) -> Array:
    return key_of_tick(rng_key, chain, tick // 2)


def _same_in_every_chain(rng_key: Array, chain: Array, tick: Array) -> Array:
    return key_of_tick(rng_key, jnp.zeros_like(chain), tick)


def _same_in_two_chains(rng_key: Array, chain: Array, tick: Array) -> Array:
    return key_of_tick(rng_key, chain // 2, tick)


def _chosen_by(choice: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    """``choice(u)`` says which place of the first column of the schedule's agents acts."""

    def scan(rng_key: Array, agents: Array) -> Array:
        # The number that the kernel is about to compare with an action's probability.
        action_key = jax.random.split(rng_key)[1]
        return choice(kernel.uniform(action_key, (1, 1))).astype(agents.dtype)

    return scan


def _site_of_the_action(n_agents: int) -> Randomness:
    return Randomness(scan=_chosen_by(lambda u: jnp.floor(u * n_agents)))


def _first_agent_favoured(rng_key: Array, agents: Array) -> Array:
    # fold_in(key, 0) and (key, 1) are the very keys that the kernel splits its own into.
    return jnp.where(jax.random.bernoulli(jax.random.fold_in(rng_key, 2), 0.1), 0, agents[:1])


FAULTS_OF_RANDOMNESS = (
    Fault(
        "one_number_for_all_who_act",
        25,
        "all agents of a tick share one random number",
        _drawn(Randomness(uniform=_one_for_all)),
        ("together",),
        (*BLIND, "e_process"),
    ),
    Fault(
        "one_number_for_agent_and_action",
        26,
        "the same random number chooses the agent and its action",
        collective(
            lambda case: (
                None
                if case.declared.clamped
                else replace(case, randomness=_site_of_the_action(case.declared.n_agents))
            )
        ),
        ("e_process", "independence"),
        BLIND,
    ),
    Fault(
        "key_not_advanced",
        27,
        "every second tick of a chain repeats the key of the one before",
        _drawn(Randomness(key=_same_every_other_tick)),
        ("independence",),
        BLIND,
    ),
    Fault(
        "key_shared_by_chains",
        39,
        "all chains draw from one key",
        _drawn(Randomness(key=_same_in_every_chain)),
        ("independence",),
        BLIND,
    ),
    Fault(
        "key_shared_by_two_chains",
        40,
        "chains draw from one key, two and two",
        _drawn(Randomness(key=_same_in_two_chains)),
        ("independence",),
        (*BLIND, "e_process"),
    ),
    Fault(
        "numbers_of_five_digits",
        41,
        "random numbers have five binary digits",
        _drawn(Randomness(uniform=_of_five_digits)),
        ("e_process",),
        BLIND,
    ),
    Fault(
        "first_agent_favoured",
        42,
        "the first agent is asked in place of one in ten",
        _drawn(Randomness(scan=_first_agent_favoured)),
        ("independence",),
        (*BLIND, "e_process"),
    ),
    Fault(
        "less_or_equal",
        43,
        "u <= p in place of u < p: an equivalent, to within 2**-24",
        _drawn(Randomness(uniform=_or_equal)),
        (),
        (*BLIND, "e_process", "independence", "together", "reversal"),
    ),
)
