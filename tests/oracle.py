"""Brute force over every configuration of a few spins: what the package's results are held against.

Shapes: a configuration is a tuple of n spins, each -1 or +1; tables run over all 2**n of them.
Conventions: state k has spin i at +1 where bit i of k is set. A transition matrix has
T[a, b] = P(next is b | now is a). ``clamped`` maps an agent to the spin that it keeps; transition
matrices leave clamped agents as they find them, laws are zero wherever one holds another spin.

Only itertools and numpy, nothing of ours, and nothing clever: each function is its definition,
written out and summed. Meant for n up to 10.
"""

import itertools

import numpy as np

# ---- configurations


def states(n):
    """All configurations of n spins, int8 (2**n, n)."""
    counted = [bits[::-1] for bits in itertools.product((-1, 1), repeat=n)]
    return np.array(counted, dtype=np.int8).reshape(2**n, n)


def index_of(spins):
    """The row of ``states`` that holds this configuration."""
    return sum(2**i for i, spin in enumerate(spins) if spin == 1)


def in_slice(n, clamped=None):
    """Which configurations agree with ``clamped``, bool (2**n,)."""
    every = states(n)
    return np.array([all(row[i] == s for i, s in (clamped or {}).items()) for row in every])


# ---- one agent


def sigmoid(x):
    """1 / (1 + exp(-x)), without overflow on either side."""
    return np.exp(-np.logaddexp(0.0, -np.asarray(x, dtype=float)))


def spin_probability(spin, eta):
    """exp(eta s) / (2 cosh eta), eq. (A.1)."""
    return sigmoid(2.0 * eta * spin)


def joint(gamma, zeta, neighbours, hidden):
    """P(sigma, z) of one agent: eq. (10) times its prior."""
    probability = spin_probability(hidden, zeta)
    for precision, spin in zip(gamma, neighbours, strict=True):
        probability = probability * spin_probability(spin, precision * hidden)
    return float(probability)


def evidence(gamma, zeta, neighbours):
    """P(sigma): the joint summed over the hidden spin."""
    return sum(joint(gamma, zeta, neighbours, z) for z in (-1, 1))


def posterior_up(gamma, zeta, neighbours):
    """P(z = +1 | sigma) by Bayes' rule, eq. (A.5)."""
    return joint(gamma, zeta, neighbours, 1) / evidence(gamma, zeta, neighbours)


# ---- action rules: from phi = P(z = +1 | sigma) to the probability of acting +1


def probability_matching(phi):
    """Act as you believe, eq. (5)."""
    return phi


def planning_as_inference(phi, preference_precision, forward_precision):
    """P(u = +1) in the factor graph of eq. (B.14), flat in u: summed over O and z."""
    weight = {-1: 0.0, 1: 0.0}
    for u, outcome, z in itertools.product((-1, 1), repeat=3):
        weight[u] = weight[u] + (
            spin_probability(outcome, preference_precision)
            * spin_probability(outcome, forward_precision * z * u)
            * (phi if z == 1 else 1 - phi)
        )
    return weight[1] / (weight[-1] + weight[1])


def expected_free_energy(phi, preference_precision, forward_precision, action_precision):
    """P(u) proportional to exp(-beta G(u)), with G of eqs. (B.22) and (B.23)."""
    cost = {-1: 0.0, 1: 0.0}
    for u, outcome, z in itertools.product((-1, 1), repeat=3):
        belief = phi if z == 1 else 1 - phi
        foreseen = spin_probability(outcome, forward_precision * z * u) * belief
        surprise = np.logaddexp(0.0, -2.0 * preference_precision * outcome)  # -ln P(O)
        cost[u] = cost[u] + foreseen * surprise
    return sigmoid(action_precision * (cost[-1] - cost[1]))


def maximum_a_posteriori(phi):
    """The likelier spin; either, evenly, where they are equally likely."""
    return np.where(phi > 0.5, 1.0, np.where(phi < 0.5, 0.0, 0.5))


