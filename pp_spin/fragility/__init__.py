"""The fragilities of section 5, measured: how far each departure leads from the Ising law."""

from pp_spin.collective import Collective
from pp_spin.evidence.budget import ALPHA
from pp_spin.fragility import asymmetry, focal_models, free_energy, synchrony
from pp_spin.fragility.chains import Run
from pp_spin.fragility.curve import Curve
from pp_spin.fragility.focal_models import Helix
from pp_spin.fragility.latents import separate_latents
from pp_spin.fragility.pair_likelihood import coupled_neighbours
from pp_spin.network import lattice

PRECISION, PRIOR = 0.3, 0.1
"""gamma and zeta of all agents, on the torus of Fig. 1A's kind."""

SMALL, LARGE = 3, 20
"""Sides of the tori."""

SMALL_HELIX, LARGE_HELIX = Helix(10, 3), Helix(100, 10)
"""For generative models other than the paper's, which only the plain engine can run."""

ASYMMETRIES = (0.0, 0.1, 0.25, 0.5, 0.9)
RATES = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0)
SLOPES = (1.0, 2.0, 2.8238, 4.0, 8.0)
INDEPENDENCES = (0.0, 0.1, 0.25, 0.5, 1.0)
PAIR_TERMS = (0.0, 0.05, 0.1, 0.2, 0.4)


def curves(
    n_chains: int = 2048, seed: int = 0, alpha: float = ALPHA, large_side: int = LARGE
) -> list[Curve]:
    """The five curves, in about half a minute; ``alpha`` is that of each interval alone.

    Intervals are of the mean after `chains.Run`'s warm-up; none is adjusted for their number.
    """
    run = Run(n_chains=n_chains, seed=seed, alpha=alpha)
    small, large = (torus(side) for side in (SMALL, large_side))
    named = f"{SMALL}x{SMALL} torus", f"{large_side}x{large_side} torus"
    helices = SMALL_HELIX, LARGE_HELIX
    return [
        asymmetry.curve(small, large, run.at(0), ASYMMETRIES, named),
        synchrony.curve(small, large, run.at(1), RATES, named),
        free_energy.curve(small, large, run.at(2), SLOPES, named),
        focal_models.curve(separate_latents(PRECISION, PRIOR), *helices, run.at(3), INDEPENDENCES),
        focal_models.curve(coupled_neighbours(PRECISION, PRIOR), *helices, run.at(4), PAIR_TERMS),
    ]


def torus(side: int) -> Collective:
    """Agents with one precision and one prior on a square torus."""
    return Collective(lattice((side, side)).scaled(PRECISION), PRIOR)
