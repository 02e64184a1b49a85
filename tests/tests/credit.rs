//! What verdicts say of the way back of a queue with credit is what the runtime maps.

#[test]
fn the_page_of_a_credit_has_the_size_that_verdicts_say() {
    assert_eq!(channel::CREDIT_BYTES as u64, model::CREDIT_BYTES);
}
