"""Fitting Room: train, use and question a fashion classifier."""
