"""Referral of a school that is not maintained to the DfE regions group, and the answer to it."""
