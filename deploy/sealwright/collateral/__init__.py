"""`sealwright collateral`: fetched, shown, checked, published and kept fresh."""
