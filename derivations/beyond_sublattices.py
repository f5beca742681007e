"""Some act together, the others rest: what that keeps of the Ising law (beyond appendix C).

Two groups of agents, A agents i with spins sigma_i and prior precisions zeta_i, and B agents m with
spins tau_m and prior precisions eta_m; gamma_im is the precision between an agent of the one group
and one of the other, the same both ways. Within the first group no agent hears another. Primes mark
the spins after an update, or a copy of the spins. The examples of two agents have no priors.
"""

import sympy as sp
from sympy import Expr

from derivations import collective
from derivations.display import Named
from derivations.families import Family, Index, Size, configurations, pairs, product, total
from derivations.step import Derivation, Slip, Step, definition, equation

A = Size("A")
B = Size("B")
i = Index("i", A)
m, n = Index("m", B), Index("n", B)

sigma, sigma_next = collective.sigma, collective.sigma_next  # spins of the first group
tau, tau_next = Family("tau", spin=True), Family("tauprime", spin=True)  # of the second
zeta, eta = Family("zeta"), Family("eta")
gamma = Family("gamma")  # between the groups
kappa = Family("kappa", symmetric=True, hollow=True)  # within the second group

ANY_SIZES = "any numbers A and B of agents in the two groups"
BIPARTITE = "ties only between the groups, γ_im the same both ways"


def first_field(spins: Family = tau) -> Named:
    """x_i, the local field of an agent of the first group."""
    prime = "′" if spins == tau_next else ""
    return Named(f"x{prime}ᵢ", zeta[i] + total(gamma[i, m] * spins[m], m))


def second_field(spins: Family = sigma) -> Named:
    """y_m, the local field of an agent of the second group, where that hears only the first."""
    prime = "′" if spins == sigma_next else ""
    return Named(f"y{prime}ₘ", eta[m] + total(gamma[i, m] * spins[i], i))


def ising_exponent(first: Family, second: Family) -> Expr:
    """The exponent of (C.40) on a bipartite graph."""
    priors = total(zeta[i] * first[i], i) + total(eta[m] * second[m], m)
    return priors + total(gamma[i, m] * first[i] * second[m], i, m)


def ising_weight(first: Family = sigma, second: Family = tau) -> Named:
    """(C.40) on a bipartite graph, without its normaliser."""
    primes = ["′" if spins in (sigma_next, tau_next) else "" for spins in (first, second)]
    name = f"v(σ{primes[0]},τ{primes[1]})"
    return Named(name, sp.exp(ising_exponent(first, second)))


def synchronous_weight(first: Family = sigma, second: Family = tau) -> Named:
    """(C.33) on a bipartite graph, without its normaliser."""
    primes = ["′" if spins in (sigma_next, tau_next) else "" for spins in (first, second)]
    priors = sp.exp(total(zeta[i] * first[i], i) + total(eta[m] * second[m], m))
    cosines = product(2 * sp.cosh(first_field(second)), i) * product(
        2 * sp.cosh(second_field(first)), m
    )
    return Named(f"w(σ{primes[0]},τ{primes[1]})", priors * cosines)


