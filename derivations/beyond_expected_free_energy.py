"""What agents sample that act by the softmax of expected free energy (beyond the paper).

By the corrected (B.26) such an agent acts up with log-odds b tanh x, where x is the half logit of
its belief. One gamma and one zeta for all, one agent acts at a time. Whether the collective then
has an energy depends on the graph: it has one on a complete graph and on a cycle without prior,
which this file shows, and, for gamma and b other than zero, on no other connected graph
(beyond_free_energy_currents.py).
"""

import sympy as sp
from sympy import Expr

from derivations.collective import N, i, k, sigma
from derivations.display import Named, Total
from derivations.families import Index, Size, total
from derivations.notation import SpinSymbol, gamma, logistic, slope, spin_sum, where, zeta
from derivations.step import Derivation, Slip, Step, definition, equation

M = Size("M")  # other neighbours than the two that are singled out
other = Index("m", M)
ONE_PRECISION = "one gamma and one zeta for all agents"
ONE_AT_A_TIME = "one agent acts at a time"
NOT_ZERO = "gamma and b are not zero"


def efe_field(own_field: Expr) -> Expr:
    """Local field of an agent that acts by the softmax of expected free energy: (b/2) tanh x."""
    return slope / 2 * sp.tanh(own_field)


def spread(x: Expr) -> Expr:
    """D(x): what a neighbour's flip changes in tanh x, where the others alone make it tanh x."""
    return sp.tanh(x + gamma) - sp.tanh(x - gamma)


def efe_collective_is_ising_on_a_cycle() -> Derivation:
    """Agents that act by the softmax of expected free energy, on a cycle and without priors.

    The sum of two neighbours is -2, 0 or 2, and an odd function on these three values is linear:
    the agents obey the heat bath of another coupling than their precision.
    """
    left, right = SpinSymbol("sigma_l"), SpinSymbol("sigma_r")
    effective = slope / 4 * sp.tanh(2 * gamma)
    field = Named("x", efe_field(gamma * spin_sum))
    return Derivation(
        name="efe_collective_is_ising_on_a_cycle",
        equations=("sec. 5", "B.26"),
        form="beyond",
        statement=equation(efe_field(gamma * (left + right)), effective * (left + right)),
        assumes=(
            "a cycle of any number of agents: each has two neighbours, l and r",
            "one gamma for all",
            "zeta = 0",
        ),
        lines=(
            definition(field, "the local field, as a function of the sum of the neighbours"),
            Step(
                where(field, (spin_sum, 2)),
                2 * effective,
                "both neighbours up",
                slip=Slip("tanh taken to be linear", slope * sp.tanh(gamma)),
            ),
            Step(
                where(field, (spin_sum, -2)),
                -2 * effective,
                "both neighbours down",
                slip=Slip("tanh taken to be even", 2 * effective),
            ),
            Step(
                logistic(2 * efe_field(gamma * (left + right))),
                logistic(2 * effective * (left + right)),
                "so the softmax agent, with its logit b tanh x, follows the heat bath of J",
                uses=(
                    "softmax_agent_acts_by_a_scaled_belief",
                    "heat_bath_is_logistic_in_the_energy_gap",
                    "asynchronous_law_is_ising",
                ),
                slip=Slip("J taken to be gamma", logistic(2 * gamma * (left + right))),
            ),
        ),
        slip=Slip(
            "the coupling of an end agent, (b/2) tanh gamma",
            slope / 2 * sp.tanh(gamma) * (left + right),
        ),
    )


def efe_pair_is_ising() -> Derivation:
    """Two agents, whatever their prior: a function of one spin is affine in it."""
    heard = SpinSymbol("sigma_2")
    level = sp.tanh(zeta + gamma) + sp.tanh(zeta - gamma)
    coupling, bias = Named("J", slope / 4 * spread(zeta)), Named("h", slope / 4 * level)
    return Derivation(
        name="efe_pair_is_ising",
        equations=("sec. 5", "B.26"),
        form="beyond",
        statement=equation(efe_field(zeta + gamma * heard), bias + coupling * heard),
        assumes=("two agents that hear each other", ONE_PRECISION),
        lines=(
            definition(coupling, "half the difference of the field between the other up and down"),
            definition(bias, "half the sum"),
            Step(
                efe_field(zeta + gamma),
                bias + coupling,
                "the other agent is up",
                slip=Slip("J with the wrong sign", bias - coupling),
            ),
            Step(
                efe_field(zeta - gamma),
                bias - coupling,
                "it is down; J is the same for both agents, so the law is Ising with J and h",
                uses=("softmax_agent_acts_by_a_scaled_belief", "asynchronous_law_is_ising"),
                slip=Slip(
                    "tanh of a sum taken apart", slope / 2 * (sp.tanh(zeta) - sp.tanh(gamma))
                ),
            ),
        ),
        slip=Slip("b/2 for b/4 in both", 2 * bias.definition + 2 * coupling.definition * heard),
    )


