//! Paths below the base address.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::{Error, Kind};

/// Everything that is not "unreserved" in RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Joins segments, each percent-encoded. Segments that would not stay segments are refused: an address
/// parser resolves `.` and `..` even when they are encoded, and a request would reach something else.
pub fn path(segments: &[&str]) -> Result<String, Error> {
    let mut path = String::new();
    for segment in segments {
        if matches!(*segment, "" | "." | "..") {
            return Err(Error::new(Kind::Refused)
                .saying(&format!("{segment:?} cannot be a handle or an identifier")));
        }
        path.push('/');
        path.extend(utf8_percent_encode(segment, ENCODED));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_stay_segments() {
        assert_eq!(
            path(&["organisations", "a/../b?c#d%e", "x"])
                .ok()
                .as_deref(),
            Some("/organisations/a%2F..%2Fb%3Fc%23d%25e/x")
        );
        for bad in ["", ".", ".."] {
            assert!(path(&["projects", bad]).is_err(), "{bad:?}");
        }
    }
}
