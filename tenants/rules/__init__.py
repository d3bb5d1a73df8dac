"""What may be a subdomain and a time zone: pure rules, without database or clock."""
