"""Code that all features share: database, access control, audit log, web layer and notifications.

This package imports no feature.
"""
