/// Placeholder until the first noun of this module lands.
