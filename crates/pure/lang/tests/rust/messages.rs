//! Message types of system `everything`. Generated from its model: change the model instead.

/// Message type `Level`.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Field `level`, unit `ml`, range `0..=1500`.
    pub level: u16,
    /// Field `at`, unit `ns`.
    pub at: u64,
}

impl guest::Message for Level {
    const SCHEMA: u64 = 0x73d6c62931995c29;
    const BYTES: usize = 10;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.level);
        encoder.put(&self.at);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            level: decoder.get_in("level", 0..=1500)?,
            at: decoder.get("at")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

/// Message type `everything-else`.
#[derive(Clone, Debug, PartialEq)]
pub struct EverythingElse {
    /// Field `a`.
    pub a: u8,
    /// Field `b`.
    pub b: i8,
    /// Field `c`, range `-5..=5`.
    pub c: i16,
    /// Field `d`.
    pub d: u32,
    /// Field `e`.
    pub e: i32,
    /// Field `f`.
    pub f: i64,
    /// Field `g`, unit `°C`, range `-40.0..=125.5`.
    pub g: f32,
    /// Field `h`.
    pub h: f64,
    /// Field `ok`.
    pub ok: bool,
    /// Field `text`.
    pub text: guest::Text<32>,
    /// Field `raw`.
    pub raw: [u8; 16],
    /// Field `payload`.
    pub payload: guest::Blob<512>,
}

impl guest::Message for EverythingElse {
    const SCHEMA: u64 = 0xe0df904a86200206;
    const BYTES: usize = 599;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.a);
        encoder.put(&self.b);
        encoder.put(&self.c);
        encoder.put(&self.d);
        encoder.put(&self.e);
        encoder.put(&self.f);
        encoder.put(&self.g);
        encoder.put(&self.h);
        encoder.put(&self.ok);
        encoder.put(&self.text);
        encoder.put(&self.raw);
        encoder.put(&self.payload);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            a: decoder.get("a")?,
            b: decoder.get("b")?,
            c: decoder.get_in("c", -5..=5)?,
            d: decoder.get("d")?,
            e: decoder.get("e")?,
            f: decoder.get("f")?,
            g: decoder.get_in("g", -40.0..=125.5)?,
            h: decoder.get("h")?,
            ok: decoder.get("ok")?,
            text: decoder.get("text")?,
            raw: decoder.get("raw")?,
            payload: decoder.get("payload")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}
