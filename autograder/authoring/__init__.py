"""For staff: write a homework, compile its key, prove it, hand it out, package it."""
