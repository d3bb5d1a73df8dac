"""The pages of oversight: one's own, the figures, the people behind them."""
