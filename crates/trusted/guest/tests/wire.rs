//! Fields and messages on the wire: one spelling for each value, and a refusal of everything else.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a failing test may panic"
)]

use guest::{BadMessage, Blob, Decoder, Encoder, Field, Message, Text};
use proptest::prelude::*;

/// Writes a field, reads it back, and shows that every other length is refused.
fn check<T: Field + PartialEq + std::fmt::Debug>(value: T, expected: &[u8]) {
    assert_eq!(T::BYTES, expected.len());
    let mut bytes = vec![0xee; T::BYTES];
    value.put(&mut bytes);
    assert_eq!(bytes, expected);
    assert_eq!(T::get(&bytes), Some(value));
    assert_eq!(T::get(&bytes[1..]), None);
    bytes.push(0);
    assert_eq!(T::get(&bytes), None);
}

#[test]
fn fields_are_little_endian_and_padded() {
    check(0xab_u8, &[0xab]);
    check(0x0102_u16, &[2, 1]);
    check(0x0102_0304_u32, &[4, 3, 2, 1]);
    check(1_u64, &[1, 0, 0, 0, 0, 0, 0, 0]);
    check(-2_i8, &[0xfe]);
    check(-2_i16, &[0xfe, 0xff]);
    check(-2_i32, &[0xfe, 0xff, 0xff, 0xff]);
    check(-2_i64, &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    check(1.0_f32, &[0, 0, 0x80, 0x3f]);
    check(1.0_f64, &[0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
    check(true, &[1]);
    check(false, &[0]);
    check(*b"abc", b"abc");
    check(Text::<4>::new("hé").unwrap(), b"\x03\x00h\xc3\xa9\x00");
    check(Blob::<3>::new(&[7, 8]).unwrap(), &[2, 0, 0, 0, 7, 8, 0]);
}

#[test]
fn a_bool_is_zero_or_one() {
    assert_eq!(bool::get(&[2]), None);
}

#[test]
fn a_text_longer_than_its_room_is_refused() {
    assert_eq!(Text::<4>::get(b"\x05\x00abcd"), None);
    assert_eq!(Text::<4>::new("abcde"), None);
    assert_eq!(Text::<4>::cut("abcé").as_str(), "abc");
}

#[test]
fn a_text_that_is_not_utf8_is_refused() {
    assert_eq!(Text::<2>::get(b"\x02\x00\xc3\xc3"), None);
    assert_eq!(Text::<2>::get(b"\x01\x00\xc3\x00"), None);
}

#[test]
fn unused_room_that_is_not_zero_is_refused() {
    assert_eq!(Text::<4>::get(b"\x02\x00ab\x00!"), None);
    assert_eq!(Blob::<2>::get(&[1, 0, 0, 0, 7, 7]), None);
}

#[test]
fn a_blob_longer_than_its_room_is_refused() {
    assert_eq!(Blob::<2>::get(&[0xff, 0xff, 0xff, 0xff, 0, 0]), None);
    assert_eq!(Blob::<2>::new(&[0; 3]), None);
}

#[derive(Clone, Debug, PartialEq)]
struct Sample {
    level: u16,
    flow: f64,
    name: Text<6>,
}

impl Message for Sample {
    const SCHEMA: u64 = 1;
    const BYTES: usize = <u16 as Field>::BYTES + <f64 as Field>::BYTES + Text::<6>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.level);
        out.put(&self.flow);
        out.put(&self.name);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            level: input.get_in("level", 10..=1500)?,
            flow: input.get_in("flow", -1.0..=1.0)?,
            name: input.get("name")?,
        };
        input.finish()?;
        Ok(message)
    }
}

fn sample(level: u16, flow: f64) -> Vec<u8> {
    let name = Text::new("tank").unwrap();
    let mut bytes = vec![0; Sample::BYTES];
    Sample { level, flow, name }.encode(&mut bytes);
    bytes
}

#[test]
fn a_value_outside_its_range_is_refused() {
    assert!(Sample::decode(&sample(10, 1.0)).is_ok());
    assert!(Sample::decode(&sample(1500, -1.0)).is_ok());
    let range = |bytes: &[u8]| Sample::decode(bytes).unwrap_err().to_string();
    assert_eq!(range(&sample(9, 0.0)), "field `level` is outside its range");
    assert_eq!(
        range(&sample(1501, 0.0)),
        "field `level` is outside its range"
    );
    assert_eq!(range(&sample(10, 1.1)), "field `flow` is outside its range");
    assert_eq!(
        range(&sample(10, f64::NAN)),
        "field `flow` is outside its range"
    );
}

#[test]
fn a_message_of_another_length_is_refused() {
    let mut bytes = sample(10, 0.0);
    assert_eq!(Sample::decode(&bytes[1..]), Err(BadMessage::Range("level")));
    assert_eq!(Sample::decode(&bytes[..17]), Err(BadMessage::Length));
    bytes.push(0);
    assert_eq!(Sample::decode(&bytes), Err(BadMessage::Length));
}

#[test]
fn a_malformed_field_is_named() {
    let mut bytes = sample(10, 0.0);
    bytes[10] = 200;
    assert_eq!(Sample::decode(&bytes), Err(BadMessage::Malformed("name")));
}

#[test]
fn encoding_into_too_little_room_harms_nothing() {
    let value = Sample::decode(&sample(10, 0.0)).unwrap();
    for room in 0..Sample::BYTES {
        let mut bytes = vec![0; room];
        value.encode(&mut bytes);
        assert!(Sample::decode(&bytes).is_err());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_the_one_spelling(
        bytes in prop::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 18),
    ) {
        if let Ok(value) = Sample::decode(&bytes) {
            let mut again = vec![0; Sample::BYTES];
            value.encode(&mut again);
            prop_assert_eq!(again, bytes.clone());
        }
        if let Some(text) = Text::<16>::get(&bytes) {
            let mut again = vec![0xee; 18];
            text.put(&mut again);
            prop_assert_eq!(again, bytes);
        }
    }

    #[test]
    fn texts_and_blobs_survive(text in ".{0,12}", bytes in prop::collection::vec(any::<u8>(), 0..12)) {
        if let Some(value) = Text::<20>::new(&text) {
            prop_assert_eq!(value.as_str(), &text);
            let mut out = [0; 22];
            value.put(&mut out);
            prop_assert_eq!(Text::<20>::get(&out).unwrap(), value);
        }
        let cut = Text::<20>::cut(&text);
        prop_assert!(text.starts_with(cut.as_str()));
        let value = Blob::<12>::new(&bytes).unwrap();
        prop_assert_eq!(value.as_bytes(), &bytes[..]);
    }
}
