//! Numbers as Terraform means them: exact decimals of any size.

use std::fmt;
use std::str::FromStr;

/// The longest decimal text that is accepted. Terraform's own numbers carry 512 bits, about 155 digits.
const MAX_TEXT: usize = 1024;

/// The largest power of ten that is looked at, so that a short text cannot unfold into gigabytes of zeros.
const MAX_EXPONENT: u64 = 4096;

/// An exact decimal number, `±digits × 10^exponent`, kept in one canonical form so that equality is
/// equality of values: no leading or trailing zeros in `digits`, and zero is the empty string.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number {
    negative: bool,
    digits: String,
    exponent: i64,
}

/// A text that is no decimal number, or one beyond the supported size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number of at most {MAX_TEXT} characters")]
pub struct InvalidNumber;

impl Number {
    /// The value as an integer, if it is one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        if self.digits.is_empty() {
            return Some(0);
        }
        let power = 10_i128.checked_pow(self.exponent.try_into().ok()?)?;
        let size = self.digits.parse::<i128>().ok()?.checked_mul(power)?;
        let value = if self.negative { -size } else { size };
        value.try_into().ok()
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::canonical(value < 0, value.unsigned_abs().to_string(), 0)
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self::canonical(false, value.to_string(), 0)
    }
}

impl TryFrom<f64> for Number {
    type Error = InvalidNumber;

    /// Reads the shortest decimal text that stands for the float, which is how Terraform compares numbers.
    fn try_from(value: f64) -> Result<Self, InvalidNumber> {
        if value.is_finite() {
            format!("{value:e}").parse()
        } else {
            Err(InvalidNumber)
        }
    }
}

impl FromStr for Number {
    type Err = InvalidNumber;

    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        if text.len() > MAX_TEXT {
            return Err(InvalidNumber);
        }
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse().map_err(|_| InvalidNumber)?),
            None => (unsigned, 0_i64),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidNumber);
        }
        // The text is at most MAX_TEXT long, so its length fits any integer type.
        let exponent = exponent
            .checked_sub(fraction.len() as i64)
            .filter(|exponent| exponent.unsigned_abs() <= MAX_EXPONENT)
            .ok_or(InvalidNumber)?;
        let number = Self::canonical(negative, digits, exponent);
        // What is written without an exponent has to be readable again.
        if number.written_length() > MAX_TEXT {
            return Err(InvalidNumber);
        }
        Ok(number)
    }
}

impl Number {
    fn canonical(negative: bool, mut digits: String, exponent: i64) -> Self {
        let leading = digits.len() - digits.trim_start_matches('0').len();
        digits.drain(..leading);
        let trailing = digits.len() - digits.trim_end_matches('0').len();
        digits.truncate(digits.len() - trailing);
        if digits.is_empty() {
            return Self {
                negative: false,
                digits: String::new(),
                exponent: 0,
            };
        }
        Self {
            negative,
            exponent: exponent + trailing as i64,
            digits,
        }
    }

    /// The number of characters of the plain decimal text.
    fn written_length(&self) -> usize {
        let (digits, power) = (self.digits.len(), self.exponent.unsigned_abs() as usize);
        let unsigned = if self.exponent < 0 {
            digits.max(power + 1) + 1
        } else {
            digits + power
        };
        usize::from(self.negative) + unsigned
    }
}

impl fmt::Display for Number {
    /// Plain decimal text without an exponent, which every reader of the protocol accepts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        let digits = &self.digits;
        let Ok(exponent) = usize::try_from(self.exponent) else {
            let fraction = self.exponent.unsigned_abs() as usize;
            let padded = format!("{digits:0>width$}", width = fraction + 1);
            let (whole, fraction) = padded.split_at(padded.len() - fraction);
            return write!(f, "{whole}.{fraction}");
        };
        write!(f, "{digits}{:0<exponent$}", "")
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().expect("a number")
    }

    #[test]
    fn equal_values_are_equal_whatever_their_text() {
        for (left, right) in [
            ("5", "5.0"),
            ("100", "1e2"),
            ("0.1", "1E-1"),
            ("-0", "0"),
            ("1.50", "15e-1"),
        ] {
            assert_eq!(number(left), number(right), "{left} and {right}");
        }
        assert_ne!(number("0.1"), number("0.10000000000000001"));
    }

    #[test]
    fn every_digit_is_kept() {
        for text in [
            "0",
            "-1",
            "0.1",
            "-12.034",
            "12345678901234567890123456789",
            "100000000000000000000",
            "0.0000000000000000000000000001",
        ] {
            assert_eq!(number(text).to_string(), text);
        }
    }

    #[test]
    fn floats_read_as_their_shortest_text() {
        assert_eq!(Number::try_from(0.1), Ok(number("0.1")));
        assert_eq!(Number::try_from(1.5), Ok(number("1.5")));
        assert_eq!(Number::try_from(f64::INFINITY), Err(InvalidNumber));
    }

    #[test]
    fn integers_are_recognised_by_value() {
        assert_eq!(number("5.0").as_i64(), Some(5));
        assert_eq!(number("9223372036854775807").as_i64(), Some(i64::MAX));
        assert_eq!(number("9223372036854775808").as_i64(), None);
        assert_eq!(number("0.5").as_i64(), None);
        assert_eq!(number("-0").as_i64(), Some(0));
        assert_eq!(number("-12e3").as_i64(), Some(-12_000));
        assert_eq!(number("1e1000").as_i64(), None);
        assert_eq!(number(&"9".repeat(100)).as_i64(), None);
        assert_eq!(Number::from(i64::MIN).as_i64(), Some(i64::MIN));
    }

    #[test]
    fn nonsense_and_bombs_are_refused() {
        for text in [
            "",
            "-",
            ".",
            "1e",
            "abc",
            "1_0",
            "0x10",
            "1e99999999",
            "1e-9223372036854775808",
            "1e9223372036854775807",
            "NaN",
            "1.2.3",
        ] {
            assert_eq!(text.parse::<Number>(), Err(InvalidNumber), "{text}");
        }
        assert_eq!("9".repeat(2000).parse::<Number>(), Err(InvalidNumber));
        assert_eq!("1e1024".parse::<Number>(), Err(InvalidNumber));
    }

    #[test]
    fn whatever_is_read_can_be_written_and_read_again() {
        for text in ["1e1023", "-9e1022", "1e-1022", "-1e-1021", "12e-1022"] {
            let written = number(text).to_string();
            assert!(written.len() <= MAX_TEXT, "{text}");
            assert_eq!(number(&written), number(text), "{text}");
        }
    }
}