def efe_collective_has_an_energy_on_a_complete_graph() -> Derivation:
    """Everybody hears everybody: the weight depends on the number n of agents that are up.

    The agent that goes up as the n-th has n - 1 others up and N - n down, when it goes and when it
    comes back; its log-odds are the n-th term of ln W. So ln W adds up what the flips ask for.
    """
    n, step = Index("n", N), Index("k", N)

    def log_odds(number: Expr) -> Expr:
        return slope * sp.tanh(zeta + gamma * (2 * number - 1 - N))

    def log_weight(top: Expr) -> Expr:
        return sp.Sum(log_odds(step), (step, 1, top))

    field = Named("y", log_odds(n) / 2)
    up, down = (sp.exp(sign * field) / (2 * sp.cosh(field)) for sign in (1, -1))
    weight, lighter = (
        Named("W(n)", sp.exp(log_weight(n))),
        Named("W(n-1)", sp.exp(log_weight(n - 1))),
    )
    number_up = Named("n(σ)", total((1 + sigma[k]) / 2, k))
    return Derivation(
        name="efe_collective_has_an_energy_on_a_complete_graph",
        equations=("sec. 5", "B.26"),
        form="beyond",
        statement=equation(weight * down, lighter * up),
        assumes=(
            "a complete graph of any number N of agents",
            ONE_PRECISION,
            ONE_AT_A_TIME,
            "n agents are up after the flip, n - 1 before it",
        ),
        lines=(
            definition(number_up, "how many agents are up"),
            Step(
                zeta + gamma * (total(sigma[k], k) - sigma[i]),
                zeta + gamma * (2 * number_up - N - sigma[i]),
                "what agent i believes depends on n(σ) and its own spin only: with s_i = +1, n up "
                "and with s_i = -1, n - 1 up it is zeta + gamma (2 n - 1 - N)",
                slip=Slip("the agent hears itself", zeta + gamma * (2 * number_up - N)),
            ),
            definition(field, "so this is the local field of the agent that flips, both times"),
            definition(weight, "one term for each agent that is up"),
            Step(
                sp.log(weight) - sp.log(lighter),
                log_odds(n),
                "one agent more that is up adds its log-odds b tanh x",
                uses=("softmax_agent_acts_by_a_scaled_belief",),
                slip=Slip("the sum up to n ends one too early", log_odds(n - 1)),
            ),
        ),
        slip=Slip("the agent flips against its field", lighter * down),
    )


def efe_energy_on_a_complete_graph_is_not_quadratic() -> Derivation:
    """Of three agents with a prior, or of more, the energy has terms beyond pairs.

    A pair energy has local fields that are affine in the neighbours' spins: a mixed difference in
    two of them is zero. Here it is zero only where the others leave a = zeta + gamma S = 0. For
    N > 3 this cannot be so for all their sums S. For N = 3 there are no others, a = zeta, and the
    energy has a three-body term but for zeta = 0. For N = 4 and zeta = 0 it has a term in the
    product of all four spins.
    """
    first, second, third = (SpinSymbol(f"sigma_{n}") for n in "ikl")
    x = Named("a", zeta + gamma * total(sigma[other], other))
    t = sp.tanh(gamma)
    mixed = slope / 2 * (sp.tanh(x + 2 * gamma) - 2 * sp.tanh(x) + sp.tanh(x - 2 * gamma))
    closed = -2 * slope * sp.sinh(2 * x) * sp.sinh(2 * gamma) ** 2
    closed /= (1 + sp.cosh(2 * x)) * (sp.cosh(2 * x) + sp.cosh(4 * gamma))
    of_three = Named("y", efe_field(zeta + gamma * (first + second)))
    field = Named("x", efe_field(gamma * (first + second + third)))
    product = first * second * third
    return Derivation(
        name="efe_energy_on_a_complete_graph_is_not_quadratic",
        equations=("sec. 5", "B.26"),
        form="beyond",
        statement=equation(
            Total(first * second * efe_field(x + gamma * (first + second)), first, second), closed
        ),
        assumes=(
            "a complete graph; two neighbours i and k, and any number M of others, or none",
            ONE_PRECISION,
            NOT_ZERO,
        ),
        lines=(
            definition(x, "what the agent would believe without the neighbours i and k"),
            Step(
                Total(first * second * efe_field(x + gamma * (first + second)), first, second),
                mixed,
                "the mixed difference is the second difference in the sum of the two",
                slip=Slip(
                    "the second difference over one spin's step",
                    slope / 2 * (sp.tanh(x + gamma) - 2 * sp.tanh(x) + sp.tanh(x - gamma)),
                ),
            ),
            Step(
                mixed,
                closed,
                "zero only where a is: no pair energy for N > 3, as a is not zero for all spins",
                uses=("efe_collective_has_an_energy_on_a_complete_graph",),
                slip=Slip("the sign of the curvature of tanh", -closed),
            ),
            definition(of_three, "one of three agents that all hear each other"),
            Step(
                Total(first * second * of_three, first, second) / 4,
                closed.xreplace({x: zeta}) / 4,
                "its Walsh coefficient of the two others, and minus that of the energy in the "
                "product of all three: zero for zeta = 0, else not",
                uses=("symmetric_walsh_coefficients_give_an_energy",),
                slip=Slip("as if three agents had pairs only", sp.Integer(0)),
            ),
            Step(
                sp.tanh(3 * gamma) - 3 * t,
                -8 * t**3 / (1 + 3 * t**2),
                "for N = 4 and zeta = 0: tanh 3x by tanh x",
                slip=Slip("the addition theorem of tan", -8 * t**3 / (1 - 3 * t**2)),
            ),
            definition(field, "one of four agents that all hear each other, zeta = 0"),
            Step(
                Total(product * field, first, second, third) / 8,
                -slope * t**3 / (1 + 3 * t**2),
                "its Walsh coefficient of all three others, and minus that of the energy",
                uses=("symmetric_walsh_coefficients_give_an_energy",),
                slip=Slip(
                    "the three contexts with one down counted once",
                    -slope / 8 * (3 * t - sp.tanh(3 * gamma) + 4 * t),
                ),
            ),
        ),
        slip=Slip("sinh for sinh squared", closed / sp.sinh(2 * gamma)),
    )


DERIVATIONS = (
    efe_collective_is_ising_on_a_cycle,
    efe_pair_is_ising,
    efe_collective_has_an_energy_on_a_complete_graph,
    efe_energy_on_a_complete_graph_is_not_quadratic,
)
