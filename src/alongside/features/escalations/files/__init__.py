"""Attachments: known by their content, served as downloads and nothing else."""
