"""Money for support: what each fund of an authority may still pay, until there is a ledger."""
