"""What services share: contracts (what is said), entities (how it is decided), mesh (how it travels)."""
