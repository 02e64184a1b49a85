//! Message types of the system `bottling-line`. Generated from the model; do not edit.

use guest::{BadMessage, Decoder, Encoder, Field, Message};

/// `RawReplies`.
#[derive(Clone, Debug, PartialEq)]
pub struct RawReplies {
    /// `holding`.
    pub holding: guest::Blob<256>,
    /// `inputs`.
    pub inputs: guest::Blob<256>,
}

impl Message for RawReplies {
    const SCHEMA: u64 = 0x0c4c1ab8aa7ca527;
    const BYTES: usize = <guest::Blob<256> as Field>::BYTES + <guest::Blob<256> as Field>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.holding);
        out.put(&self.inputs);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            holding: input.get("holding")?,
            inputs: input.get("inputs")?,
        };
        input.finish()?;
        Ok(message)
    }
}

/// `Sample`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// `number`.
    pub number: u64,
    /// `state`, 0..3.
    pub state: u8,
    /// `set-fill-volume`, in ml.
    pub set_fill_volume: u16,
    /// `set-filler-speed`, in 1/h.
    pub set_filler_speed: u16,
    /// `set-temperature`, in 0.1 Cel.
    pub set_temperature: u16,
    /// `set-pressure`, in mbar.
    pub set_pressure: u16,
    /// `set-conveyor-speed`, in mm/s.
    pub set_conveyor_speed: u16,
    /// `set-capping-torque`, in cNm.
    pub set_capping_torque: u16,
    /// `fill-volume`, in ml.
    pub fill_volume: u16,
    /// `filler-speed`, in 1/h.
    pub filler_speed: u16,
    /// `temperature`, in 0.1 Cel.
    pub temperature: u16,
    /// `pressure`, in mbar.
    pub pressure: u16,
    /// `conveyor-speed`, in mm/s.
    pub conveyor_speed: u16,
    /// `capping-torque`, in cNm.
    pub capping_torque: u16,
    /// `bottles`.
    pub bottles: u32,
    /// `rejects`.
    pub rejects: u16,
}

impl Message for Sample {
    const SCHEMA: u64 = 0x2f0c39f0560b7203;
    const BYTES: usize = <u64 as Field>::BYTES
        + <u8 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u32 as Field>::BYTES
        + <u16 as Field>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.number);
        out.put(&self.state);
        out.put(&self.set_fill_volume);
        out.put(&self.set_filler_speed);
        out.put(&self.set_temperature);
        out.put(&self.set_pressure);
        out.put(&self.set_conveyor_speed);
        out.put(&self.set_capping_torque);
        out.put(&self.fill_volume);
        out.put(&self.filler_speed);
        out.put(&self.temperature);
        out.put(&self.pressure);
        out.put(&self.conveyor_speed);
        out.put(&self.capping_torque);
        out.put(&self.bottles);
        out.put(&self.rejects);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            number: input.get("number")?,
            state: input.get_in("state", 0..=3)?,
            set_fill_volume: input.get("set-fill-volume")?,
            set_filler_speed: input.get("set-filler-speed")?,
            set_temperature: input.get("set-temperature")?,
            set_pressure: input.get("set-pressure")?,
            set_conveyor_speed: input.get("set-conveyor-speed")?,
            set_capping_torque: input.get("set-capping-torque")?,
            fill_volume: input.get("fill-volume")?,
            filler_speed: input.get("filler-speed")?,
            temperature: input.get("temperature")?,
            pressure: input.get("pressure")?,
            conveyor_speed: input.get("conveyor-speed")?,
            capping_torque: input.get("capping-torque")?,
            bottles: input.get("bottles")?,
            rejects: input.get("rejects")?,
        };
        input.finish()?;
        Ok(message)
    }
}

/// `Permissive`.
#[derive(Clone, Debug, PartialEq)]
pub struct Permissive {
    /// `counter`.
    pub counter: u32,
    /// `inputs`, 0..7.
    pub inputs: u8,
    /// `permitted`.
    pub permitted: bool,
}

