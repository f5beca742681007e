"""From beliefs to actions: expected free energy, and planning as inference (appendix B).

The paper lets two precisions go to infinity and then divides by what they diverge to. Here both
stay finite (omega for the preference, xi for the forward model) and limits come last. The softmax
has its own precision alpha, the beta of (B.26). An agent whose action depends on phi_z through
sigmoid(b (2 phi_z - 1)) is called the softmax agent.
"""

import sympy as sp
from sympy import Expr, Symbol

from derivations.display import Named, Total
from derivations.notation import (
    action_precision,
    at,
    aversion,
    bernoulli,
    gamma,
    logistic,
    omega,
    optimality,
    phi_u,
    phi_z,
    slope,
    spin_law,
    spins,
    u,
    where,
    xi,
    z,
    zeta,
)
from derivations.step import Derivation, Step, definition, equation

HALF = sp.Rational(1, 2)
GOAL = Named("P(O)", spin_law(omega, optimality))  # (B.10)
FORWARD = Named("P(O|z,u)", spin_law(xi * z * u, optimality))  # (B.12)
BELIEF = Named("Q(z)", bernoulli(phi_z, z))  # (B.18)
ACTION = Named("Q(u)", bernoulli(phi_u, u))  # (B.21) with phi_u
G_DOWN = Symbol("G_minus", real=True)  # expected free energy of u = -1
G_UP = Symbol("G_plus", real=True)  # expected free energy of u = +1


def predicted_outcome() -> Named:
    """(B.23): Q(O|u), the forward model averaged over the belief."""
    return Named("Q(O|u)", Total(BELIEF * FORWARD, z))


def expected_free_energy() -> Named:
    """(B.22): G(u), minus the expected log preference."""
    return Named("G(u)", -Total(predicted_outcome() * sp.log(GOAL), optimality))


def entropy(law: Expr) -> Expr:
    """-sum over O of law(O) ln law(O)."""
    return -Total(law * sp.log(law), optimality)


def perception_free_energy() -> tuple[Named, Expr]:
    """(B.17), with three neighbours; and the posterior's local field."""
    observed = spins(3)
    joint = Named("P(σ,z)", spin_law(zeta, z) * sp.Mul(*(spin_law(gamma * z, s) for s in observed)))
    return Named("F", Total(BELIEF * (sp.log(BELIEF) - sp.log(joint)), z)), zeta + gamma * sp.Add(
        *observed
    )


def action_free_energy_of_the_factor_graph() -> Named:
    """(B.20) with (B.14) in it, O and z averaged under Q(O, z | u), and P(u) ~ exp(-alpha G)."""
    g = expected_free_energy()
    weight = sp.exp(-action_precision * g)
    prior = Named("P(u)", weight / Total(weight, u))
    graph = sp.log(FORWARD) + sp.log(prior) + sp.log(GOAL) + sp.log(BELIEF)
    expected = Total(BELIEF * FORWARD * graph, z, optimality)
    return Named("F", Total(ACTION * (sp.log(ACTION) - expected), u))


def one_outcome_factor_gives_a_normalised_joint() -> Derivation:
    """(B.8): the generative model has one factor on O, and its mass is one."""
    observed = spins(2)
    perception = spin_law(zeta, z) * sp.Mul(*(spin_law(gamma * z, s) for s in observed))
    joint = Named("P(σ,z,u)", perception * ACTION)
    return Derivation(
        name="one_outcome_factor_gives_a_normalised_joint",
        equations=("B.8",),
        form="printed",
        statement=equation(Total(FORWARD * joint, optimality, z, u, *observed), 1),
        assumes=("two neighbours", "the factor on O is the forward model (B.12)"),
        steps=(
            definition(FORWARD, "(B.12)"),
            definition(joint, "the agent's joint, times a law of u"),
            Step(Total(FORWARD, optimality), sp.Integer(1), "(B.12) is a law of O"),
            Step(
                Total(joint, z, u, *observed),
                sp.Integer(1),
                "and the rest is normalised factor by factor",
                uses=("likelihood_is_normalised", "prior_is_normalised", "action_law_is_bernoulli"),
            ),
        ),
    )


