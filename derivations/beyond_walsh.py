"""Which agents, of any kind, have a law in equilibrium (beyond the paper).

An agent need not infer anything: agent i acts up with log-odds 2 x_i, and its half logit x_i is any
function of the others' spins. Every such function is a sum over the sets a of other agents of a
*Walsh coefficient* c_i(a) times chi_a, the product of the spins in a. Under random scan the
collective has an energy if and only if c_i(a without i) is the same for every agent i in a; the
energy may then have terms of any number of bodies.

Two agents i and k are singled out. Sets of agents without both of them are numbered a = 1 … M; that
is the only thing about the other agents that the proofs need, so that they hold for any number.
"""

import sympy as sp
from sympy import Expr

from derivations.beyond_chains import POSITIVE
from derivations.display import Named, Total
from derivations.families import Family, Index, Size, total
from derivations.notation import SpinSymbol, where
from derivations.sec5_fragility import acting, square
from derivations.step import Derivation, Sentence, Slip, Step, definition, equation

M = Size("M")  # sets of other agents
a = Index("a", M)
chi = Family("chi", spin=True)  # the product of the spins in the set a
p, q, r, t, u, v = (Family(name) for name in "pqrtuv")  # Walsh coefficients
spin_i, spin_k, new = SpinSymbol("sigma_i"), SpinSymbol("sigma_k"), SpinSymbol("s")

HALF_LOGITS = "agent i acts up with log-odds 2 x_i, where x_i is any function of the others' spins"


def expansion(without: Family, containing: Family, spin: Expr) -> Expr:
    """A function of ``spin`` and other spins: sum_a (without_a + containing_a spin) chi_a."""
    return total((without[a] + containing[a] * spin) * chi[a], a)


def walsh_coefficients_are_unique() -> Derivation:
    """Every function of spins is one sum of products of spins, and only one; by induction.

    A function of one spin more has a value for each sign of the new spin s, two functions of the
    old spins. Half their sum and half their difference are the coefficients without and with s.
    """
    up, down = (Named(name, total(c[a] * chi[a], a)) for name, c in (("f₊", u), ("f₋", v)))
    halves = total(((u[a] + v[a]) / 2 + (u[a] - v[a]) / 2 * new) * chi[a], a)
    function = Named("f", expansion(p, q, new))
    exists = Step(
        (1 + new) / 2 * up + (1 - new) / 2 * down,
        halves,
        "there is one: f is f₊ at s = +1 and f₋ at s = -1, which are sums over the old sets a",
        slip=Slip("a factor 1/2 forgotten", total((u[a] + v[a] + (u[a] - v[a]) * new) * chi[a], a)),
    )
    sum_of_values = Step(
        where(function, (new, 1)) + where(function, (new, -1)),
        2 * total(p[a] * chi[a], a),
        "there is no other: the values of f determine this function of the old spins",
        slip=Slip("the terms with s kept", 2 * total((p[a] + q[a]) * chi[a], a)),
    )
    difference = Step(
        where(function, (new, 1)) - where(function, (new, -1)),
        2 * total(q[a] * chi[a], a),
        "and this one; so, by what is assumed of them, p_a and q_a for every a",
        slip=Slip("s changes by 1", total(q[a] * chi[a], a)),
    )
    return Derivation(
        name="walsh_coefficients_are_unique",
        equations=("sec. 5",),
        form="beyond",
        statement=Sentence(
            "a function of one spin s more has the expansion {}, and its values determine the "
            "coefficients of any expansion: {} and {}",
            (exists.stated, sum_of_values.stated, difference.stated),
        ),
        assumes=(
            "any number of spins, by induction from none, where a function is a number",
            "the functions of the spins before s have one expansion each, over their 2^n = M sets",
        ),
        lines=(
            definition(up, "the function at s = +1, one of the old spins"),
            definition(down, "the function at s = -1"),
            exists,
            definition(function, "any expansion: p_a for the sets without s, q_a with s"),
            sum_of_values,
            difference,
        ),
    )


def _pair_of_fields() -> tuple[Named, Named]:
    return Named("xᵢ", expansion(p, q, spin_k)), Named("xₖ", expansion(r, t, spin_i))


