//! Core of `inspect`: a camera frame becomes a defect class, and the frame goes nowhere else.
//!
//! A frame is one datagram: `CAM1`, a number (big-endian), width, height, then one byte of grey per
//! pixel, row by row. The bottle stands in the middle third: cap in the top rows, then the neck, then
//! the liquid, which is darker than the empty glass.

/// Most bytes of a frame.
pub const FRAME_BYTES_MAX: usize = HEADER_BYTES + SIDE_MAX * SIDE_MAX;
const HEADER_BYTES: usize = 10;
const SIDE_MIN: usize = 12;
const SIDE_MAX: usize = 64;
const MAGIC: [u8; 4] = *b"CAM1";
/// Grey below which a pixel is dark.
const DARK: u64 = 100;

/// What is wrong with a bottle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Nothing.
    Good,
    /// Too little in it.
    Underfilled,
    /// No cap.
    NoCap,
    /// There is no bottle in the picture.
    NoBottle,
}

impl Class {
    /// Number in messages.
    pub fn code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Underfilled => 1,
            Self::NoCap => 2,
            Self::NoBottle => 3,
        }
    }

    /// Whether it counts as a defective bottle.
    pub fn is_defect(self) -> bool {
        matches!(self, Self::Underfilled | Self::NoCap)
    }
}

/// A frame that was checked.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Its number.
    pub number: u32,
    width: usize,
    pixels: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads a datagram; `None` for anything that is not exactly a frame.
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        let (header, pixels) = bytes.split_first_chunk::<HEADER_BYTES>()?;
        let [m0, m1, m2, m3, n0, n1, n2, n3, width, height] = *header;
        let (width, height) = (usize::from(width), usize::from(height));
        let sides = SIDE_MIN..=SIDE_MAX;
        let sound = [m0, m1, m2, m3] == MAGIC
            && sides.contains(&width)
            && sides.contains(&height)
            && pixels.len() == width * height;
        sound.then(|| Self {
            number: u32::from_be_bytes([n0, n1, n2, n3]),
            width,
            pixels,
        })
    }

    /// Grey of the middle third of each row, in percent of the height from the top.
    fn middle(&self, from_percent: usize, to_percent: usize) -> u64 {
        let height = self.pixels.len() / self.width;
        let (start, end) = (height * from_percent / 100, height * to_percent / 100);
        let rows = self.pixels.chunks_exact(self.width).take(end).skip(start);
        let third = self.width / 3;
        let (mut sum, mut count) = (0, 0);
        for pixel in rows.flat_map(|row| row.iter().skip(third).take(third)) {
            sum += u64::from(*pixel);
            count += 1;
        }
        sum / u64::max(count, 1)
    }

    /// What the picture shows.
    pub fn classify(&self) -> Class {
        if self.middle(60, 95) >= DARK {
            return Class::NoBottle;
        }
        if self.middle(0, 12) >= DARK {
            return Class::NoCap;
        }
        if self.middle(30, 45) >= DARK {
            Class::Underfilled
        } else {
            Class::Good
        }
    }
}

/// A picture of the given class, as the simulated camera makes it; `noise` per pixel below 40.
pub fn draw(number: u32, class: Class, mut noise: impl FnMut() -> u8) -> Vec<u8> {
    let (width, height) = (32_u8, 24_u8);
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.extend_from_slice(&[width, height]);
    let liquid_from = match class {
        Class::Good | Class::NoCap => 28,
        Class::Underfilled => 55,
        Class::NoBottle => 100,
    };
    let capped = matches!(class, Class::Good | Class::Underfilled);
    for row in 0..usize::from(height) {
        let percent = row * 100 / usize::from(height);
        for column in 0..usize::from(width) {
            let middle = (10..22).contains(&column);
            let dark = middle && (percent >= liquid_from || capped && percent < 13);
            bytes.push(if dark { 30 } else { 200 } + noise() % 40);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_class() {
        let mut state = 1_u8;
        let mut noise = || {
            state = state.wrapping_mul(29).wrapping_add(7);
            state
        };
        for class in [
            Class::Good,
            Class::Underfilled,
            Class::NoCap,
            Class::NoBottle,
        ] {
            let bytes = draw(9, class, &mut noise);
            let frame = Frame::decode(&bytes).unwrap();
            assert_eq!((frame.number, frame.classify()), (9, class));
        }
    }

    #[test]
    fn frames_of_other_sizes() {
        let good = draw(1, Class::Good, || 0);
        assert!(Frame::decode(&good[..good.len() - 1]).is_none());
        for (width, height) in [(0, 24), (32, 0), (11, 70), (65, 12), (255, 255)] {
            let mut bytes = good.clone();
            (bytes[8], bytes[9]) = (width, height);
            assert!(Frame::decode(&bytes).is_none(), "{width} x {height}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(
            width in 0..70_u8, height in 0..70_u8,
            pixels in prop::collection::vec(any::<u8>(), 0..4200),
        ) {
            let mut bytes = b"CAM1\0\0\0\x01".to_vec();
            bytes.extend_from_slice(&[width, height]);
            bytes.extend_from_slice(&pixels);
            if let Some(frame) = Frame::decode(&bytes) {
                let _ = frame.classify();
                prop_assert_eq!(pixels.len(), usize::from(width) * usize::from(height));
            }
        }
    }
}
