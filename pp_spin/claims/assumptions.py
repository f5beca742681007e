"""The assumptions that claims share, each worded once."""

SYMMETRIC = "symmetric precisions: γ_ij = γ_ji"
NO_SELF_OBSERVATION = "no agent observes itself"
MATCHING = "agents act by probability matching (eq. 5)"
ONE_AT_A_TIME = "one agent acts at a time, on what it sees; who acts does not depend on the spins"
ALL_AT_ONCE = "all agents act at once"
FINITE_PRECISIONS = "finite preference, forward and action precisions"
ONE_PRECISION = "one γ and one ζ for all agents"
UNIT_TEMPERATURE = "β = 1"
CLAMPED_AGENTS_REST = "clamped agents keep their spin"

EQUILIBRIUM = (SYMMETRIC, NO_SELF_OBSERVATION, MATCHING)
"""What the paper's collective laws rest on."""
