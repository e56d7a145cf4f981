"""Made-up records in a workspace of their own, for teaching and for load: every page of them says SIMULASI."""
