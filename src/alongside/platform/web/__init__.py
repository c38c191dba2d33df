"""The web layer: authentication, the transaction of each request, forms, responses and templates."""
