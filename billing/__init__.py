"""Plans, subscriptions and invoices: stands beside compliance, on lms. Its first code comes with the price list."""