def softmax_prior_is_logistic_in_the_gap() -> Derivation:
    """(B.9), with the precision that (B.26) uses and (B.9) lacks."""
    weights = [sp.exp(-action_precision * g) for g in (G_UP, G_DOWN)]
    prior = Named("P(u=1)", weights[0] / (weights[0] + weights[1]))
    gap = G_DOWN - G_UP
    return Derivation(
        name="softmax_prior_is_logistic_in_the_gap",
        equations=("B.9",),
        form="corrected",
        statement=equation(prior, logistic(action_precision * gap)),
        assumes=("two actions", "P(u) is proportional to exp(-alpha G(u))"),
        steps=(
            definition(prior, "the softmax of two expected free energies"),
            Step(
                where(prior, (action_precision, 1)),
                sp.exp(-G_UP) / (sp.exp(-G_UP) + sp.exp(-G_DOWN)),
                "(B.9) as printed is the case alpha = 1",
            ),
        ),
    )


def goal_prior_tends_to_certainty() -> Derivation:
    """(B.10), (B.11): an agent with infinite preference precision wants O = +1 and nothing else."""
    return Derivation(
        name="goal_prior_tends_to_certainty",
        equations=("B.10", "B.11"),
        form="printed",
        statement=equation(sp.Limit(GOAL, omega, sp.oo), (1 + optimality) / 2),
        assumes=("omega grows without bound",),
        steps=(
            definition(GOAL, "(B.10)"),
            Step(Total(GOAL, optimality), sp.Integer(1), "it is normalised"),
            Step(where(GOAL, (optimality, 1)), logistic(2 * omega), "2 omega is its log-odds"),
        ),
    )


def forward_model_tends_to_the_matching_tables() -> Derivation:
    """(B.12), (B.13): in the limit O = +1 says that the action matches the hidden state."""
    return Derivation(
        name="forward_model_tends_to_the_matching_tables",
        equations=("B.12", "B.13"),
        form="printed",
        statement=equation(sp.Limit(FORWARD, xi, sp.oo), (1 + optimality * z * u) / 2),
        assumes=("xi grows without bound",),
        steps=(
            definition(FORWARD, "(B.12)"),
            Step(Total(FORWARD, optimality), sp.Integer(1), "it is normalised"),
            Step(
                where(FORWARD, (optimality, 1)),
                logistic(2 * xi * z * u),
                "the outcome is good with log-odds 2 xi where u = z, and -2 xi where not",
            ),
        ),
    )


def printed_factor_graph_is_normalised() -> Derivation:
    """(B.14) read as a probability density: it holds two factors on O, so its mass is not one."""
    graph = FORWARD * ACTION * GOAL * BELIEF
    agreement = sp.tanh(xi) * sp.tanh(omega) * (2 * phi_u - 1) * (2 * phi_z - 1)
    return Derivation(
        name="printed_factor_graph_is_normalised",
        equations=("B.14",),
        form="printed",
        statement=equation(Total(graph, optimality, z, u), 1),
        assumes=("P(u) any law of the action",),
        steps=(
            Step(
                Total(graph, optimality, z, u),
                (1 + agreement) / 2,
                "two laws on O agree with probability (1 + product of their means)/2",
                uses=(
                    "goal_prior_tends_to_certainty",
                    "forward_model_tends_to_the_matching_tables",
                ),
            ),
        ),
    )


def factor_graph_has_mass_one_half_for_a_flat_action_prior() -> Derivation:
    """(B.14) corrected: an unnormalised factor graph, of mass 1/2 when no action is preferred."""
    graph = FORWARD * HALF * GOAL * BELIEF
    return Derivation(
        name="factor_graph_has_mass_one_half_for_a_flat_action_prior",
        equations=("B.14",),
        form="corrected",
        statement=equation(Total(graph, optimality, z, u), HALF),
        assumes=("P(u) = 1/2",),
        steps=(
            Step(
                Total(FORWARD * HALF, u),
                HALF,
                "averaged over a flat u, the forward model says nothing about O",
            ),
            Step(
                Total(HALF * GOAL * BELIEF, z, optimality),
                HALF,
                "and the two remaining laws are normalised",
            ),
        ),
    )


