"""Evidence: tests with a stated size and power, the alpha ledger, draws as ArviZ sees them."""
