"""What `make check` asks of the code without running the product."""
