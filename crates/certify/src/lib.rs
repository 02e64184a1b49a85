//! Independent re-checking of certificates, and the linter of plans.