impl Message for Permissive {
    const SCHEMA: u64 = 0x25e1e5d9d080e897;
    const BYTES: usize = <u32 as Field>::BYTES + <u8 as Field>::BYTES + <bool as Field>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.counter);
        out.put(&self.inputs);
        out.put(&self.permitted);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            counter: input.get("counter")?,
            inputs: input.get_in("inputs", 0..=7)?,
            permitted: input.get("permitted")?,
        };
        input.finish()?;
        Ok(message)
    }
}

/// `PanelRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelRequest {
    /// `id`.
    pub id: u32,
    /// `kind`, 0..2.
    pub kind: u8,
    /// `register`, 0..5.
    pub register: u8,
    /// `value`.
    pub value: u16,
    /// `minutes`, in min, 0..30.
    pub minutes: u8,
}

impl Message for PanelRequest {
    const SCHEMA: u64 = 0x56142f9f42072aab;
    const BYTES: usize = <u32 as Field>::BYTES
        + <u8 as Field>::BYTES
        + <u8 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u8 as Field>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.id);
        out.put(&self.kind);
        out.put(&self.register);
        out.put(&self.value);
        out.put(&self.minutes);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            id: input.get("id")?,
            kind: input.get_in("kind", 0..=2)?,
            register: input.get_in("register", 0..=5)?,
            value: input.get("value")?,
            minutes: input.get_in("minutes", 0..=30)?,
        };
        input.finish()?;
        Ok(message)
    }
}

/// `RemoteRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteRequest {
    /// `id`.
    pub id: u32,
    /// `register`, 0..5.
    pub register: u8,
    /// `value`.
    pub value: u16,
}

impl Message for RemoteRequest {
    const SCHEMA: u64 = 0xe9c3c9fda8f0babf;
    const BYTES: usize = <u32 as Field>::BYTES + <u8 as Field>::BYTES + <u16 as Field>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.id);
        out.put(&self.register);
        out.put(&self.value);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            id: input.get("id")?,
            register: input.get_in("register", 0..=5)?,
            value: input.get("value")?,
        };
        input.finish()?;
        Ok(message)
    }
}

/// `SetPoint`.
#[derive(Clone, Debug, PartialEq)]
pub struct SetPoint {
    /// `id`.
    pub id: u32,
    /// `register`, 0..5.
    pub register: u8,
    /// `value`.
    pub value: u16,
}

impl Message for SetPoint {
    const SCHEMA: u64 = 0xe9c3c9fda8f0babf;
    const BYTES: usize = <u32 as Field>::BYTES + <u8 as Field>::BYTES + <u16 as Field>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.id);
        out.put(&self.register);
        out.put(&self.value);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            id: input.get("id")?,
            register: input.get_in("register", 0..=5)?,
            value: input.get("value")?,
        };
        input.finish()?;
        Ok(message)
    }
}

/// `Recipe`.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// `version`.
    pub version: u32,
    /// `name`.
    pub name: guest::Text<32>,
    /// `fill-volume-min`, in ml.
    pub fill_volume_min: u16,
    /// `fill-volume-max`, in ml.
    pub fill_volume_max: u16,
    /// `fill-volume-ramp`, in ml.
    pub fill_volume_ramp: u16,
    /// `filler-speed-min`, in 1/h.
    pub filler_speed_min: u16,
    /// `filler-speed-max`, in 1/h.
    pub filler_speed_max: u16,
    /// `filler-speed-ramp`, in 1/h.
    pub filler_speed_ramp: u16,
    /// `temperature-min`, in 0.1 Cel.
    pub temperature_min: u16,
    /// `temperature-max`, in 0.1 Cel.
    pub temperature_max: u16,
    /// `temperature-ramp`, in 0.1 Cel.
    pub temperature_ramp: u16,
    /// `pressure-min`, in mbar.
    pub pressure_min: u16,
    /// `pressure-max`, in mbar.
    pub pressure_max: u16,
    /// `pressure-ramp`, in mbar.
    pub pressure_ramp: u16,
    /// `conveyor-speed-min`, in mm/s.
    pub conveyor_speed_min: u16,
    /// `conveyor-speed-max`, in mm/s.
    pub conveyor_speed_max: u16,
    /// `conveyor-speed-ramp`, in mm/s.
    pub conveyor_speed_ramp: u16,
    /// `capping-torque-min`, in cNm.
    pub capping_torque_min: u16,
    /// `capping-torque-max`, in cNm.
    pub capping_torque_max: u16,
    /// `capping-torque-ramp`, in cNm.
    pub capping_torque_ramp: u16,
}

