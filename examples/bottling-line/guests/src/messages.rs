//! Message types of system `bottling-line`. Generated from its model: change the model instead.

/// Message type `RawReplies`.
#[derive(Clone, Debug, PartialEq)]
pub struct RawReplies {
    /// Field `holding`.
    pub holding: guest::Blob<256>,
    /// Field `inputs`.
    pub inputs: guest::Blob<256>,
}

impl guest::Message for RawReplies {
    const SCHEMA: u64 = 0xa8ee23e814738b14;
    const BYTES: usize = 520;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.holding);
        encoder.put(&self.inputs);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            holding: decoder.get("holding")?,
            inputs: decoder.get("inputs")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

/// Message type `Sample`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Field `number`.
    pub number: u64,
    /// Field `at`, unit `ns`.
    pub at: u64,
    /// Field `state`, range `0..=3`.
    pub state: u8,
    /// Field `set-fill-volume`, unit `ml`.
    pub set_fill_volume: u16,
    /// Field `set-filler-speed`, unit `1/h`.
    pub set_filler_speed: u16,
    /// Field `set-temperature`, unit `dCel`.
    pub set_temperature: u16,
    /// Field `set-pressure`, unit `mbar`.
    pub set_pressure: u16,
    /// Field `set-conveyor-speed`, unit `mm/s`.
    pub set_conveyor_speed: u16,
    /// Field `set-capping-torque`, unit `cNm`.
    pub set_capping_torque: u16,
    /// Field `fill-volume`, unit `ml`.
    pub fill_volume: u16,
    /// Field `filler-speed`, unit `1/h`.
    pub filler_speed: u16,
    /// Field `temperature`, unit `dCel`.
    pub temperature: u16,
    /// Field `pressure`, unit `mbar`.
    pub pressure: u16,
    /// Field `conveyor-speed`, unit `mm/s`.
    pub conveyor_speed: u16,
    /// Field `capping-torque`, unit `cNm`.
    pub capping_torque: u16,
    /// Field `bottles`.
    pub bottles: u32,
    /// Field `rejects`.
    pub rejects: u16,
}

impl guest::Message for Sample {
    const SCHEMA: u64 = 0xf3d95bb68897c07e;
    const BYTES: usize = 47;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.number);
        encoder.put(&self.at);
        encoder.put(&self.state);
        encoder.put(&self.set_fill_volume);
        encoder.put(&self.set_filler_speed);
        encoder.put(&self.set_temperature);
        encoder.put(&self.set_pressure);
        encoder.put(&self.set_conveyor_speed);
        encoder.put(&self.set_capping_torque);
        encoder.put(&self.fill_volume);
        encoder.put(&self.filler_speed);
        encoder.put(&self.temperature);
        encoder.put(&self.pressure);
        encoder.put(&self.conveyor_speed);
        encoder.put(&self.capping_torque);
        encoder.put(&self.bottles);
        encoder.put(&self.rejects);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            number: decoder.get("number")?,
            at: decoder.get("at")?,
            state: decoder.get_in("state", 0..=3)?,
            set_fill_volume: decoder.get("set-fill-volume")?,
            set_filler_speed: decoder.get("set-filler-speed")?,
            set_temperature: decoder.get("set-temperature")?,
            set_pressure: decoder.get("set-pressure")?,
            set_conveyor_speed: decoder.get("set-conveyor-speed")?,
            set_capping_torque: decoder.get("set-capping-torque")?,
            fill_volume: decoder.get("fill-volume")?,
            filler_speed: decoder.get("filler-speed")?,
            temperature: decoder.get("temperature")?,
            pressure: decoder.get("pressure")?,
            conveyor_speed: decoder.get("conveyor-speed")?,
            capping_torque: decoder.get("capping-torque")?,
            bottles: decoder.get("bottles")?,
            rejects: decoder.get("rejects")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

/// Message type `Permissive`.
#[derive(Clone, Debug, PartialEq)]
pub struct Permissive {
    /// Field `counter`.
    pub counter: u32,
    /// Field `inputs`, range `0..=7`.
    pub inputs: u8,
    /// Field `permitted`.
    pub permitted: bool,
}