RULES: dict = {
    "probability_matching": probability_matching,
    "planning_as_inference": planning_as_inference,
    "expected_free_energy": expected_free_energy,
    "maximum_a_posteriori": maximum_a_posteriori,
}


# ---- a collective: row i of gamma is what agent i believes about the others


def local_field(gamma, zeta, spins, i):
    """zeta_i + sum_j gamma_ij s_j."""
    return zeta[i] + sum(gamma[i][j] * spins[j] for j in range(len(spins)))


def up_probabilities(gamma, zeta, rule="probability_matching", **parameters):
    """P(agent i acts +1 | configuration), float64 (2**n, n)."""
    every = states(len(zeta))
    fields = [[local_field(gamma, zeta, row, i) for i in range(len(zeta))] for row in every]
    return np.asarray(RULES[rule](sigmoid(2.0 * np.array(fields)), **parameters), dtype=float)


# ---- transition matrices, from the table of up-probabilities, float64 (2**n, 2**n)


def independent_moves(row):
    """P(next configuration) when spin i is +1 with probability row[i], each by itself."""
    probability = np.ones(1)
    for up in row:
        probability = np.concatenate([probability * (1.0 - up), probability * up])
    return probability


def together(up, agents, rate=1.0):
    """The listed agents act at once, each with probability ``rate``; the others keep their spin."""
    stays = (states(up.shape[1]) + 1) / 2.0
    moves = np.array([i in agents for i in range(up.shape[1])])
    acted = np.where(moves, rate * up + (1.0 - rate) * stays, stays)
    return np.array([independent_moves(row) for row in acted])


def free_agents(up, clamped=None):
    """The agents that are not clamped, in order."""
    return [i for i in range(up.shape[1]) if i not in (clamped or {})]


def random_scan(up, clamped=None):
    """One update, of a free agent chosen evenly."""
    free = free_agents(up, clamped)
    if not free:
        return np.eye(len(up))
    return sum(together(up, [i]) for i in free) / len(free)


def sequential(up, clamped=None, order=None):
    """One sweep: every free agent once, in the given order (by index, if none is given)."""
    matrix = np.eye(len(up))
    for i in range(up.shape[1]) if order is None else order:
        if i in free_agents(up, clamped):
            matrix = matrix @ together(up, [i])
    return matrix


def chromatic(up, colours, clamped=None):
    """One sweep: colour after colour; the free agents of one colour act at once."""
    matrix = np.eye(len(up))
    for colour in sorted({int(c) for c in colours}):
        agents = [i for i in free_agents(up, clamped) if colours[i] == colour]
        matrix = matrix @ together(up, agents)
    return matrix


def synchronous(up, clamped=None):
    """One tick: all free agents act at once."""
    return together(up, free_agents(up, clamped))


def partially_synchronous(up, rate, clamped=None):
    """One tick: each free agent acts with probability ``rate``, all from the same configuration."""
    return together(up, free_agents(up, clamped), rate)


# ---- what a chain settles to


def recurrent_states(matrix):
    """The one set of states that the chain ends up in; ValueError if there are several."""
    reach = (np.eye(len(matrix)) + matrix) > 0
    for _ in range(len(matrix).bit_length()):  # paths of 1, 2, 4, ... steps
        reach = (reach.astype(np.float32) @ reach.astype(np.float32)) > 0
    closed = [a for a in range(len(matrix)) if reach[reach[a], a].all()]
    if not reach[np.ix_(closed, closed)].all():
        raise ValueError("several closed sets of states: the chain has no one stationary law")
    return np.array(closed)


