"""The HTTP interface: JSON in, one domain call, JSON out. Errors are problems (RFC 9457)."""