impl guest::Message for Permissive {
    const SCHEMA: u64 = 0x1ac017ef031cf690;
    const BYTES: usize = 6;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.counter);
        encoder.put(&self.inputs);
        encoder.put(&self.permitted);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            counter: decoder.get("counter")?,
            inputs: decoder.get_in("inputs", 0..=7)?,
            permitted: decoder.get("permitted")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

/// Message type `PanelRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelRequest {
    /// Field `id`.
    pub id: u32,
    /// Field `kind`, range `0..=2`.
    pub kind: u8,
    /// Field `register`, range `0..=5`.
    pub register: u8,
    /// Field `value`.
    pub value: u16,
    /// Field `minutes`, unit `min`, range `0..=30`.
    pub minutes: u8,
}

impl guest::Message for PanelRequest {
    const SCHEMA: u64 = 0x87416c28773213ea;
    const BYTES: usize = 9;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.id);
        encoder.put(&self.kind);
        encoder.put(&self.register);
        encoder.put(&self.value);
        encoder.put(&self.minutes);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            id: decoder.get("id")?,
            kind: decoder.get_in("kind", 0..=2)?,
            register: decoder.get_in("register", 0..=5)?,
            value: decoder.get("value")?,
            minutes: decoder.get_in("minutes", 0..=30)?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

/// Message type `RemoteRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteRequest {
    /// Field `id`.
    pub id: u32,
    /// Field `register`, range `0..=5`.
    pub register: u8,
    /// Field `value`.
    pub value: u16,
}

impl guest::Message for RemoteRequest {
    const SCHEMA: u64 = 0xc1562bf46afa3e5f;
    const BYTES: usize = 7;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.id);
        encoder.put(&self.register);
        encoder.put(&self.value);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            id: decoder.get("id")?,
            register: decoder.get_in("register", 0..=5)?,
            value: decoder.get("value")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

/// Message type `SetPoint`.
#[derive(Clone, Debug, PartialEq)]
pub struct SetPoint {
    /// Field `id`.
    pub id: u32,
    /// Field `register`, range `0..=5`.
    pub register: u8,
    /// Field `value`.
    pub value: u16,
}

impl guest::Message for SetPoint {
    const SCHEMA: u64 = 0xc1562bf46afa3e5f;
    const BYTES: usize = 7;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.id);
        encoder.put(&self.register);
        encoder.put(&self.value);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            id: decoder.get("id")?,
            register: decoder.get_in("register", 0..=5)?,
            value: decoder.get("value")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

/// Message type `Recipe`.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Field `version`.
    pub version: u32,
    /// Field `name`.
    pub name: guest::Text<32>,
    /// Field `fill-volume-min`, unit `ml`.
    pub fill_volume_min: u16,
    /// Field `fill-volume-max`, unit `ml`.
    pub fill_volume_max: u16,
    /// Field `fill-volume-ramp`, unit `ml`.
    pub fill_volume_ramp: u16,
    /// Field `filler-speed-min`, unit `1/h`.
    pub filler_speed_min: u16,
    /// Field `filler-speed-max`, unit `1/h`.
    pub filler_speed_max: u16,
    /// Field `filler-speed-ramp`, unit `1/h`.
    pub filler_speed_ramp: u16,
    /// Field `temperature-min`, unit `dCel`.
    pub temperature_min: u16,
    /// Field `temperature-max`, unit `dCel`.
    pub temperature_max: u16,
    /// Field `temperature-ramp`, unit `dCel`.
    pub temperature_ramp: u16,
    /// Field `pressure-min`, unit `mbar`.
    pub pressure_min: u16,
    /// Field `pressure-max`, unit `mbar`.
    pub pressure_max: u16,
    /// Field `pressure-ramp`, unit `mbar`.
    pub pressure_ramp: u16,
    /// Field `conveyor-speed-min`, unit `mm/s`.
    pub conveyor_speed_min: u16,
    /// Field `conveyor-speed-max`, unit `mm/s`.
    pub conveyor_speed_max: u16,
    /// Field `conveyor-speed-ramp`, unit `mm/s`.
    pub conveyor_speed_ramp: u16,
    /// Field `capping-torque-min`, unit `cNm`.
    pub capping_torque_min: u16,
    /// Field `capping-torque-max`, unit `cNm`.
    pub capping_torque_max: u16,
    /// Field `capping-torque-ramp`, unit `cNm`.
    pub capping_torque_ramp: u16,
}

