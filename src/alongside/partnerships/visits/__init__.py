"""The diary of a partnership: visits planned and recorded."""
