"""The laws a collective is held against: Ising, Boltzmann machine, Little."""
