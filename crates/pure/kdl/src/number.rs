//! Numbers as written, and what they amount to.

/// A number as the user wrote it; a keyword number (`#inf`, `#-inf`, `#nan`) includes its `#`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number<'s> {
    /// The text, e.g. `-1_000`, `0xff`, `1.5e3`.
    pub text: &'s str,
}

/// A number split at its sign and prefix.
struct Parts<'s> {
    negative: bool,
    radix: u32,
    digits: &'s str,
}

fn split(text: &str) -> Parts<'_> {
    let negative = text.starts_with('-');
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let prefixes = [("0x", 16), ("0o", 8), ("0b", 2)];
    for (prefix, radix) in prefixes {
        if let Some(digits) = rest.strip_prefix(prefix) {
            return Parts {
                negative,
                radix,
                digits,
            };
        }
    }
    Parts {
        negative,
        radix: 10,
        digits: rest,
    }
}

impl Number<'_> {
    /// The value if the number is written as an integer (no fraction, no exponent) and fits.
    pub fn as_i128(&self) -> Option<i128> {
        let Parts {
            negative,
            radix,
            digits,
        } = split(self.text);
        let mut value: i128 = 0;
        let mut any = false;
        for c in digits.chars().filter(|c| *c != '_') {
            let digit = i128::from(c.to_digit(radix)?);
            // Downwards, because the negative range is the larger one.
            value = value.checked_mul(i128::from(radix))?.checked_sub(digit)?;
            any = true;
        }
        match (any, negative) {
            (false, _) => None,
            (true, true) => Some(value),
            (true, false) => value.checked_neg(),
        }
    }

    /// The nearest value; `None` if a number written in digits exceeds the range of `f64`, or a
    /// number with a radix prefix exceeds 128 bits.
    pub fn as_f64(&self) -> Option<f64> {
        match self.text {
            "#inf" => return Some(f64::INFINITY),
            "#-inf" => return Some(f64::NEG_INFINITY),
            "#nan" => return Some(f64::NAN),
            _ => {}
        }
        let Parts {
            negative,
            radix,
            digits,
        } = split(self.text);
        let digits: String = digits.chars().filter(|c| *c != '_').collect();
        let size = if radix == 10 {
            digits
                .parse::<f64>()
                .ok()
                .filter(|value| value.is_finite())?
        } else {
            u128::from_str_radix(&digits, radix).ok()? as f64
        };
        Some(if negative { -size } else { size })
    }
}

/// True if the text is a number in digits, after the grammar's `hex`, `octal`, `binary`, `decimal`.
pub(crate) fn is_number(text: &str) -> bool {
    let Parts { radix, digits, .. } = split(text);
    if radix != 10 {
        return is_integer(digits, radix);
    }
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let exponent = exponent.map(|e| e.strip_prefix(['+', '-']).unwrap_or(e));
    is_integer(whole, 10)
        && [fraction, exponent]
            .into_iter()
            .flatten()
            .all(|d| is_integer(d, 10))
}

/// A digit, then digits and underscores.
fn is_integer(text: &str, radix: u32) -> bool {
    text.starts_with(|c: char| c.is_digit(radix))
        && text.chars().all(|c| c == '_' || c.is_digit(radix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_every_form_have_their_value() {
        for (text, value) in [
            ("0", 0),
            ("-0", 0),
            ("+7", 7),
            ("1_000__", 1000),
            ("-0x1f", -31),
            ("0o17", 15),
            ("0b1_01", 5),
            ("170141183460469231731687303715884105727", i128::MAX),
            ("-170141183460469231731687303715884105728", i128::MIN),
        ] {
            assert!(is_number(text), "{text}");
            assert_eq!(Number { text }.as_i128(), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_integer_or_does_not_fit_has_no_integer_value() {
        for text in [
            "1.0",
            "1e3",
            "#inf",
            "170141183460469231731687303715884105728",
            "",
        ] {
            assert_eq!(Number { text }.as_i128(), None, "{text}");
        }
    }

    #[test]
    fn real_values_are_the_nearest() {
        for (text, value) in [
            ("1_0.2_5e-1_0", 10.25e-10),
            ("-1.5E+3", -1500.0),
            ("0xff", 255.0),
            ("-0b11", -3.0),
            ("#-inf", f64::NEG_INFINITY),
        ] {
            assert_eq!(Number { text }.as_f64(), Some(value), "{text}");
        }
        assert!(Number { text: "#nan" }.as_f64().is_some_and(f64::is_nan));
        assert_eq!(Number { text: "1e400" }.as_f64(), None);
    }

    #[test]
    fn malformed_numbers_are_refused() {
        for text in [
            "1.", "1.e2", "1._2", "1e", "1e+", "1.2.3", "1e2e3", "0x", "0x_1", "0xg", "0o8", "0b2",
            "0x1x", "1a", "+", ".1", "-.1", "1e1.5", "++1", "-+1", "0X1f",
        ] {
            assert!(!is_number(text), "{text}");
        }
    }
}
