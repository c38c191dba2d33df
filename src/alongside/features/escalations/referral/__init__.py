"""Referring a school that is not maintained to the DfE regions group, and recording its answer."""
