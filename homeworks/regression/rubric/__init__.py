"""The exam key. It stays with the staff: what is compiled from it is what grades."""
