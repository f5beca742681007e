"""What a collective samples when one agent acts at a time (appendix C, C.36, C.40, C.41).

Any number of agents, any symmetric precisions, a prior each; the printed case of one gamma on the
edges of a graph and one zeta is contained. Agent k, which acts, is any one of them.
"""

import sympy as sp

from derivations.app_c_flips import FIELD, LAW, NEW, OLD, WEIGHT, pair_sum
from derivations.collective import (
    NOT_ITSELF,
    ONE_AT_A_TIME,
    SYMMETRIC,
    gamma,
    i,
    j,
    k,
    prior_sum,
    sigma,
    zeta,
)
from derivations.families import Moved, total
from derivations.step import Derivation, Slip, Step, definition, equation


def asynchronous_law_is_ising() -> Derivation:
    """(C.40), (C.41): every agent's update satisfies detailed balance with the Ising law.

    When agent k flips, the weight changes by what holds its spin, which is its local field times
    the flip: the ratio (C.38) of its action law. Whoever acts next, each update keeps the law, and
    so does any order and any random choice of who acts that does not look at the spins. No update
    is certain, so that a collective in which all act again and again has no other law.
    """
    law_of_new, weight_after = Moved(LAW, OLD, NEW), Moved(WEIGHT, OLD, NEW)
    up, down = Moved(WEIGHT, OLD, 1), Moved(WEIGHT, OLD, -1)
    heard = total(gamma[k, j] * sigma[j], j)
    return Derivation(
        name="asynchronous_law_is_ising",
        equations=("C.36", "C.40", "C.41"),
        form="printed",
        statement=equation(WEIGHT * law_of_new, weight_after * LAW),
        assumes=(
            "any number of agents; k is any of them",
            SYMMETRIC,
            NOT_ITSELF,
            ONE_AT_A_TIME,
            "p(x) in (C.40) is p(σ)",
        ),
        slip=Slip("the reverse step with the law of the new spin", weight_after * law_of_new),
        lines=(
            definition(WEIGHT, "(C.40) without its normaliser Z, which cancels"),
            Step(
                -sp.log(WEIGHT),
                -pair_sum() - prior_sum(),
                "(C.41): the energy of equation (7) with J = γ, h = ζ, β = 1",
                uses=("flips_telescope_to_the_edges", "agents_follow_the_heat_bath"),
                slip=Slip(
                    "ordered pairs, every edge twice",
                    -total(gamma[i, j] * sigma[i] * sigma[j], i, j) - prior_sum(),
                ),
            ),
            definition(FIELD, "the local field of agent k"),
            definition(LAW, "(C.35), the law of agent k's action; σ′ₖ is drawn from it"),
            Step(
                prior_sum() - Moved(prior_sum(), OLD, NEW),
                (OLD - NEW) * zeta[k],
                "of the priors' sum only the term of agent k changes",
                slip=Slip("the flip counted as 2 s", 2 * OLD * zeta[k]),
            ),
            Step(
                pair_sum() - Moved(pair_sum(), OLD, NEW),
                (OLD - NEW) * heard,
                "of the sum over pairs one term for each neighbour of k, as γ_jk = γ_kj",
                slip=Slip("every neighbour twice", 2 * (OLD - NEW) * heard),
            ),
            Step(
                WEIGHT / weight_after,
                sp.exp((OLD - NEW) * FIELD),
                "together: the flip times the local field",
                slip=Slip("the prior left out", sp.exp((OLD - NEW) * heard)),
            ),
            Step(
                LAW / law_of_new,
                sp.exp((OLD - NEW) * FIELD),
                "and this is the ratio of the action laws: detailed balance (C.36)",
                uses=("single_flip_ratio_is_exponential_in_the_flip",),
                slip=Slip("upside down", sp.exp((NEW - OLD) * FIELD)),
            ),
            Step(
                weight_after / (up + down),
                law_of_new,
                "in other words, agent k draws its spin from the Ising law given all the others",
                slip=Slip("the law of its old spin", LAW),
            ),
            Step(
                up * law_of_new + down * law_of_new,
                weight_after,
                "so its update keeps the law: over both old spins, what flows in is the weight",
                slip=Slip("the weight before the update", WEIGHT),
            ),
            Step(
                sp.Integer(0),
                law_of_new,
                "either spin has a positive probability: N updates can lead from any configuration "
                "to any other, and an update may leave the spin as it was. So under random scan "
                "this is the one stationary law, and the collective tends to it",
                relation="<",
                slip=Slip("the logarithm of the probability", sp.log(law_of_new)),
            ),
        ),
    )


DERIVATIONS = (asynchronous_law_is_ising,)