impl guest::Message for Recipe {
    const SCHEMA: u64 = 0xdd3497a7a4101a79;
    const BYTES: usize = 74;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.version);
        encoder.put(&self.name);
        encoder.put(&self.fill_volume_min);
        encoder.put(&self.fill_volume_max);
        encoder.put(&self.fill_volume_ramp);
        encoder.put(&self.filler_speed_min);
        encoder.put(&self.filler_speed_max);
        encoder.put(&self.filler_speed_ramp);
        encoder.put(&self.temperature_min);
        encoder.put(&self.temperature_max);
        encoder.put(&self.temperature_ramp);
        encoder.put(&self.pressure_min);
        encoder.put(&self.pressure_max);
        encoder.put(&self.pressure_ramp);
        encoder.put(&self.conveyor_speed_min);
        encoder.put(&self.conveyor_speed_max);
        encoder.put(&self.conveyor_speed_ramp);
        encoder.put(&self.capping_torque_min);
        encoder.put(&self.capping_torque_max);
        encoder.put(&self.capping_torque_ramp);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            version: decoder.get("version")?,
            name: decoder.get("name")?,
            fill_volume_min: decoder.get("fill-volume-min")?,
            fill_volume_max: decoder.get("fill-volume-max")?,
            fill_volume_ramp: decoder.get("fill-volume-ramp")?,
            filler_speed_min: decoder.get("filler-speed-min")?,
            filler_speed_max: decoder.get("filler-speed-max")?,
            filler_speed_ramp: decoder.get("filler-speed-ramp")?,
            temperature_min: decoder.get("temperature-min")?,
            temperature_max: decoder.get("temperature-max")?,
            temperature_ramp: decoder.get("temperature-ramp")?,
            pressure_min: decoder.get("pressure-min")?,
            pressure_max: decoder.get("pressure-max")?,
            pressure_ramp: decoder.get("pressure-ramp")?,
            conveyor_speed_min: decoder.get("conveyor-speed-min")?,
            conveyor_speed_max: decoder.get("conveyor-speed-max")?,
            conveyor_speed_ramp: decoder.get("conveyor-speed-ramp")?,
            capping_torque_min: decoder.get("capping-torque-min")?,
            capping_torque_max: decoder.get("capping-torque-max")?,
            capping_torque_ramp: decoder.get("capping-torque-ramp")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

/// Message type `Inspection`.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    /// Field `frame`.
    pub frame: u32,
    /// Field `class`, range `0..=3`.
    pub class: u8,
    /// Field `bottles`.
    pub bottles: u32,
    /// Field `defects`.
    pub defects: u32,
}

impl guest::Message for Inspection {
    const SCHEMA: u64 = 0x807b314558bc10fa;
    const BYTES: usize = 13;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.frame);
        encoder.put(&self.class);
        encoder.put(&self.bottles);
        encoder.put(&self.defects);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            frame: decoder.get("frame")?,
            class: decoder.get_in("class", 0..=3)?,
            bottles: decoder.get("bottles")?,
            defects: decoder.get("defects")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

/// Message type `Production`.
#[derive(Clone, Debug, PartialEq)]
pub struct Production {
    /// Field `wall`, unit `ms`.
    pub wall: u64,
    /// Field `state`, range `0..=3`.
    pub state: u8,
    /// Field `fill-volume`, unit `ml`.
    pub fill_volume: u16,
    /// Field `filler-speed`, unit `1/h`.
    pub filler_speed: u16,
    /// Field `bottles`.
    pub bottles: u32,
    /// Field `rejects`.
    pub rejects: u16,
    /// Field `defects`.
    pub defects: u32,
}

