"""What an action is worth: the expected free energy of u, and its infinities (B.22 to B.25)."""

import sympy as sp
from sympy import Expr

from derivations.app_b_model import BELIEF, FORWARD, GOAL
from derivations.display import Named, Total
from derivations.notation import (
    bernoulli,
    logistic,
    omega,
    optimality,
    phi_z,
    u,
    where,
    xi,
    z,
)
from derivations.step import Derivation, Slip, Step, definition, equation

PREDICTED = Named("Q(O|u)", Total(BELIEF * FORWARD, z))  # (B.23)
WORTH = Named("G(u)", -Total(PREDICTED * sp.log(GOAL), optimality))  # (B.22)
MEAN = sp.tanh(xi) * (2 * phi_z - 1)  # of O after acting up
UNDECIDED = "0 < phi_z < 1"
FORESEEN = (
    definition(FORWARD, "(B.12)"),
    definition(BELIEF, "(B.18)"),
    definition(PREDICTED, "(B.23)"),
)
VALUED = (definition(GOAL, "(B.10)"), *FORESEEN, definition(WORTH, "(B.22)"))


def entropy(law: Expr) -> Expr:
    """-sum over O of law(O) ln law(O)."""
    return -Total(law * sp.log(law), optimality)


def epistemic_terms_do_not_choose() -> Derivation:
    """(B.22) keeps the utility only, and loses nothing: the other terms are the same for both u.

    To turn the action is to turn the outcome, and no entropy changes with what is called +1.
    """
    ambiguity = Named("A(u)", Total(BELIEF * entropy(FORWARD), z))
    information_gain = Named("I(u)", entropy(PREDICTED) - ambiguity)
    return Derivation(
        name="epistemic_terms_do_not_choose",
        equations=("B.22",),
        form="printed",
        statement=equation(where(information_gain, (u, 1)), where(information_gain, (u, -1))),
        assumes=(UNDECIDED,),
        lines=(
            *FORESEEN,
            definition(ambiguity, "the expected entropy of the outcome, once z is known"),
            definition(information_gain, "what the outcome is expected to tell about z"),
            Step(
                where(PREDICTED, (u, -1)),
                where(PREDICTED, (u, 1), (optimality, -optimality)),
                "turning the action turns the outcome",
                uses=("predicted_outcome_is_a_noisy_copy_of_the_belief",),
                slip=Slip("the outcome not turned", where(PREDICTED, (u, 1))),
            ),
            Step(
                where(entropy(PREDICTED), (u, 1)),
                where(entropy(PREDICTED), (u, -1)),
                "an entropy does not mind which outcome is called +1",
                slip=Slip("a sign lost with the turn", -where(entropy(PREDICTED), (u, -1))),
            ),
            Step(
                ambiguity,
                sp.log(2 * sp.cosh(xi)) - xi * sp.tanh(xi),
                "and the forward model is as ambiguous for one action as for the other",
                slip=Slip("the entropy without its ln 2", sp.log(sp.cosh(xi)) - xi * sp.tanh(xi)),
            ),
        ),
        slip=Slip("the ambiguity taken for the gain", where(ambiguity, (u, -1))),
    )


def predicted_outcome_is_a_noisy_copy_of_the_belief() -> Derivation:
    """(B.23) at finite xi: the belief, flipped with the forward model's probability of error."""
    faithful = logistic(2 * xi)
    noisy = faithful * phi_z + (1 - faithful) * (1 - phi_z)
    return Derivation(
        name="predicted_outcome_is_a_noisy_copy_of_the_belief",
        equations=("B.23",),
        form="printed",
        statement=equation(PREDICTED, (1 + optimality * u * MEAN) / 2),
        assumes=(UNDECIDED,),
        lines=(
            *FORESEEN,
            Step(
                where(PREDICTED, (optimality, 1), (u, 1)),
                noisy,
                "acting up is good if z is up and seen as such, or down and missed",
                uses=("forward_model_tends_to_the_matching_tables",),
                slip=Slip("the second way forgotten", faithful * phi_z),
            ),
            Step(
                2 * noisy - 1,
                MEAN,
                "its mean is the belief's mean times tanh xi",
                slip=Slip("tanh of twice the field", sp.tanh(2 * xi) * (2 * phi_z - 1)),
            ),
            Step(
                where(PREDICTED, (optimality, -optimality), (u, -u)),
                PREDICTED,
                "and only the product of O and u matters",
                slip=Slip("O turned, but not u", where(PREDICTED, (optimality, -optimality))),
            ),
        ),
        slip=Slip("the action left out", (1 + optimality * MEAN) / 2),
    )


def predicted_outcome_tends_to_the_belief() -> Derivation:
    """(B.24): for xi to infinity the table of Q(O|u) holds phi_z and 1 - phi_z."""
    rows = [[phi_z, 1 - phi_z], [1 - phi_z, phi_z]]
    limit = bernoulli(phi_z, optimality * u)
    return Derivation(
        name="predicted_outcome_tends_to_the_belief",
        equations=("B.24",),
        form="printed",
        statement=equation(sp.Limit(PREDICTED, xi, sp.oo), limit),
        assumes=("xi grows without bound",),
        lines=(
            *FORESEEN,
            *(
                Step(
                    sp.Limit(where(PREDICTED, (optimality, a), (u, b)), xi, sp.oo),
                    rows[i][j],
                    f"row O = {a:+d}, column u = {b:+d}",
                    uses=("predicted_outcome_is_a_noisy_copy_of_the_belief",),
                    slip=Slip("rows turned, columns not", rows[1 - i][j]),
                )
                for i, a in enumerate((-1, 1))
                for j, b in enumerate((-1, 1))
            ),
        ),
        slip=Slip("the table taken to be the same for both actions", bernoulli(phi_z, optimality)),
    )