def free_energy_is_minimised_by_the_posterior() -> Derivation:
    """(B.17) to (B.19): F is a divergence from the posterior plus a constant, and convex."""
    free_energy, field = perception_free_energy()
    posterior = Named("P(z|σ)", spin_law(field, z))
    divergence = Total(BELIEF * (sp.log(BELIEF) - sp.log(posterior)), z)
    normalisers = 2 * sp.cosh(zeta) * (2 * sp.cosh(gamma)) ** 3
    evidence = Named("P(σ)", 2 * sp.cosh(field) / normalisers)
    slope_of_f = sp.log(phi_z / (1 - phi_z)) - 2 * field
    return Derivation(
        name="free_energy_is_minimised_by_the_posterior",
        equations=("B.17", "B.18", "B.19"),
        form="printed",
        statement=equation(
            where(sp.Derivative(free_energy, phi_z), (phi_z, logistic(2 * field))), sp.Integer(0)
        ),
        assumes=("three neighbours", "0 < phi_z < 1"),
        steps=(
            definition(free_energy, "(B.17)"),
            Step(
                free_energy,
                divergence - sp.log(evidence),
                "the joint is the posterior times the evidence, which does not depend on phi_z",
                uses=("bayes_rule_gives_the_logistic_posterior",),
            ),
            Step(
                sp.Derivative(free_energy, phi_z),
                slope_of_f,
                "the slope is the belief's log-odds minus the posterior's",
            ),
            Step(
                sp.Integer(0),
                sp.Derivative(slope_of_f, phi_z),
                "it increases with phi_z, so that its zero is the only minimum",
                relation="<",
            ),
            Step(
                where(divergence, (phi_z, logistic(2 * field))),
                sp.Integer(0),
                "at that zero the belief is the posterior",
            ),
        ),
    )


def action_free_energy_is_minimised_by_its_prior() -> Derivation:
    """(B.20) read as KL[Q(u) || P(u)], P(u) ~ exp(-alpha G): the optimum is the softmax (B.9)."""
    g = (G_UP + G_DOWN + u * (G_UP - G_DOWN)) / 2
    weight = sp.exp(-action_precision * g)
    prior = Named("P(u)", weight / Total(weight, u))
    free_energy = Named("F", Total(ACTION * (sp.log(ACTION) - sp.log(prior)), u))
    slope_of_f = sp.log(phi_u / (1 - phi_u)) - action_precision * (G_DOWN - G_UP)
    optimum = logistic(action_precision * (G_DOWN - G_UP))
    return Derivation(
        name="action_free_energy_is_minimised_by_its_prior",
        equations=("B.9", "B.20"),
        form="corrected",
        statement=equation(
            where(sp.Derivative(free_energy, phi_u), (phi_u, optimum)), sp.Integer(0)
        ),
        assumes=("F(phi_u) is defined as KL[Q(u) || P(u)]",),
        steps=(
            definition(free_energy, "the divergence of Q(u) from P(u)"),
            definition(prior, "softmax: G(u) is G_plus for u = +1 and G_minus for u = -1"),
            Step(
                sp.Derivative(free_energy, phi_u),
                slope_of_f,
                "the slope is the action's log-odds minus the prior's",
                uses=("action_law_is_bernoulli", "softmax_prior_is_logistic_in_the_gap"),
            ),
            Step(
                sp.Integer(0),
                sp.Derivative(slope_of_f, phi_u),
                "it increases with phi_u, so that its zero is the only minimum",
                relation="<",
            ),
        ),
    )


def _slope_of_the_literal_free_energy() -> Expr:
    """dF/dphi_u for (B.20) with (B.14) in it, as the next two derivations use it."""
    gap = where(expected_free_energy(), (u, -1)) - where(expected_free_energy(), (u, 1))
    return sp.log(phi_u / (1 - phi_u)) - (action_precision + 1) * gap


