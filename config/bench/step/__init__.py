"""One durable step of a case: lock, load, run, write; beside a bare floor and the naive way."""