def reversible_agents_have_symmetric_walsh_coefficients() -> Derivation:
    """Theorem, only if: where random scan is reversible, c_i(a with k) = c_k(a with i).

    If the updates are in detailed balance with a law, then around the square of flips i, k, i, k
    forward and backward are equally probable. The logarithm of their quotient is a function of the
    other agents' spins, and it vanishes for all their values only if its coefficients do. That is
    the criterion: of A = a with i and k, c_i(A without i) = c_k(A without k).
    """
    first, second = _pair_of_fields()
    forward, backward = square(first, second, spin_i, spin_k)
    weights = sp.symbols("w_1:5", positive=True)
    one, two, three, four = weights
    return Derivation(
        name="reversible_agents_have_symmetric_walsh_coefficients",
        equations=("sec. 5",),
        form="beyond",
        statement=equation(sp.log(forward / backward), 4 * total((t[a] - q[a]) * chi[a], a)),
        assumes=(
            HALF_LOGITS,
            "any number of agents, one acts at a time; i and k are two of them",
            "each update is reversible: a flip of agent k happens only where k acts",
            POSITIVE,
            "p_a = c_i(a), q_a = c_i(a with k), r_a = c_k(a), t_a = c_k(a with i)",
        ),
        lines=(
            definition(first, "the half logit of agent i, by the sets a without i and k"),
            definition(second, "the half logit of agent k"),
            definition(forward, "up i, up k, down i, down k: each by the law of who acts"),
            definition(backward, "the same four flips undone, in the opposite order"),
            Step(
                sp.log(two / one) + sp.log(three / two) + sp.log(four / three) + sp.log(one / four),
                sp.Integer(0),
                "in detailed balance with a law w, each flip and its way back have the quotient "
                "w(after)/w(before); around the square this gives ln(forward/backward) = 0",
                uses=("reversible_chain_has_no_cycle_affinity",),
                slip=Slip("the last flip left out", sp.log(four / one)),
            ),
            Step(
                sp.log(acting(first, 1, spin_k, -1) / acting(first, -1, spin_k, -1)),
                2 * where(first, (spin_k, -1)),
                "a flip up and the same flip down have e^(2x) as quotient",
                slip=Slip("e^x for e^(2x)", where(first, (spin_k, -1))),
            ),
            Step(
                where(first, (spin_k, 1)) - where(first, (spin_k, -1)),
                2 * total(q[a] * chi[a], a),
                "how far the field of i depends on k; a vanishing sum over the chi_a has vanishing "
                "coefficients, so t_a = q_a for every set a",
                uses=("walsh_coefficients_are_unique",),
                slip=Slip("p for q", 2 * total(p[a] * chi[a], a)),
            ),
        ),
        slip=Slip("the sign of k's part", 4 * total((t[a] + q[a]) * chi[a], a)),
    )


def symmetric_walsh_coefficients_give_an_energy() -> Derivation:
    """Theorem, if: with one coefficient c_A for each set A of agents, E = -sum_A c_A chi_A.

    Let agent k act, and let a run over the sets without k. Flipping k changes the energy by its
    terms with k only, and c_(a with k) = c_k(a) says that these are its half logit.
    """
    energy = Named("E", -expansion(p, q, spin_k))
    field = Named("xₖ", total(q[a] * chi[a], a))
    weight = sp.exp(-energy)
    law = sp.exp(spin_k * field) / (2 * sp.cosh(field))
    moved = (spin_k, new)
    return Derivation(
        name="symmetric_walsh_coefficients_give_an_energy",
        equations=("sec. 5",),
        form="beyond",
        statement=equation(weight * where(law, moved), where(weight, moved) * law),
        assumes=(
            HALF_LOGITS,
            "any number of agents, one acts at a time; k is any one of them",
            "c_i(A without i) is the same number c_A for every agent i in A",
            "p_a = c_a, q_a = c_(a with k)",
        ),
        lines=(
            definition(energy, "the sum over all sets, by the sets a without k and those with k"),
            definition(field, "the half logit of agent k, whose coefficients are c_k(a) = q_a"),
            Step(
                where(energy, (spin_k, -1)) - where(energy, (spin_k, 1)),
                2 * field,
                "the energy gap is the agent's logit",
                uses=("walsh_coefficients_are_unique",),
                slip=Slip("the gap taken for the half logit", field),
            ),
            Step(
                weight / Total(weight, spin_k),
                law,
                "so every agent is the heat bath of E; random scan is a mixture of such updates, "
                "and reversible if each of them is",
                uses=(
                    "heat_bath_is_logistic_in_the_energy_gap",
                    "mixture_of_reversible_kernels_is_reversible",
                ),
                slip=Slip(
                    "heat bath at twice the temperature",
                    sp.exp(spin_k * field / 2) / (2 * sp.cosh(field / 2)),
                ),
            ),
        ),
        slip=Slip(
            "the agent flips against its field", where(weight, moved) * law.subs(spin_k, -spin_k)
        ),
    )