def independent_agents_may_act_together() -> Derivation:
    """Beyond appendix C: agents that do not hear each other keep the Ising law when acting at once.

    Given the resting agents, whatever the ties among them, the active ones are independent under
    the Ising law, and each follows its own action law. A chromatic schedule lets one such group
    after the other act: each group keeps (C.40), so a round of all groups does, and as a round can
    lead to any configuration there is no other stationary law.
    """
    resting = sp.exp(total(eta[m] * tau[m], m) + pairs(kappa[m, n] * tau[m] * tau[n], m, n))

    def weight_of(active: Family) -> Expr:
        priors = total(zeta[i] * active[i], i)
        return resting * sp.exp(priors + total(gamma[i, m] * active[i] * tau[m], i, m))

    def acting(after: Family) -> Expr:
        return product(sp.exp(after[i] * field) / (2 * sp.cosh(field)), i)

    field = first_field()
    rest = Named("c(τ)", resting)
    weight, weight_after = (
        Named(f"v(σ{prime},τ)", weight_of(spins))
        for prime, spins in (("", sigma), ("′", sigma_next))
    )
    there, back = Named("P(σ′|τ)", acting(sigma_next)), Named("P(σ|τ)", acting(sigma))
    forgotten = sp.exp(total(eta[m] * tau[m], m))
    return Derivation(
        name="independent_agents_may_act_together",
        equations=("sec. 5", "C.40"),
        form="beyond",
        statement=equation(weight * there, weight_after * back),
        assumes=(
            "A agents act at once, any number; no two of them hear each other",
            "B agents rest, any number, with any symmetric ties κ among them",
            "γ_im the same both ways",
        ),
        slip=Slip("the reverse step with the law of the new spins", weight_after * there),
        lines=(
            definition(rest, "what the resting agents contribute, their ties κ included"),
            definition(weight, "the Ising law (C.40), up to its normaliser"),
            definition(field, "what active agent i sees: resting agents only"),
            Step(
                weight,
                rest * sp.exp(total(sigma[i] * field, i)),
                "an active agent's spin meets its local field and nothing else",
                uses=("asynchronous_law_is_ising",),
                slip=Slip(
                    "the ties among the resting agents left out",
                    forgotten * sp.exp(total(sigma[i] * field, i)),
                ),
            ),
            Step(
                configurations(weight, (sigma, A)),
                rest * product(2 * sp.cosh(field), i),
                "so the sum over the active spins is one of e^x + e^(-x) for each agent",
                slip=Slip("cosh for 2 cosh", rest * product(sp.cosh(field), i)),
            ),
            definition(back, "the active agents' action laws; they act independently"),
            Step(
                weight / configurations(weight, (sigma, A)),
                back,
                "given the resting agents the Ising law of the active ones is their action law",
                slip=Slip("not conditioned on the resting agents", weight / rest),
            ),
            definition(there, "the same for the spins after the update"),
            Step(
                configurations(weight * there, (sigma, A)),
                weight_after,
                "the update keeps the law: what flows into σ′ is its weight; so a round in which "
                "one group after the other acts keeps it",
                uses=("product_of_kernels_keeps_what_each_keeps",),
                slip=Slip("the weight before the update", weight),
            ),
            Step(
                sp.Integer(0),
                there,
                "the group can take any spins, so a round in which every agent acts once can lead "
                "anywhere: the Ising law is the only law that it keeps, and it tends to it",
                relation="<",
                slip=Slip("the logarithm of the probability", sp.log(there)),
            ),
        ),
    )


def synchronous_law_factorises_on_a_bipartite_graph() -> Derivation:
    """On a bipartite graph the synchronous law is the product of the Ising law's two marginals.

    The 2 cosh of an agent is the sum over a copy of its spin. The spins of A with a copy of those
    of B are one Ising model, the copy of A's spins with those of B another; they share no spin.
    """
    normaliser = sp.Symbol("Z", positive=True)
    weight = synchronous_weight()
    priors_first, priors_second = total(zeta[i] * sigma[i], i), total(eta[m] * tau[m], m)
    mine, other = ising_weight(sigma, tau_next), ising_weight(sigma_next, tau)
    x, y = first_field(), second_field()
    left_first = sp.exp(priors_first) * product(2 * sp.cosh(y), m)
    left_second = sp.exp(priors_second) * product(2 * sp.cosh(x), i)
    marginal_first = Named("p(σ)", configurations(mine, (tau_next, B)) / normaliser)
    marginal_second = Named("p(τ)", configurations(other, (sigma_next, A)) / normaliser)
    return Derivation(
        name="synchronous_law_factorises_on_a_bipartite_graph",
        equations=("C.33",),
        form="beyond",
        statement=equation(weight / normaliser**2, marginal_first * marginal_second),
        assumes=(ANY_SIZES, BIPARTITE, "Z is the normaliser of the Ising law"),
        slip=Slip(
            "the product of the Ising law itself with its copy",
            ising_weight() * ising_weight() / normaliser**2,
        ),
        lines=(
            definition(x, "the local field of agent i of the first group"),
            definition(y, "the local field of agent m of the second group"),
            definition(weight, "the synchronous law (C.33), up to its normaliser"),
            definition(mine, "the Ising law (C.40) of σ with a copy τ′ of the second group"),
            definition(other, "the Ising law of a copy σ′ of the first group with τ"),
            Step(
                configurations(mine, (tau_next, B)),
                left_first,
                "summed over the second group, it leaves one 2 cosh for each agent there",
                uses=("asynchronous_law_is_ising",),
                slip=Slip(
                    "the cosines of the first group",
                    sp.exp(priors_first) * product(2 * sp.cosh(x), i),
                ),
            ),
            Step(
                configurations(other, (sigma_next, A)),
                left_second,
                "summed over the first group, one for each agent there",
                slip=Slip("the priors left out", product(2 * sp.cosh(x), i)),
            ),
            Step(
                weight,
                left_first * left_second,
                "their product, two Ising models without a common spin, is the synchronous weight",
                uses=("synchronous_law_is_stationary",),
                slip=Slip("the factors 2 dropped", left_first * left_second / 2),
            ),
            definition(marginal_first, "the Ising law's marginal on the first group"),
            definition(
                marginal_second,
                "and on the second; a product of two laws is a law, so that Z_sync = Z²",
            ),
        ),
    )


