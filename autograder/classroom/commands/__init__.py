"""What the verb ``class`` runs."""
