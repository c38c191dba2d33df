"""Records of statutory steps with maintained schools, and of decisions that the authority overruled. Nothing is
sent.
"""
