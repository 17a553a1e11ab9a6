"""Advice that no mistake and no relation gives: exceptions, shapes, what to fix first."""
