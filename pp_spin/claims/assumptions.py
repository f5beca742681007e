"""The assumptions that claims share, each worded once; where proofs have them too, as there."""

from derivations import collective

SYMMETRIC = collective.SYMMETRIC
NO_SELF_OBSERVATION = collective.NOT_ITSELF
MATCHING = "agents act by probability matching (eq. 5)"
ONE_AT_A_TIME = collective.ONE_AT_A_TIME
ALL_AT_ONCE = collective.ALL_AT_ONCE
FINITE_PRECISIONS = "finite preference, forward and action precisions"
ONE_PRECISION = "one γ and one ζ for all agents"
UNIT_TEMPERATURE = "β = 1"
CLAMPED_AGENTS_REST = "clamped agents keep their spin"

EQUILIBRIUM = (SYMMETRIC, NO_SELF_OBSERVATION, MATCHING)
"""What the paper's collective laws rest on."""
