//! Paths below the base address.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Error, Kind, Result};

/// Everything that is not unreserved (<https://www.rfc-editor.org/rfc/rfc3986#section-2.3>).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Joins segments, each percent-encoded. Segments that would not stay segments are refused: an address
/// parser resolves `.` and `..` even when they are encoded, and a request would reach something else.
pub fn path(segments: &[&str]) -> Result<String> {
    let mut path = String::new();
    for segment in segments {
        if matches!(*segment, "" | "." | "..") {
            return Err(Error::new(Kind::Refused)
                .saying(&format!("{segment:?} cannot be a handle or an identifier")));
        }
        path.push('/');
        // The API writes its identifiers in small letters; users may have them in capitals.
        let is_id = segment.len() == 36 && uuid::Uuid::try_parse(segment).is_ok();
        let lower = segment.to_ascii_lowercase();
        let segment = if is_id { &lower } else { *segment };
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
        assert_eq!(
            path(&["0F8FAD5B-D9CB-469F-A165-70867728950E", "Not-An-Id"])
                .ok()
                .as_deref(),
            Some("/0f8fad5b-d9cb-469f-a165-70867728950e/Not-An-Id")
        );
        for bad in ["", ".", ".."] {
            assert!(path(&["projects", bad]).is_err(), "{bad:?}");
        }
    }
}