impl Message for Recipe {
    const SCHEMA: u64 = 0xef95b05bd5159445;
    const BYTES: usize = <u32 as Field>::BYTES
        + <guest::Text<32> as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.version);
        out.put(&self.name);
        out.put(&self.fill_volume_min);
        out.put(&self.fill_volume_max);
        out.put(&self.fill_volume_ramp);
        out.put(&self.filler_speed_min);
        out.put(&self.filler_speed_max);
        out.put(&self.filler_speed_ramp);
        out.put(&self.temperature_min);
        out.put(&self.temperature_max);
        out.put(&self.temperature_ramp);
        out.put(&self.pressure_min);
        out.put(&self.pressure_max);
        out.put(&self.pressure_ramp);
        out.put(&self.conveyor_speed_min);
        out.put(&self.conveyor_speed_max);
        out.put(&self.conveyor_speed_ramp);
        out.put(&self.capping_torque_min);
        out.put(&self.capping_torque_max);
        out.put(&self.capping_torque_ramp);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            version: input.get("version")?,
            name: input.get("name")?,
            fill_volume_min: input.get("fill-volume-min")?,
            fill_volume_max: input.get("fill-volume-max")?,
            fill_volume_ramp: input.get("fill-volume-ramp")?,
            filler_speed_min: input.get("filler-speed-min")?,
            filler_speed_max: input.get("filler-speed-max")?,
            filler_speed_ramp: input.get("filler-speed-ramp")?,
            temperature_min: input.get("temperature-min")?,
            temperature_max: input.get("temperature-max")?,
            temperature_ramp: input.get("temperature-ramp")?,
            pressure_min: input.get("pressure-min")?,
            pressure_max: input.get("pressure-max")?,
            pressure_ramp: input.get("pressure-ramp")?,
            conveyor_speed_min: input.get("conveyor-speed-min")?,
            conveyor_speed_max: input.get("conveyor-speed-max")?,
            conveyor_speed_ramp: input.get("conveyor-speed-ramp")?,
            capping_torque_min: input.get("capping-torque-min")?,
            capping_torque_max: input.get("capping-torque-max")?,
            capping_torque_ramp: input.get("capping-torque-ramp")?,
        };
        input.finish()?;
        Ok(message)
    }
}

/// `Inspection`.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    /// `frame`.
    pub frame: u32,
    /// `class`, 0..3.
    pub class: u8,
    /// `bottles`.
    pub bottles: u32,
    /// `defects`.
    pub defects: u32,
}

impl Message for Inspection {
    const SCHEMA: u64 = 0x5d548e8870c96fd1;
    const BYTES: usize = <u32 as Field>::BYTES
        + <u8 as Field>::BYTES
        + <u32 as Field>::BYTES
        + <u32 as Field>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.frame);
        out.put(&self.class);
        out.put(&self.bottles);
        out.put(&self.defects);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            frame: input.get("frame")?,
            class: input.get_in("class", 0..=3)?,
            bottles: input.get("bottles")?,
            defects: input.get("defects")?,
        };
        input.finish()?;
        Ok(message)
    }
}

/// `Production`.
#[derive(Clone, Debug, PartialEq)]
pub struct Production {
    /// `wall`, in ms.
    pub wall: u64,
    /// `state`, 0..3.
    pub state: u8,
    /// `fill-volume`, in ml.
    pub fill_volume: u16,
    /// `filler-speed`, in 1/h.
    pub filler_speed: u16,
    /// `bottles`.
    pub bottles: u32,
    /// `rejects`.
    pub rejects: u16,
    /// `defects`.
    pub defects: u32,
}

