"""What every feature stands on: database, access, audit, web, notifications. It knows no feature."""
