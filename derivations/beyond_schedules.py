"""Which schedules are reversible: random scan, sweeps, palindromes (section 3, beyond the paper).

Any number of agents with symmetric precisions and a prior each. In a *sweep* every agent acts once,
in the order of the agents' numbers: an agent hears new spins from those before it and old ones from
those after it. The *reversed sweep* visits them from N down to 1. Which agent has which number is
arbitrary, so this is any fixed order.
"""

import sympy as sp
from sympy import Expr

from derivations.collective import (
    NOT_ITSELF,
    SYMMETRIC,
    N,
    gamma,
    i,
    j,
    k,
    local_field,
    prior_sum,
    sigma,
    sigma_next,
    zeta,
)
from derivations.display import Named
from derivations.families import Family, Moved, above, below, pairs, product, total
from derivations.step import Derivation, Slip, Step, definition, equation

ANY_NUMBER = "any number N of agents"
IN_ORDER = "all agents act once in a sweep, in the order of their numbers"

between = Family("tau", spin=True)  # the spins between two sweeps
SIGNS = {sigma: "σ", sigma_next: "σ′", between: "τ"}

OLD, NEW = sigma[k], sigma_next[k]
FIELD = local_field(k)
ACT = Named("P(σₖ)", sp.exp(OLD * FIELD) / (2 * sp.cosh(FIELD)))


def weight(state: Family = sigma) -> Named:
    """The Ising law (C.40) without its normaliser."""
    exponent = prior_sum(state) + pairs(gamma[i, j] * state[i] * state[j], i, j)
    return Named(f"w({SIGNS[state]})", sp.exp(exponent))


def field_in_turn(old: Family, new: Family) -> Expr:
    """What agent i hears in a sweep: those before it have acted, those after it have not."""
    return zeta[i] + below(gamma[i, j] * new[j], j, i) + above(gamma[i, j] * old[j], j, i)


def sweep(old: Family = sigma, new: Family = sigma_next) -> Named:
    """Q(new|old): the kernel of a sweep from agent 1 to agent N."""
    seen = field_in_turn(old, new)
    acts = product(sp.exp(new[i] * seen) / (2 * sp.cosh(seen)), i)
    return Named(f"Q({SIGNS[new]}|{SIGNS[old]})", acts)


def reversed_sweep(old: Family = sigma, new: Family = sigma_next) -> Named:
    """R(new|old): the kernel of a sweep from agent N to agent 1."""
    seen = field_in_turn(new, old)  # those after it have acted, those before it have not
    acts = product(sp.exp(new[i] * seen) / (2 * sp.cosh(seen)), i)
    return Named(f"R({SIGNS[new]}|{SIGNS[old]})", acts)


def random_scan_collective_is_reversible() -> Derivation:
    """One agent at a time, drawn at random: detailed balance with the Ising law (C.40).

    A step changes the spin of agent k only, from s_k to s'_k. The way back has to draw the same
    agent, with the same probability 1/N, and this agent hears the same on both ways.
    """
    after, drawn = Moved(weight(), OLD, NEW), Moved(ACT, OLD, NEW)
    return Derivation(
        name="random_scan_collective_is_reversible",
        equations=("sec. 3", "C.36"),
        form="printed",
        statement=equation(weight() * drawn / N, after * ACT / N),
        assumes=(
            ANY_NUMBER + ", of whom k is any one",
            SYMMETRIC,
            NOT_ITSELF,
            "who acts is drawn from all N agents with equal probability",
        ),
        lines=(
            definition(weight(), "(C.40) without its normaliser"),
            definition(FIELD, "what agent k hears"),
            definition(ACT, "(C.35): the probability that agent k takes this spin"),
            Step(
                drawn / ACT,
                sp.exp((NEW - OLD) * FIELD),
                "there and back the agent hears the same, so the normalisers cancel",
                uses=("single_flip_ratio_is_exponential_in_the_flip",),
                slip=Slip(
                    "a flip is taken to be 2 s', also where none is", sp.exp(2 * NEW * FIELD)
                ),
            ),
            Step(
                after / weight(),
                sp.exp((NEW - OLD) * FIELD),
                "the Ising weights have the same ratio",
                uses=("asynchronous_law_is_ising",),
                slip=Slip("a tie is counted from both ends", sp.exp(2 * (NEW - OLD) * FIELD)),
            ),
            Step(
                weight() * drawn,
                after * ACT,
                "so each agent's kernel is in detailed balance, and a mixture of such kernels is",
                uses=("mixture_of_reversible_kernels_is_reversible",),
                slip=Slip("the way back with the new spin's law", after * drawn),
            ),
        ),
        slip=Slip("1/N on the way there only", after * ACT),
    )


