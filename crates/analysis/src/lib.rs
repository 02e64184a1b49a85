//! Pure questions to the model; answers are verdicts with witness and certificate.
