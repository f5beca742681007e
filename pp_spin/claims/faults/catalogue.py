"""The catalogue of seeded faults: what the checks must be able to catch."""

from pp_spin.claims.faults.of_agents import FAULTS_OF_AGENTS
from pp_spin.claims.faults.of_procedures import FAULTS_OF_PROCEDURES
from pp_spin.claims.faults.of_randomness import FAULTS_OF_RANDOMNESS
from pp_spin.claims.faults.of_references import FAULTS_OF_REFERENCES
from pp_spin.claims.faults.of_schedules import FAULTS_OF_SCHEDULES
from pp_spin.claims.faults.of_ties import FAULTS_OF_TIES

FAULTS_OF_COLLECTIVES = (*FAULTS_OF_AGENTS, *FAULTS_OF_TIES, *FAULTS_OF_SCHEDULES)
"""What every run seeds into the claims themselves: their exact checks can see it."""

CATALOGUE = tuple(
    sorted(
        (
            *FAULTS_OF_COLLECTIVES,
            *FAULTS_OF_REFERENCES,
            *FAULTS_OF_RANDOMNESS,
            *FAULTS_OF_PROCEDURES,
        ),
        key=lambda fault: fault.number,
    )
)
"""Every fault, by number: what the instruments are held against."""