impl guest::Message for Production {
    const SCHEMA: u64 = 0xa6ff8c4ec8f08998;
    const BYTES: usize = 23;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.wall);
        encoder.put(&self.state);
        encoder.put(&self.fill_volume);
        encoder.put(&self.filler_speed);
        encoder.put(&self.bottles);
        encoder.put(&self.rejects);
        encoder.put(&self.defects);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            wall: decoder.get("wall")?,
            state: decoder.get_in("state", 0..=3)?,
            fill_volume: decoder.get("fill-volume")?,
            filler_speed: decoder.get("filler-speed")?,
            bottles: decoder.get("bottles")?,
            rejects: decoder.get("rejects")?,
            defects: decoder.get("defects")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

/// Message type `Trend`.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// Field `records`.
    pub records: u64,
    /// Field `damaged`.
    pub damaged: u64,
    /// Field `delay-max`, unit `us`.
    pub delay_max: u64,
    /// Field `first-wall`, unit `ms`.
    pub first_wall: u64,
    /// Field `full`.
    pub full: bool,
    /// Field `fill-volume-mean`, unit `ml`.
    pub fill_volume_mean: u16,
    /// Field `fill-volume-min`, unit `ml`.
    pub fill_volume_min: u16,
    /// Field `fill-volume-max`, unit `ml`.
    pub fill_volume_max: u16,
    /// Field `filler-speed-mean`, unit `1/h`.
    pub filler_speed_mean: u16,
    /// Field `filler-speed-min`, unit `1/h`.
    pub filler_speed_min: u16,
    /// Field `filler-speed-max`, unit `1/h`.
    pub filler_speed_max: u16,
    /// Field `pressure-mean`, unit `mbar`.
    pub pressure_mean: u16,
    /// Field `pressure-min`, unit `mbar`.
    pub pressure_min: u16,
    /// Field `pressure-max`, unit `mbar`.
    pub pressure_max: u16,
    /// Field `defects`.
    pub defects: u32,
}

impl guest::Message for Trend {
    const SCHEMA: u64 = 0xe28168554fe281c5;
    const BYTES: usize = 55;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.records);
        encoder.put(&self.damaged);
        encoder.put(&self.delay_max);
        encoder.put(&self.first_wall);
        encoder.put(&self.full);
        encoder.put(&self.fill_volume_mean);
        encoder.put(&self.fill_volume_min);
        encoder.put(&self.fill_volume_max);
        encoder.put(&self.filler_speed_mean);
        encoder.put(&self.filler_speed_min);
        encoder.put(&self.filler_speed_max);
        encoder.put(&self.pressure_mean);
        encoder.put(&self.pressure_min);
        encoder.put(&self.pressure_max);
        encoder.put(&self.defects);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            records: decoder.get("records")?,
            damaged: decoder.get("damaged")?,
            delay_max: decoder.get("delay-max")?,
            first_wall: decoder.get("first-wall")?,
            full: decoder.get("full")?,
            fill_volume_mean: decoder.get("fill-volume-mean")?,
            fill_volume_min: decoder.get("fill-volume-min")?,
            fill_volume_max: decoder.get("fill-volume-max")?,
            filler_speed_mean: decoder.get("filler-speed-mean")?,
            filler_speed_min: decoder.get("filler-speed-min")?,
            filler_speed_max: decoder.get("filler-speed-max")?,
            pressure_mean: decoder.get("pressure-mean")?,
            pressure_min: decoder.get("pressure-min")?,
            pressure_max: decoder.get("pressure-max")?,
            defects: decoder.get("defects")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

