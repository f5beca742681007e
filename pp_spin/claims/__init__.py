"""The paper's claims, section by section, and how they are put to the test."""
