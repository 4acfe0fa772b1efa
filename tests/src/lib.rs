//! Nothing of its own: the scenarios are in `e2e/`.
