"""Benchmarks, each against a floor measured in the same run: `make bench`, `make bench ONLY=provisioning`."""