impl Message for Production {
    const SCHEMA: u64 = 0xa21cfcf6cdbed8ce;
    const BYTES: usize = <u64 as Field>::BYTES
        + <u8 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u32 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u32 as Field>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.wall);
        out.put(&self.state);
        out.put(&self.fill_volume);
        out.put(&self.filler_speed);
        out.put(&self.bottles);
        out.put(&self.rejects);
        out.put(&self.defects);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            wall: input.get("wall")?,
            state: input.get_in("state", 0..=3)?,
            fill_volume: input.get("fill-volume")?,
            filler_speed: input.get("filler-speed")?,
            bottles: input.get("bottles")?,
            rejects: input.get("rejects")?,
            defects: input.get("defects")?,
        };
        input.finish()?;
        Ok(message)
    }
}

/// `Trend`.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// `records`.
    pub records: u64,
    /// `damaged`.
    pub damaged: u64,
    /// `first-wall`, in ms.
    pub first_wall: u64,
    /// `full`.
    pub full: bool,
    /// `fill-volume-mean`, in ml.
    pub fill_volume_mean: u16,
    /// `fill-volume-min`, in ml.
    pub fill_volume_min: u16,
    /// `fill-volume-max`, in ml.
    pub fill_volume_max: u16,
    /// `filler-speed-mean`, in 1/h.
    pub filler_speed_mean: u16,
    /// `filler-speed-min`, in 1/h.
    pub filler_speed_min: u16,
    /// `filler-speed-max`, in 1/h.
    pub filler_speed_max: u16,
    /// `pressure-mean`, in mbar.
    pub pressure_mean: u16,
    /// `pressure-min`, in mbar.
    pub pressure_min: u16,
    /// `pressure-max`, in mbar.
    pub pressure_max: u16,
    /// `defects`.
    pub defects: u32,
}

impl Message for Trend {
    const SCHEMA: u64 = 0x2a4616edd6a553da;
    const BYTES: usize = <u64 as Field>::BYTES
        + <u64 as Field>::BYTES
        + <u64 as Field>::BYTES
        + <bool as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u32 as Field>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.records);
        out.put(&self.damaged);
        out.put(&self.first_wall);
        out.put(&self.full);
        out.put(&self.fill_volume_mean);
        out.put(&self.fill_volume_min);
        out.put(&self.fill_volume_max);
        out.put(&self.filler_speed_mean);
        out.put(&self.filler_speed_min);
        out.put(&self.filler_speed_max);
        out.put(&self.pressure_mean);
        out.put(&self.pressure_min);
        out.put(&self.pressure_max);
        out.put(&self.defects);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            records: input.get("records")?,
            damaged: input.get("damaged")?,
            first_wall: input.get("first-wall")?,
            full: input.get("full")?,
            fill_volume_mean: input.get("fill-volume-mean")?,
            fill_volume_min: input.get("fill-volume-min")?,
            fill_volume_max: input.get("fill-volume-max")?,
            filler_speed_mean: input.get("filler-speed-mean")?,
            filler_speed_min: input.get("filler-speed-min")?,
            filler_speed_max: input.get("filler-speed-max")?,
            pressure_mean: input.get("pressure-mean")?,
            pressure_min: input.get("pressure-min")?,
            pressure_max: input.get("pressure-max")?,
            defects: input.get("defects")?,
        };
        input.finish()?;
        Ok(message)
    }
}

/// `Figures`.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// `shift`.
    pub shift: u32,
    /// `availability`, in 0.1 %, 0..1000.
    pub availability: u16,
    /// `performance`, in 0.1 %, 0..1000.
    pub performance: u16,
    /// `quality`, in 0.1 %, 0..1000.
    pub quality: u16,
    /// `oee`, in 0.1 %, 0..1000.
    pub oee: u16,
    /// `good`.
    pub good: u32,
    /// `bad`.
    pub bad: u32,
    /// `fill-volume`, in ml.
    pub fill_volume: u16,
    /// `filler-speed`, in 1/h.
    pub filler_speed: u16,
}

