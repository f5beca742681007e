"""A collective of any number of agents, and one agent with any number of neighbours, in symbols.

Agents are numbered 1 … N; ``sigma[i]`` is agent i's spin and ``gamma[i, j]`` its sensory precision
for agent j. Neighbourhoods need no symbol of their own: gamma_ij = 0 where i does not hear j, so
that a sum over all j is one over M_i. No agent hears itself. Primes mark the spins after an update.
"""

from sympy import Expr

from derivations.display import Named
from derivations.families import Family, Index, Size, total

N = Size("N")  # agents
K = Size("K")  # neighbours of the one agent of section 2

i, j, k, m = (Index(name, N) for name in "ijkm")  # agents
neighbour = Index("j", K)  # neighbours of one agent

sigma = Family("sigma", spin=True)
sigma_next = Family("sigmaprime", spin=True)
gamma = Family("gamma", symmetric=True, hollow=True)  # gamma_ij = gamma_ji
gamma_one_way = Family("gamma", hollow=True)  # gamma_ij and gamma_ji may differ
zeta = Family("zeta")

SYMMETRIC = "gamma_ij = gamma_ji"
NOT_ITSELF = "no agent hears itself"
ALL_AT_ONCE = "all agents act at once, each on what it saw before"
ONE_AT_A_TIME = "one agent acts at a time, on what it sees; who acts does not depend on the spins"
SUBSCRIPTS = str.maketrans("ijkm", "ᵢⱼₖₘ")


def local_field(
    agent: Index, state: Family = sigma, precision: Family = gamma, prior: Family = zeta
) -> Named:
    """x_i = zeta_i + sum_j gamma_ij sigma_j, with a prime where the state is primed."""
    other = k if agent == j else j
    prime = "′" if state == sigma_next else ""
    name = "x" + prime + str(agent).translate(SUBSCRIPTS)
    return Named(name, prior[agent] + total(precision[agent, other] * state[other], other))


def prior_sum(state: Family = sigma, prior: Family = zeta) -> Expr:
    """sum_i zeta_i sigma_i."""
    return total(prior[i] * state[i], i)
