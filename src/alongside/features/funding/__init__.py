"""Funding: what each fund of an authority can still pay for support."""