def fixed_order_sweep_keeps_the_ising_law() -> Derivation:
    """Whatever the order of a sweep, the Ising law is stationary under it.

    Summed over the old spin of the acting agent, the Ising weight times the action law is the Ising
    weight with the new spin: each agent's kernel keeps the law, and then a product of them does.
    The kernel of the whole sweep is a product of positive laws, so the collective tends to it.
    """
    up, down, after = Moved(weight(), OLD, 1), Moved(weight(), OLD, -1), Moved(weight(), OLD, NEW)
    drawn = Moved(ACT, OLD, NEW)
    return Derivation(
        name="fixed_order_sweep_keeps_the_ising_law",
        equations=("sec. 3", "C.40"),
        form="beyond",
        statement=equation(up * drawn + down * drawn, after),
        assumes=(
            ANY_NUMBER + ", of whom k acts at this point of the sweep",
            SYMMETRIC,
            NOT_ITSELF,
        ),
        lines=(
            definition(weight(), "(C.40) without its normaliser"),
            definition(ACT, "(C.35): the probability that agent k takes this spin"),
            Step(
                after / (up + down),
                drawn,
                "agent k draws its spin from the Ising law of this spin given all others",
                uses=("asynchronous_law_is_ising",),
                slip=Slip("half of it", drawn / 2),
            ),
            Step(
                (up + down) * drawn,
                after,
                "so its kernel keeps the law, and the next agent starts from the same law",
                uses=(
                    "detailed_balance_implies_stationarity",
                    "product_of_kernels_keeps_what_each_keeps",
                ),
                slip=Slip("only the up spin is summed", up * drawn),
            ),
            definition(sweep(), "the whole sweep: agents 1 … N act on what they hear"),
            Step(
                sp.Integer(0),
                sweep(),
                "one sweep can lead from any configuration to any other, so this is the only "
                "stationary law, and the collective tends to it",
                relation="<",
                slip=Slip("the logarithm of the probability", sp.log(sweep())),
            ),
        ),
        slip=Slip("the law before the step, not summed over the old spin", weight() * drawn),
    )


def reversed_sweep_is_the_adjoint_of_the_sweep() -> Derivation:
    """A sweep that is watched backwards is the sweep in the reversed order.

    On the way from s to s' and on the reversed sweep from s' to s every agent hears the same: new
    spins s'_j from those before it, s_j from those after it. So the normalisers are the same and
    what remains is the sum over the agents of flip times field, the difference of the energies.
    """
    seen = field_in_turn(sigma, sigma_next)
    there = weight() * sweep()
    flips = total((sigma_next[i] - sigma[i]) * seen, i)
    return Derivation(
        name="reversed_sweep_is_the_adjoint_of_the_sweep",
        equations=("sec. 3", "C.39"),
        form="beyond",
        statement=equation(there, weight(sigma_next) * reversed_sweep(sigma_next, sigma)),
        assumes=(ANY_NUMBER, SYMMETRIC, NOT_ITSELF, IN_ORDER),
        lines=(
            definition(weight(), "(C.40) without its normaliser"),
            definition(sweep(), "a sweep from s to s': agents 1 … N act on what they hear"),
            definition(
                reversed_sweep(sigma_next, sigma),
                "the reversed sweep from s' to s: agent i has s_j from those after it already",
            ),
            Step(
                sp.log(sweep() / reversed_sweep(sigma_next, sigma)),
                flips,
                "both ways an agent hears the same, so that the normalisers cancel",
                uses=("adjoint_of_a_product_is_the_reversed_product",),
                slip=Slip("the old spins are forgotten", total(sigma_next[i] * seen, i)),
            ),
            Step(
                flips,
                sp.log(weight(sigma_next) / weight()),
                "flip by flip this is the difference of the energies: (C.39)",
                uses=("flips_telescope_to_the_edges",),
                slip=Slip("the energies upside down", sp.log(weight() / weight(sigma_next))),
            ),
        ),
        slip=Slip("the same order on the way back", weight(sigma_next) * sweep(sigma_next, sigma)),
    )