def _literal_free_energy_step() -> Step:
    return Step(
        sp.Derivative(action_free_energy_of_the_factor_graph(), phi_u),
        _slope_of_the_literal_free_energy(),
        "ln P(u) brings -alpha G, the goal prior brings another -G; the expected log forward "
        "model does not depend on u",
        uses=("predicted_outcome_is_a_noisy_copy_of_the_belief",),
    )


def literal_action_free_energy_counts_utility_once() -> Derivation:
    """(B.20) as printed, with the factor graph (B.14) in it: is softmax(-alpha G) its minimum?

    No: the goal prior stands in (B.14) and, through G, in P(u).
    """
    gap = where(expected_free_energy(), (u, -1)) - where(expected_free_energy(), (u, 1))
    optimum = logistic(action_precision * gap)
    return Derivation(
        name="literal_action_free_energy_counts_utility_once",
        equations=("B.14", "B.20"),
        form="printed",
        statement=equation(
            where(sp.Derivative(action_free_energy_of_the_factor_graph(), phi_u), (phi_u, optimum)),
            sp.Integer(0),
        ),
        assumes=("P(u) ~ exp(-alpha G)", "O and z are averaged under Q(O, z | u)"),
        steps=(
            definition(action_free_energy_of_the_factor_graph(), "(B.20) with (B.14) in it"),
            _literal_free_energy_step(),
        ),
    )


def literal_action_free_energy_counts_utility_twice() -> Derivation:
    """(B.20) with (B.14) in it: the minimum is softmax(-(alpha + 1) G)."""
    gap = where(expected_free_energy(), (u, -1)) - where(expected_free_energy(), (u, 1))
    optimum = logistic((action_precision + 1) * gap)
    return Derivation(
        name="literal_action_free_energy_counts_utility_twice",
        equations=("B.14", "B.20"),
        form="corrected",
        statement=equation(
            where(sp.Derivative(action_free_energy_of_the_factor_graph(), phi_u), (phi_u, optimum)),
            sp.Integer(0),
        ),
        assumes=("P(u) ~ exp(-alpha G)", "O and z are averaged under Q(O, z | u)"),
        steps=(
            definition(action_free_energy_of_the_factor_graph(), "(B.20) with (B.14) in it"),
            _literal_free_energy_step(),
        ),
    )


def predicted_outcome_is_a_noisy_copy_of_the_belief() -> Derivation:
    """(B.23) at finite xi: the belief, flipped with the forward model's probability of error."""
    faithful = logistic(2 * xi)
    noisy = faithful * phi_z + (1 - faithful) * (1 - phi_z)
    return Derivation(
        name="predicted_outcome_is_a_noisy_copy_of_the_belief",
        equations=("B.23",),
        form="printed",
        statement=equation(
            predicted_outcome(), (1 + optimality * u * sp.tanh(xi) * (2 * phi_z - 1)) / 2
        ),
        assumes=("0 < phi_z < 1",),
        steps=(
            definition(predicted_outcome(), "(B.23)"),
            Step(
                where(predicted_outcome(), (optimality, 1), (u, 1)),
                noisy,
                "acting up is good if z is up and seen as such, or down and missed",
                uses=("forward_model_tends_to_the_matching_tables",),
            ),
            Step(
                2 * noisy - 1,
                sp.tanh(xi) * (2 * phi_z - 1),
                "its mean is the belief's mean times tanh xi",
            ),
        ),
    )


def predicted_outcome_tends_to_the_belief() -> Derivation:
    """(B.24): for xi to infinity the table of Q(O|u) holds phi_z and 1 - phi_z."""
    rows = [[phi_z, 1 - phi_z], [1 - phi_z, phi_z]]
    return Derivation(
        name="predicted_outcome_tends_to_the_belief",
        equations=("B.24",),
        form="printed",
        statement=equation(
            sp.Limit(predicted_outcome(), xi, sp.oo), bernoulli(phi_z, optimality * u)
        ),
        assumes=("xi grows without bound", "0 < phi_z < 1"),
        steps=tuple(
            Step(
                where(bernoulli(phi_z, optimality * u), (optimality, o), (u, a)),
                rows[i][j],
                f"row O = {o:+d}, column u = {a:+d}",
                uses=("predicted_outcome_is_a_noisy_copy_of_the_belief",),
            )
            for i, o in enumerate((-1, 1))
            for j, a in enumerate((-1, 1))
        ),
    )