def expected_free_energies_both_diverge() -> Derivation:
    """(B.25): for 0 < phi_z < 1 both entries are infinite; their difference is infinite or 0.

    With 2 omega for the paper's infinity its table is right: G(-1) and G(+1) grow as 2 omega times
    phi_z and 1 - phi_z. But (B.26) needs G(-1) - G(+1), which is infinity less infinity. With one
    omega for both it is 2 omega m, m = 2 phi_z - 1 the mean belief, and v > 0 is the size of m.
    """
    size = sp.Symbol("v", positive=True)
    mean = sp.Symbol("m", real=True)
    gap = Named("Δ(m)", 2 * omega * mean)
    at_infinite_xi = omega + sp.log(1 + sp.exp(-2 * omega)) - omega * u * (2 * phi_z - 1)
    rates = {-1: phi_z, 1: 1 - phi_z}
    return Derivation(
        name="expected_free_energies_both_diverge",
        equations=("B.25",),
        form="printed",
        statement=equation(sp.Limit(at_infinite_xi, omega, sp.oo), sp.oo),
        assumes=("xi, then omega grow without bound", UNDECIDED),
        lines=(
            *VALUED,
            Step(
                sp.Limit(WORTH, xi, sp.oo),
                at_infinite_xi,
                "G(u) = ln(2 cosh omega) - omega E[O | u] at infinite xi",
                uses=("predicted_outcome_tends_to_the_belief", "goal_prior_tends_to_certainty"),
                slip=Slip("the action left out", where(at_infinite_xi, (u, 1))),
            ),
            *(
                Step(
                    sp.Limit(where(at_infinite_xi, (u, a)) / (2 * omega), omega, sp.oo),
                    rate,
                    f"the printed entry for u = {a:+d}, with 2 omega for its infinity",
                    slip=Slip("the entry of the other action", rates[-a]),
                )
                for a, rate in rates.items()
            ),
            definition(gap, "m is the mean belief"),
            Step(
                where(at_infinite_xi, (u, -1), (phi_z, (1 + mean) / 2))
                - where(at_infinite_xi, (u, 1), (phi_z, (1 + mean) / 2)),
                gap,
                "G(-1) - G(+1) at infinite xi, with phi_z = (1 + m)/2",
                slip=Slip("half of it", omega * mean),
            ),
            Step(
                sp.Limit(where(gap, (mean, size)), omega, sp.oo),
                sp.oo,
                "where z = +1 is the more probable state, it is infinite too",
                slip=Slip("the two infinities taken to cancel", sp.Integer(0)),
            ),
            Step(
                sp.Limit(where(gap, (mean, -size)), omega, sp.oo),
                -sp.oo,
                "where z = -1 is, it is infinite the other way",
                slip=Slip("its sign lost", sp.oo),
            ),
            Step(
                sp.Limit(where(gap, (mean, 0)), omega, sp.oo),
                sp.Integer(0),
                "and on a tie it is 0: with one omega for both infinities, (B.25) leaves (B.26) no "
                "finite number that would give (B.27) elsewhere",
                slip=Slip("infinity less infinity taken for infinity", sp.oo),
            ),
        ),
        slip=Slip("the action that is thought better taken to be free", sp.Integer(0)),
    )


def expected_free_energy_gap_is_finite() -> Derivation:
    """(B.25) regularised: at finite precisions the difference is 2 omega tanh(xi) (2 phi_z - 1).

    The logarithm of the preference is affine in O, so that only the mean of O enters, and that
    turns with the action.
    """
    return Derivation(
        name="expected_free_energy_gap_is_finite",
        equations=("B.22", "B.25"),
        form="corrected",
        statement=equation(where(WORTH, (u, -1)) - where(WORTH, (u, 1)), 2 * omega * MEAN),
        assumes=("omega and xi finite",),
        lines=(
            *VALUED,
            Step(
                sp.log(GOAL),
                omega * optimality - sp.log(2 * sp.cosh(omega)),
                "the logarithm of the preference is affine in O",
                uses=("goal_prior_tends_to_certainty",),
                slip=Slip("its normaliser left out", omega * optimality),
            ),
            Step(
                Total(optimality * PREDICTED, optimality),
                u * MEAN,
                "and O has the mean of the noisy belief, turned with the action",
                uses=("predicted_outcome_is_a_noisy_copy_of_the_belief",),
                slip=Slip("not turned with the action", MEAN),
            ),
            Step(
                WORTH,
                sp.log(2 * sp.cosh(omega)) - omega * u * MEAN,
                "so that this is the expected free energy",
                slip=Slip(
                    "preference taken for cost", sp.log(2 * sp.cosh(omega)) + omega * u * MEAN
                ),
            ),
        ),
        slip=Slip("G(+1) alone for the difference", omega * MEAN),
    )


DERIVATIONS = (
    epistemic_terms_do_not_choose,
    predicted_outcome_is_a_noisy_copy_of_the_belief,
    predicted_outcome_tends_to_the_belief,
    expected_free_energies_both_diverge,
    expected_free_energy_gap_is_finite,
)
