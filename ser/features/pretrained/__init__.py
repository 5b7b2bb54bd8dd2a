"""Encoders that others pretrained, frozen, as front ends."""