def three_agents_have_a_three_body_energy() -> Derivation:
    """The smallest energy that is no spin glass: three agents with a pair term in x.

    It is what three agents come to whose likelihood does not factorise. With one kappa for all they
    are in equilibrium, with a term in the product of three spins; with two kappas they are not.
    """
    spins = [SpinSymbol(f"sigma_{n}") for n in (1, 2, 3)]
    one, two, three = spins
    h = sp.symbols("h_1:4", real=True)
    j12, j13, j23, kappa, other = sp.symbols("J_12 J_13 J_23 kappa lambda", real=True)
    pairs = j12 * one * two + j13 * one * three + j23 * two * three
    energy = Named(
        "E",
        -sp.Add(*(x * s for x, s in zip(h, spins, strict=True)))
        - pairs
        - kappa * one * two * three,
    )
    first = Named("x₁", h[0] + j12 * two + j13 * three + kappa * two * three)
    third = Named("x₃", h[2] + j13 * one + j23 * two + other * one * two)
    weight = sp.exp(-energy)
    affinity = 2 * (
        where(first, (three, -1))
        - where(first, (three, 1))
        + where(third, (one, 1))
        - where(third, (one, -1))
    )
    return Derivation(
        name="three_agents_have_a_three_body_energy",
        equations=("sec. 5",),
        form="beyond",
        statement=equation(weight / Total(weight, one), sp.exp(one * first) / (2 * sp.cosh(first))),
        assumes=("three agents whose half logits have the pair terms kappa s_2 s_3 and so on",),
        lines=(
            definition(first, "agent 1, with a likelihood that does not factorise"),
            definition(energy, "one term for each set of agents"),
            Step(
                where(energy, (one, -1)) - where(energy, (one, 1)),
                2 * first,
                "its energy gap is the logit of agent 1; those of 2 and 3 go the same way",
                uses=(
                    "symmetric_walsh_coefficients_give_an_energy",
                    "pair_term_in_the_likelihood_breaks_the_spin_sum",
                ),
                slip=Slip("the three-body term left out", 2 * (first - kappa * two * three)),
            ),
            Step(
                Total(one * two * three * energy, one, two, three),
                -8 * kappa,
                "the energy of a spin glass, with pairs only, would give zero here",
                slip=Slip("a pair energy", sp.Integer(0)),
            ),
            definition(third, "agent 3, now with lambda instead of kappa"),
            Step(
                affinity,
                4 * (other - kappa) * two,
                "then the square of agents 1 and 3 has an affinity: no equilibrium",
                uses=("reversible_agents_have_symmetric_walsh_coefficients",),
                slip=Slip("the spin of agent 2 forgotten", 4 * (other - kappa)),
            ),
        ),
        slip=Slip(
            "the field of agent 1 without its factor 2 in the exponent",
            sp.exp(one * first / 2) / (2 * sp.cosh(first / 2)),
        ),
    )


DERIVATIONS = (
    walsh_coefficients_are_unique,
    reversible_agents_have_symmetric_walsh_coefficients,
    symmetric_walsh_coefficients_give_an_energy,
    three_agents_have_a_three_body_energy,
)
