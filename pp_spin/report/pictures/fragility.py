"""The fragilities of section 5: how far each departure leads from the Ising law."""

from pp_spin.report.document import Document
from pp_spin.report.fragility_curves import CONCLUSIONS, ROUNDING, chart_of
from pp_spin.report.pictures.picture import Picture
from pp_spin.report.wording import number

STATEMENTS = {
    "asymmetric precisions": "Section 5 says that asymmetric precisions need not have an "
    "equilibrium law. They produce entropy, as the square of the asymmetry while it is small, and "
    "the distance to the nearest Ising law grows with it.",
    "partial synchrony": "It says that agents which act in parallel need not sample from the Ising "
    "law. With a probability to act at each tick they have neither its law nor Little's, and tend "
    "to the one as the probability falls and to the other as it comes to 1.",
    "action by expected free energy": "Agents of appendix B that act by a softmax of expected free "
    "energy err least in their actions at the slope 2.82, by 0.056, and sample another law there "
    "too.",
    "a hidden spin per neighbour": "With a hidden spin for each neighbour an agent acts affinely "
    "in the sum of the spins, no longer by its logistic function.",
    "a likelihood with a pair term": "Where the likelihood does not factorise, as many spins up "
    "can mean different things, and detailed balance is lost.",
}
"""What section 5, or appendix B, says of each departure, and what is found."""

CLAIMS = (
    "asymmetric_precisions_break_detailed_balance",
    "entropy_production_is_linear_in_the_asymmetry",
    "parallel_updates_sample_another_law",
    "partial_synchrony_has_neither_law",
    "best_scale_leaves_an_error_of_five_percent",
    "separate_latents_make_the_action_affine_in_the_spin_sum",
    "pair_term_in_the_likelihood_breaks_the_spin_sum",
)


def picture(data: Document) -> Picture:
    """All curves below each other."""
    curves = data["curves"]
    said = " ".join(STATEMENTS[each["name"]] for each in curves if each["name"] in STATEMENTS)
    return Picture(
        "Section 5: what breaks the equivalence, and by how much",
        chart_of(curves),
        description(data),
        f"{said} Lines: exact values of a small system, by enumeration. Squares: estimates of a "
        f"large one, each with an interval that misses with probability {number(data['alpha'])} "
        "at most, at any number of chains; grey: the same without the departure, or at its ends. "
        "A logarithmic axis does not show what is 0. The claims decide on "
        "exact values; the estimates decide nothing.",
        CLAIMS,
    )


def description(data: Document) -> str:
    """Every exact quantity with its ends, in words."""
    told = []
    for curve in data["curves"]:
        first, last = curve["axis"]["values"][0], curve["axis"]["values"][-1]
        ends = "; ".join(
            f"{name} {_value(values[0])} and {_value(values[-1])}"
            for name, values in curve["exact"].items()
        )
        what = CONCLUSIONS.get(curve["name"], curve["name"])
        told.append(
            f"{what}. On a {curve['small']}, at {curve['axis']['name']} {number(first)} and "
            f"{number(last)}: {ends}."
        )
    return " ".join(told)


def _value(value: float) -> str:
    return number(value) if abs(value) > ROUNDING else "0"
