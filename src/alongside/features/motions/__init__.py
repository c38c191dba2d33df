"""Motions of boards that decide: electorates, interests, votes, results, referrals and overruling."""