def palindromic_sweep_is_reversible() -> Derivation:
    """A sweep followed by the reversed sweep is reversible, over every configuration in between.

    tau are the spins at the turning point; summed over them, the statement is detailed balance.
    The agent at the turning point acts twice in a row, which is the same as acting once.
    """
    there = weight() * sweep(sigma, between) * reversed_sweep(between, sigma_next)
    back = weight(sigma_next) * sweep(sigma_next, between) * reversed_sweep(between, sigma)
    turned = weight(between) * reversed_sweep(between, sigma)
    return Derivation(
        name="palindromic_sweep_is_reversible",
        equations=("sec. 3",),
        form="beyond",
        statement=equation(there, back),
        assumes=(ANY_NUMBER, SYMMETRIC, NOT_ITSELF, "agents act in the order 1 … N, N … 1"),
        lines=(
            definition(weight(), "(C.40) without its normaliser"),
            definition(sweep(sigma, between), "the way out"),
            definition(reversed_sweep(between, sigma_next), "and the way back, in reversed order"),
            Step(
                weight() * sweep(sigma, between),
                turned,
                "the first half, seen from its end, is a reversed sweep as well",
                uses=("reversed_sweep_is_the_adjoint_of_the_sweep",),
                slip=Slip("the weight stays behind", weight() * reversed_sweep(between, sigma)),
            ),
            Step(
                there,
                turned * reversed_sweep(between, sigma_next),
                "so from the turning point s and s' are reached in the same way",
                uses=("kernel_with_its_adjoint_around_is_reversible",),
                slip=Slip("the second half goes forward", turned * sweep(between, sigma_next)),
            ),
        ),
        slip=Slip(
            "two sweeps in the same order",
            weight(sigma_next) * sweep(sigma_next, between) * sweep(between, sigma),
        ),
    )


def random_order_sweep_is_reversible() -> Derivation:
    """A sweep in a random order is reversible, if an order is as likely as the reversed one.

    Any order and its reverse make a pair whose flows balance; the sweep in a random order draws
    one of such pairs, some perhaps more often than others.
    """
    there = weight() * (sweep() + reversed_sweep()) / 2
    back = weight(sigma_next) * (sweep(sigma_next, sigma) + reversed_sweep(sigma_next, sigma)) / 2
    return Derivation(
        name="random_order_sweep_is_reversible",
        equations=("sec. 3",),
        form="beyond",
        statement=equation(there, back),
        assumes=(
            ANY_NUMBER,
            SYMMETRIC,
            NOT_ITSELF,
            "the order is drawn anew for each sweep, each order as likely as its reverse",
        ),
        lines=(
            definition(weight(), "(C.40) without its normaliser"),
            definition(sweep(), "the sweep in any one order, by which the agents are numbered"),
            definition(reversed_sweep(), "the sweep in the reversed order"),
            Step(
                weight() * sweep(),
                weight(sigma_next) * reversed_sweep(sigma_next, sigma),
                "what a sweep carries from s to s', the reversed one carries back",
                uses=("reversed_sweep_is_the_adjoint_of_the_sweep",),
                slip=Slip("the reversed sweep the same way", weight() * reversed_sweep()),
            ),
            Step(
                weight() * reversed_sweep(),
                weight(sigma_next) * sweep(sigma_next, sigma),
                "and the other way round; other pairs of orders are added to both sides",
                uses=("average_of_kernels_and_their_adjoints_is_reversible",),
                slip=Slip(
                    "the law of the start on both sides", weight() * sweep(sigma_next, sigma)
                ),
            ),
        ),
        slip=Slip(
            "the reversed order is never drawn", weight(sigma_next) * sweep(sigma_next, sigma)
        ),
    )


DERIVATIONS = (
    random_scan_collective_is_reversible,
    fixed_order_sweep_keeps_the_ising_law,
    reversed_sweep_is_the_adjoint_of_the_sweep,
    palindromic_sweep_is_reversible,
    random_order_sweep_is_reversible,
)