def epistemic_terms_do_not_choose() -> Derivation:
    """(B.22) keeps the utility only, and loses nothing: the other terms are the same for both u."""
    outcome = predicted_outcome()
    ambiguity = Total(BELIEF * entropy(FORWARD), z)
    information_gain = Named("I(u)", entropy(outcome) - ambiguity)
    return Derivation(
        name="epistemic_terms_do_not_choose",
        equations=("B.22",),
        form="printed",
        statement=equation(where(information_gain, (u, 1)), where(information_gain, (u, -1))),
        assumes=("0 < phi_z < 1",),
        steps=(
            definition(information_gain, "entropy of the outcome minus expected ambiguity"),
            Step(
                where(outcome, (u, -1)),
                where(outcome, (u, 1), (optimality, -optimality)),
                "turning the action turns the outcome",
                uses=("predicted_outcome_is_a_noisy_copy_of_the_belief",),
            ),
            Step(
                where(entropy(outcome), (u, 1)),
                where(entropy(outcome), (u, -1)),
                "an entropy does not mind which outcome is called +1",
            ),
            Step(
                ambiguity,
                sp.log(2 * sp.cosh(xi)) - xi * sp.tanh(xi),
                "and the forward model is as ambiguous for one action as for the other",
            ),
        ),
    )


def expected_free_energies_both_diverge() -> Derivation:
    """(B.25): for 0 < phi_z < 1 both entries are infinite, and their difference has no value."""
    at_infinite_xi = omega + sp.log(1 + sp.exp(-2 * omega)) - omega * u * (2 * phi_z - 1)
    return Derivation(
        name="expected_free_energies_both_diverge",
        equations=("B.25",),
        form="printed",
        statement=equation(sp.Limit(at_infinite_xi, omega, sp.oo), sp.oo),
        assumes=("xi, then omega grow without bound", "0 < phi_z < 1"),
        steps=(
            Step(
                sp.Limit(expected_free_energy(), xi, sp.oo),
                at_infinite_xi,
                "G(u) = ln(2 cosh omega) - omega E[O | u] at infinite xi",
                uses=("predicted_outcome_tends_to_the_belief", "goal_prior_tends_to_certainty"),
            ),
        ),
    )


def expected_free_energy_gap_is_finite() -> Derivation:
    """(B.25) regularised: at finite precisions the difference is 2 omega tanh(xi) (2 phi_z - 1)."""
    g = expected_free_energy()
    return Derivation(
        name="expected_free_energy_gap_is_finite",
        equations=("B.22", "B.25"),
        form="corrected",
        statement=equation(
            where(g, (u, -1)) - where(g, (u, 1)), 2 * omega * sp.tanh(xi) * (2 * phi_z - 1)
        ),
        assumes=("omega and xi finite",),
        steps=(
            definition(g, "(B.22)"),
            Step(
                g,
                sp.log(2 * sp.cosh(omega)) - omega * u * sp.tanh(xi) * (2 * phi_z - 1),
                "ln P(O) = omega O - ln(2 cosh omega), and O has the mean of the noisy belief",
                uses=("predicted_outcome_is_a_noisy_copy_of_the_belief",),
            ),
        ),
    )