/// Message type `Figures`.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Field `shift`.
    pub shift: u32,
    /// Field `availability`, unit `permille`, range `0..=1000`.
    pub availability: u16,
    /// Field `performance`, unit `permille`, range `0..=1000`.
    pub performance: u16,
    /// Field `quality`, unit `permille`, range `0..=1000`.
    pub quality: u16,
    /// Field `oee`, unit `permille`, range `0..=1000`.
    pub oee: u16,
    /// Field `good`.
    pub good: u32,
    /// Field `bad`.
    pub bad: u32,
    /// Field `fill-volume`, unit `ml`.
    pub fill_volume: u16,
    /// Field `filler-speed`, unit `1/h`.
    pub filler_speed: u16,
}

impl guest::Message for Figures {
    const SCHEMA: u64 = 0x5aec94aefe5d8ded;
    const BYTES: usize = 24;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.shift);
        encoder.put(&self.availability);
        encoder.put(&self.performance);
        encoder.put(&self.quality);
        encoder.put(&self.oee);
        encoder.put(&self.good);
        encoder.put(&self.bad);
        encoder.put(&self.fill_volume);
        encoder.put(&self.filler_speed);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            shift: decoder.get("shift")?,
            availability: decoder.get_in("availability", 0..=1000)?,
            performance: decoder.get_in("performance", 0..=1000)?,
            quality: decoder.get_in("quality", 0..=1000)?,
            oee: decoder.get_in("oee", 0..=1000)?,
            good: decoder.get("good")?,
            bad: decoder.get("bad")?,
            fill_volume: decoder.get("fill-volume")?,
            filler_speed: decoder.get("filler-speed")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

/// Message type `Aggregate`.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// Field `shift`.
    pub shift: u32,
    /// Field `availability`, unit `%`, range `0..=100`.
    pub availability: u8,
    /// Field `performance`, unit `%`, range `0..=100`.
    pub performance: u8,
    /// Field `quality`, unit `%`, range `0..=100`.
    pub quality: u8,
    /// Field `good`.
    pub good: u32,
}

impl guest::Message for Aggregate {
    const SCHEMA: u64 = 0xe8a599ec9fb128ca;
    const BYTES: usize = 11;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.shift);
        encoder.put(&self.availability);
        encoder.put(&self.performance);
        encoder.put(&self.quality);
        encoder.put(&self.good);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            shift: decoder.get("shift")?,
            availability: decoder.get_in("availability", 0..=100)?,
            performance: decoder.get_in("performance", 0..=100)?,
            quality: decoder.get_in("quality", 0..=100)?,
            good: decoder.get("good")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

/// Message type `Alarm`.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// Field `number`.
    pub number: u32,
    /// Field `remote`.
    pub remote: bool,
    /// Field `code`.
    pub code: guest::Text<24>,
    /// Field `detail`.
    pub detail: guest::Text<96>,
}

impl guest::Message for Alarm {
    const SCHEMA: u64 = 0x4c70e6f0b4dbe5c3;
    const BYTES: usize = 129;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.number);
        encoder.put(&self.remote);
        encoder.put(&self.code);
        encoder.put(&self.detail);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            number: decoder.get("number")?,
            remote: decoder.get("remote")?,
            code: decoder.get("code")?,
            detail: decoder.get("detail")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}

/// Message type `Record`.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Field `number`.
    pub number: u32,
    /// Field `code`.
    pub code: guest::Text<32>,
    /// Field `detail`.
    pub detail: guest::Text<128>,
}

impl guest::Message for Record {
    const SCHEMA: u64 = 0x8c8688b1c7b90e25;
    const BYTES: usize = 168;

    fn encode(&self, out: &mut [u8]) {
        let mut encoder = guest::Encoder::new(out);
        encoder.put(&self.number);
        encoder.put(&self.code);
        encoder.put(&self.detail);
    }

    fn decode(bytes: &[u8]) -> core::result::Result<Self, guest::BadMessage> {
        let mut decoder = guest::Decoder::new(bytes);
        let message = Self {
            number: decoder.get("number")?,
            code: decoder.get("code")?,
            detail: decoder.get("detail")?,
        };
        decoder.finish()?;
        Ok(message)
    }
}
