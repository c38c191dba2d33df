"""The diary of an agreement: visits planned and recorded."""