def printed_action_posterior_uses_one_free_energy() -> Derivation:
    """(B.26), first line as printed: the exponent holds G(+1) alone, and no G(-1).

    With L for the paper's infinity, G = (L phi_z, L (1 - phi_z)) for u = -1, +1. The printed
    probability never exceeds 1/2: it biases every agent down.
    """
    g_down, g_up = aversion * phi_z, aversion * (1 - phi_z)
    weights = sp.exp(-action_precision * g_up), sp.exp(-action_precision * g_down)
    printed = 1 / (1 + sp.exp(action_precision * g_up))
    return Derivation(
        name="printed_action_posterior_uses_one_free_energy",
        equations=("B.26",),
        form="printed",
        statement=equation(weights[0] / (weights[0] + weights[1]), printed),
        assumes=("L > 0 stands for the paper's infinity",),
        steps=(
            Step(printed, HALF, "the printed probability of acting up", relation="<"),
            Step(
                sp.Limit(printed, aversion, sp.oo),
                sp.Integer(0),
                "and in the paper's limit nobody ever acts up, whatever is believed",
            ),
        ),
    )


def printed_action_posterior_has_a_constant_factor() -> Derivation:
    """(B.26), second line as printed: 1/(1 + C exp(-phi_z)) with C independent of phi_z.

    Evaluated where phi_z tends to 0, C is exp(alpha L). With that the exponent of phi_z has lost
    its factor alpha L.
    """
    first_line = 1 / (1 + sp.exp(action_precision * aversion * (1 - phi_z)))
    factor = (1 / first_line - 1) * sp.exp(phi_z)
    strength = action_precision * aversion
    return Derivation(
        name="printed_action_posterior_has_a_constant_factor",
        equations=("B.26",),
        form="printed",
        statement=equation(first_line, 1 / (1 + sp.exp(strength) * sp.exp(-phi_z))),
        assumes=("C does not depend on phi_z",),
        steps=(
            Step(where(factor, (phi_z, 0)), sp.exp(strength), "what C has to be at phi_z = 0"),
            Step(
                sp.log(factor),
                strength + (1 - strength) * phi_z,
                "what C has to be elsewhere: a constant only if alpha L = 1",
            ),
        ),
    )


def softmax_agent_acts_by_a_scaled_belief() -> Derivation:
    """(B.26) corrected: phi_u = sigmoid(b (2 phi_z - 1)) with b = 2 alpha omega tanh xi.

    In terms of the local field x it is sigmoid(b tanh x), where the posterior is sigmoid(2 x).
    """
    g = expected_free_energy()
    weight = sp.exp(-action_precision * g)
    scale = 2 * action_precision * omega * sp.tanh(xi)
    field = Symbol("x", real=True)
    return Derivation(
        name="softmax_agent_acts_by_a_scaled_belief",
        equations=("B.26",),
        form="corrected",
        statement=equation(
            where(weight, (u, 1)) / Total(weight, u), logistic(scale * (2 * phi_z - 1))
        ),
        assumes=("P(u) ~ exp(-alpha G(u))", "omega, xi and alpha finite"),
        steps=(
            definition(g, "(B.22)"),
            Step(
                action_precision * (where(g, (u, -1)) - where(g, (u, 1))),
                scale * (2 * phi_z - 1),
                "the log-odds of acting up are alpha times the gap",
                uses=("expected_free_energy_gap_is_finite", "softmax_prior_is_logistic_in_the_gap"),
            ),
            Step(
                logistic(slope * (2 * logistic(2 * field) - 1)),
                logistic(slope * sp.tanh(field)),
                "2 phi_z - 1 = tanh x for the posterior with local field x",
                uses=("posterior_is_logistic",),
            ),
        ),
    )


def scaled_sigmoid_equals_the_posterior() -> Derivation:
    """(B.27) as an identity: is there a b with sigmoid(b (2 phi_z - 1)) = phi_z on (0, 1)?

    The slopes at phi_z = 1/2 leave b = 2 as the only candidate, and it fails elsewhere.
    """
    acting = logistic(slope * (2 * phi_z - 1))
    return Derivation(
        name="scaled_sigmoid_equals_the_posterior",
        equations=("B.27", "B.28"),
        form="printed",
        statement=equation(where(acting, (slope, 2)), phi_z),
        assumes=("the equality is meant for all phi_z",),
        steps=(
            Step(
                where(sp.Derivative(acting, phi_z), (phi_z, HALF)),
                slope / 2,
                "the slope at phi_z = 1/2, which has to be 1",
                uses=("softmax_agent_acts_by_a_scaled_belief",),
            ),
            Step(
                where(acting, (phi_z, 1)),
                logistic(slope),
                "and at phi_z = 1, where it has to be 1 too",
            ),
            Step(logistic(slope), sp.Integer(1), "which no finite b reaches", relation="<"),
        ),
    )


