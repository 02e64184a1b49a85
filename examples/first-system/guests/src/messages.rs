//! Message types of system `first-system`. Generated from its model: change the model instead.

/// Message type `Level`.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Field `level`, unit `ml`, range `0..=2000`.
    pub level: u16,
    /// Field `at`, unit `ns`.
    pub at: u64,
}

impl guest::Message for Level {
    const SCHEMA: u64 = 0xc1689a51561d06fa;
    const BYTES: usize = 10;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.level);
        encoder.put(&self.at);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            level: decoder.get_in("level", 0..=2000)?,
            at: decoder.get("at")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}