def stationary_law(matrix, clamped=None):
    """The law p = p T on the clamped slice, float64 (2**n,).

    By the elimination of Grassmann, Taksar and Heyman, which never subtracts, so that every
    probability is right to a few units in its last place.
    """
    slice_states = np.flatnonzero(in_slice(len(matrix).bit_length() - 1, clamped))
    within = matrix[np.ix_(slice_states, slice_states)]
    recurrent = recurrent_states(within)
    p = within[np.ix_(recurrent, recurrent)].copy()
    for k in range(len(p) - 1, 0, -1):
        p[:k, k] /= p[k, :k].sum()
        p[:k, :k] += np.outer(p[:k, k], p[k, :k])
    weight = np.ones(len(p))
    for k in range(1, len(p)):
        weight[k] = weight[:k] @ p[:k, k]
    law = np.zeros(len(matrix))
    law[slice_states[recurrent]] = weight / weight.sum()
    return law


def flux(matrix, law):
    """law[a] T[a, b], the probability of seeing a and then b."""
    return law[:, None] * matrix


def detailed_balance_residual(matrix, law):
    """The largest |law[a] T[a, b] - law[b] T[b, a]|."""
    return float(np.abs(flux(matrix, law) - flux(matrix, law).T).max())


def entropy_production(matrix, law):
    """Nats per step, sum of flux ln(flux / reverse flux); infinite if some move is one-way."""
    forward, total = flux(matrix, law), 0.0
    for a, b in zip(*np.nonzero(forward), strict=True):
        if forward[b, a] == 0.0:
            return np.inf
        total += forward[a, b] * np.log(forward[a, b] / forward[b, a])
    return float(total)


# ---- equilibrium laws by enumeration, float64 (2**n,)


def normalised(log_weight, allowed):
    """exp(log_weight) on the allowed states, divided by its sum."""
    shifted = np.where(allowed, log_weight, -np.inf)
    weight = np.exp(shifted - shifted.max())
    return weight / weight.sum()


def pairs_and_fields(couplings, fields, spins):
    """Sum over pairs (each once) and over sites: minus the energy, eq. (7)."""
    n = len(fields)
    pairs = sum(couplings[i][j] * spins[i] * spins[j] for i in range(n) for j in range(i))
    return pairs + sum(fields[i] * spins[i] for i in range(n))


def ising_law(couplings, fields, beta=1.0, clamped=None):
    """Proportional to exp(-beta E), eqs. (6) and (7); clamped, the conditional law."""
    log_weight = [beta * pairs_and_fields(couplings, fields, row) for row in states(len(fields))]
    return normalised(np.array(log_weight), in_slice(len(fields), clamped))


def boltzmann_law(weights, biases, units="pm1", clamped=None):
    """Proportional to exp of (pairs, each once, plus biases), the units being -1, +1 or 0, 1.

    Bit i of a state's index is set where unit i is on, in both conventions.
    """
    off = {"pm1": -1, "01": 0}[units]
    values = np.where(states(len(biases)) == 1, 1, off)
    log_weight = [pairs_and_fields(weights, biases, row) for row in values]
    return normalised(np.array(log_weight), in_slice(len(biases), clamped))


def little_law(couplings, fields, clamped=None):
    """The law of simultaneous updates, eq. (C.33), among the free agents.

    A clamped agent is an added field on the others, and adds no factor of its own.
    """
    n, fixed = len(fields), clamped or {}
    free = [i for i in range(n) if i not in fixed]
    shifted = {i: fields[i] + sum(couplings[i][j] * s for j, s in fixed.items()) for i in free}
    log_weight = []
    for row in states(n):
        total = 0.0
        for i in free:
            x = shifted[i] + sum(couplings[i][j] * row[j] for j in free)
            total += shifted[i] * row[i] + np.logaddexp(x, -x)
        log_weight.append(total)
    return normalised(np.array(log_weight), in_slice(n, clamped))


def marginals(law):
    """P(spin i = +1) under a law over configurations, float64 (n,)."""
    every = states(len(law).bit_length() - 1)
    return np.array([law[every[:, i] == 1].sum() for i in range(every.shape[1])])