def best_scale_leaves_an_error_of_five_percent() -> Derivation:
    """(B.27) as an approximation: the b with the smallest greatest error, and that error.

    Write v = 2 phi_z - 1 and b = 2c; the error is (tanh(c v) - v)/2, odd in v. On v > 0 it rises to
    a maximum where c = cosh(c v)^2 and then falls, to (tanh c - 1)/2 at v = 1. A larger c raises
    the error everywhere on v > 0, so it raises the inner maximum and lifts the negative error at
    the end towards zero: the smallest greatest error is where the two have the same size. With
    c = cosh(t)^2 that is one equation in t with one root, and an interval encloses it.
    """
    c, v, t = (Symbol(name, positive=True) for name in ("c", "v", "t"))
    error = (sp.tanh(c * v) - v) / 2
    scale, place = sp.cosh(t) ** 2, t / sp.cosh(t) ** 2
    inner, outer = (sp.tanh(t) - place) / 2, (1 - sp.tanh(scale)) / 2
    difference = outer - inner
    low, high = sp.Rational(60433859, 10**8), sp.Rational(60433860, 10**8)
    return Derivation(
        name="best_scale_leaves_an_error_of_five_percent",
        equations=("B.27",),
        form="corrected",
        statement=(
            r"\min_b \max_{0 \leq \phi_z \leq 1} "
            r"\left|\frac{1}{1 + e^{-b(2\phi_z - 1)}} - \phi_z\right| = 0.05605\ldots"
            r"\ \text{ at }\ b = 2\cosh^2 t = 2.8238\ldots,\quad "
            r"1 - \tanh\cosh^2 t = \tanh t - \frac{t}{\cosh^2 t}"
        ),
        assumes=("the error is measured by its greatest size over all phi_z",),
        steps=(
            Step(
                where(
                    logistic(slope * (2 * phi_z - 1)) - phi_z, (slope, 2 * c), (phi_z, (1 + v) / 2)
                ),
                error,
                "the error in terms of v and c",
                uses=("softmax_agent_acts_by_a_scaled_belief",),
            ),
            Step(
                where(sp.Derivative(error, v), (c, scale), (v, place)),
                sp.Integer(0),
                "it is stationary where c = cosh(c v)^2; with c v = t, at v = t/cosh(t)^2",
            ),
            Step(
                sp.Derivative(error, v, v),
                sp.Integer(0),
                "it is concave on v > 0, so that this is its maximum there",
                relation="<",
            ),
            Step(where(error, (c, scale), (v, place)), inner, "its size there"),
            Step(where(error, (c, scale), (v, 1)), -outer, "and at the end, v = 1"),
            Step(sp.Integer(0), sp.Derivative(error, c), "it rises with c on v > 0", relation="<"),
            Step(
                sp.Derivative(difference, t),
                sp.Integer(0),
                "end minus inner error falls with t, so that they are equal at one t only",
                relation="<",
            ),
            Step(sp.Integer(0), at(difference, (t, low)), "the root is above", relation="<"),
            Step(at(difference, (t, high)), sp.Integer(0), "and below", relation="<"),
            Step(sp.Rational(28238, 10**4), at(2 * scale, (t, low)), "b from below", relation="<"),
            Step(at(2 * scale, (t, high)), sp.Rational(28239, 10**4), "from above", relation="<"),
            Step(sp.Rational(5605, 10**5), at(outer, (t, high)), "error, below", relation="<"),
            Step(at(outer, (t, low)), sp.Rational(5606, 10**5), "and above", relation="<"),
        ),
    )


