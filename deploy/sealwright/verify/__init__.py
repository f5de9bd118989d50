"""`sealwright verify`: evidence judged for people and for machines, off chain or by the contract."""
