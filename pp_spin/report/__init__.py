"""The faces of a run: every view is drawn from its JSON document; no mathematics here."""