impl Message for Figures {
    const SCHEMA: u64 = 0x923e73d590e08edd;
    const BYTES: usize = <u32 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u32 as Field>::BYTES
        + <u32 as Field>::BYTES
        + <u16 as Field>::BYTES
        + <u16 as Field>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.shift);
        out.put(&self.availability);
        out.put(&self.performance);
        out.put(&self.quality);
        out.put(&self.oee);
        out.put(&self.good);
        out.put(&self.bad);
        out.put(&self.fill_volume);
        out.put(&self.filler_speed);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            shift: input.get("shift")?,
            availability: input.get_in("availability", 0..=1000)?,
            performance: input.get_in("performance", 0..=1000)?,
            quality: input.get_in("quality", 0..=1000)?,
            oee: input.get_in("oee", 0..=1000)?,
            good: input.get("good")?,
            bad: input.get("bad")?,
            fill_volume: input.get("fill-volume")?,
            filler_speed: input.get("filler-speed")?,
        };
        input.finish()?;
        Ok(message)
    }
}

/// `Aggregate`.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// `shift`.
    pub shift: u32,
    /// `availability`, in %, 0..100.
    pub availability: u8,
    /// `performance`, in %, 0..100.
    pub performance: u8,
    /// `quality`, in %, 0..100.
    pub quality: u8,
    /// `good`.
    pub good: u32,
}

impl Message for Aggregate {
    const SCHEMA: u64 = 0x62f9d48808fefcaf;
    const BYTES: usize = <u32 as Field>::BYTES
        + <u8 as Field>::BYTES
        + <u8 as Field>::BYTES
        + <u8 as Field>::BYTES
        + <u32 as Field>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.shift);
        out.put(&self.availability);
        out.put(&self.performance);
        out.put(&self.quality);
        out.put(&self.good);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            shift: input.get("shift")?,
            availability: input.get_in("availability", 0..=100)?,
            performance: input.get_in("performance", 0..=100)?,
            quality: input.get_in("quality", 0..=100)?,
            good: input.get("good")?,
        };
        input.finish()?;
        Ok(message)
    }
}

/// `Alarm`.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// `number`.
    pub number: u32,
    /// `remote`.
    pub remote: bool,
    /// `code`.
    pub code: guest::Text<24>,
    /// `detail`.
    pub detail: guest::Text<96>,
}

impl Message for Alarm {
    const SCHEMA: u64 = 0x04545d4ab535173c;
    const BYTES: usize = <u32 as Field>::BYTES
        + <bool as Field>::BYTES
        + <guest::Text<24> as Field>::BYTES
        + <guest::Text<96> as Field>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.number);
        out.put(&self.remote);
        out.put(&self.code);
        out.put(&self.detail);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            number: input.get("number")?,
            remote: input.get("remote")?,
            code: input.get("code")?,
            detail: input.get("detail")?,
        };
        input.finish()?;
        Ok(message)
    }
}

/// `Record`.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// `number`.
    pub number: u32,
    /// `code`.
    pub code: guest::Text<32>,
    /// `detail`.
    pub detail: guest::Text<128>,
}

impl Message for Record {
    const SCHEMA: u64 = 0x62761b0baf53c57a;
    const BYTES: usize = <u32 as Field>::BYTES
        + <guest::Text<32> as Field>::BYTES
        + <guest::Text<128> as Field>::BYTES;

    fn encode(&self, out: &mut [u8]) {
        let mut out = Encoder::new(out);
        out.put(&self.number);
        out.put(&self.code);
        out.put(&self.detail);
    }

    fn decode(bytes: &[u8]) -> Result<Self, BadMessage> {
        let mut input = Decoder::new(bytes);
        let message = Self {
            number: input.get("number")?,
            code: input.get("code")?,
            detail: input.get("detail")?,
        };
        input.finish()?;
        Ok(message)
    }
}