def synchronous_neighbours_are_independent() -> Derivation:
    """Under synchronous updates of a bipartite graph the two sublattices are independent.

    A weight that is a product of one of sigma and one of tau has no odds ratio other than 1. So
    two neighbours, being on different sublattices, are independent; a pair is the smallest case.
    """
    first, second = (sigma, sigma_next), (tau, tau_next)
    w = {(a, b): synchronous_weight(first[a], second[b]) for a in (0, 1) for b in (0, 1)}
    v = {(a, b): ising_weight(first[a], second[b]) for a in (0, 1) for b in (0, 1)}
    flipped = total(gamma[i, m] * (sigma[i] - sigma_next[i]) * (tau[m] - tau_next[m]), i, m)
    return Derivation(
        name="synchronous_neighbours_are_independent",
        equations=("C.33",),
        form="beyond",
        statement=equation(w[0, 0] * w[1, 1], w[0, 1] * w[1, 0]),
        assumes=(ANY_SIZES, BIPARTITE, "all agents act at once"),
        slip=Slip("as if σ alone decided", w[0, 0] * w[0, 1]),
        lines=(
            definition(w[0, 0], "the synchronous law (C.33), up to its normaliser"),
            Step(
                w[0, 0] / w[1, 0],
                sp.exp(total(zeta[i] * (sigma[i] - sigma_next[i]), i))
                * product(sp.cosh(second_field()) / sp.cosh(second_field(sigma_next)), m),
                "turning σ to σ′ changes the law by a factor that does not hold τ",
                uses=("synchronous_law_factorises_on_a_bipartite_graph",),
                slip=Slip(
                    "the cosines left out", sp.exp(total(zeta[i] * (sigma[i] - sigma_next[i]), i))
                ),
            ),
            Step(
                w[0, 1] / w[1, 1],
                w[0, 0] / w[1, 0],
                "so it is the same factor at τ′ as at τ: the two are independent",
                slip=Slip("the factor upside down", w[1, 0] / w[0, 0]),
            ),
            definition(v[0, 0], "the Ising law (C.40) of the same agents, up to its normaliser"),
            Step(
                v[0, 0] * v[1, 1] / (v[0, 1] * v[1, 0]),
                sp.exp(flipped),
                "the Ising law has a factor for each tie with both of its ends turned",
                uses=("asynchronous_law_is_ising",),
                slip=Slip("the Ising sublattices independent as well", sp.Integer(1)),
            ),
        ),
    )


DERIVATIONS = (
    independent_agents_may_act_together,
    synchronous_law_factorises_on_a_bipartite_graph,
    synchronous_neighbours_are_independent,
)