def planning_as_inference_matches_probability() -> Derivation:
    """(B.14) with a flat prior on u, conditioned: the exact way to probability matching (B.28).

    The goal prior and the forward model act as two noisy channels, and each shrinks the belief
    towards 1/2, by tanh omega and by tanh xi. Without noise the action is a sample of z.
    """
    weight = Named("w(u)", Total(FORWARD * GOAL * BELIEF, optimality, z))
    acting_up = where(weight, (u, 1)) / Total(weight, u)
    shrunk = HALF + sp.tanh(xi) * sp.tanh(omega) * (phi_z - HALF)
    return Derivation(
        name="planning_as_inference_matches_probability",
        equations=("B.14", "B.27", "B.28"),
        form="corrected",
        statement=equation(sp.Limit(sp.Limit(acting_up, xi, sp.oo), omega, sp.oo), phi_z),
        assumes=("P(u) = 1/2", "xi and omega grow without bound"),
        steps=(
            definition(
                weight, "the factor graph (B.14), O and z summed out, without its P(u) = 1/2"
            ),
            Step(
                Total(weight, u),
                sp.Integer(1),
                "it is normalised, so that it is the posterior of u",
                uses=("factor_graph_has_mass_one_half_for_a_flat_action_prior",),
            ),
            Step(acting_up, shrunk, "at finite precisions the belief is shrunk towards 1/2"),
            Step(
                sp.Limit(sp.Limit(shrunk, omega, sp.oo), xi, sp.oo),
                phi_z,
                "and the order of the two limits does not matter",
            ),
        ),
    )


def exact_joint_posterior_does_not_factorise() -> Derivation:
    """(B.15), (B.16): the posterior of (z, u) in the factor graph, which the paper factorises.

    A product law has P(++) P(--) = P(+-) P(-+). The exact posterior misses this by the square of
    (1 + t)/(1 - t), t = tanh(xi) tanh(omega), and in the limit u = z for certain: (B.16) is a
    mean-field approximation, and an extreme one where the paper takes its limits.
    """
    weight = Named("w(z,u)", Total(FORWARD * GOAL * BELIEF, optimality))
    agreement = sp.tanh(xi) * sp.tanh(omega)
    cells = {(a, b): where(weight, (z, a), (u, b)) for a in (1, -1) for b in (1, -1)}
    return Derivation(
        name="exact_joint_posterior_does_not_factorise",
        equations=("B.15", "B.16"),
        form="corrected",
        statement=equation(
            cells[1, 1] * cells[-1, -1] / (cells[1, -1] * cells[-1, 1]),
            ((1 + agreement) / (1 - agreement)) ** 2,
        ),
        assumes=("P(u) = 1/2", "omega and xi finite, not zero"),
        steps=(
            definition(weight, "the factor graph (B.14), O summed out, without its P(u) = 1/2"),
            Step(
                weight,
                BELIEF * (1 + agreement * z * u) / 2,
                "summing out O leaves a factor that couples z and u",
                uses=("factor_graph_has_mass_one_half_for_a_flat_action_prior",),
            ),
        ),
    )


DERIVATIONS = (
    one_outcome_factor_gives_a_normalised_joint,
    softmax_prior_is_logistic_in_the_gap,
    goal_prior_tends_to_certainty,
    forward_model_tends_to_the_matching_tables,
    printed_factor_graph_is_normalised,
    factor_graph_has_mass_one_half_for_a_flat_action_prior,
    free_energy_is_minimised_by_the_posterior,
    action_free_energy_is_minimised_by_its_prior,
    literal_action_free_energy_counts_utility_once,
    literal_action_free_energy_counts_utility_twice,
    predicted_outcome_is_a_noisy_copy_of_the_belief,
    predicted_outcome_tends_to_the_belief,
    epistemic_terms_do_not_choose,
    expected_free_energies_both_diverge,
    expected_free_energy_gap_is_finite,
    printed_action_posterior_uses_one_free_energy,
    printed_action_posterior_has_a_constant_factor,
    softmax_agent_acts_by_a_scaled_belief,
    scaled_sigmoid_equals_the_posterior,
    best_scale_leaves_an_error_of_five_percent,
    planning_as_inference_matches_probability,
    exact_joint_posterior_does_not_factorise,
)
