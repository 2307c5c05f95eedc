//! Private bytes: what a resource keeps beside its state, in a versioned layout.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The layout that this version writes. A later layout gets the next number.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    bahriya_rs: u32,
    data: T,
}

/// The bytes to store.
pub fn encode<T: Serialize>(data: &T) -> Vec<u8> {
    let envelope = Envelope {
        bahriya_rs: FORMAT,
        data,
    };
    // Serialising plain data to memory does not fail; empty bytes would read as "nothing kept".
    serde_json::to_vec(&envelope).unwrap_or_default()
}

/// Whether bytes hold something that another provider, or a later version of this one, has put there.
pub fn is_foreign<T: DeserializeOwned>(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes != b"null" && ours::<T>(bytes).is_none()
}

/// What was stored, or nothing if the bytes are empty, of another layout, or another provider's.
pub fn decode<T: DeserializeOwned + Default>(bytes: &[u8]) -> T {
    ours(bytes).unwrap_or_default()
}

fn ours<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let envelope: Envelope<T> = serde_json::from_slice(bytes).ok()?;
    (envelope.bahriya_rs == FORMAT).then_some(envelope.data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_layout_is_read() {
        let data = vec!["a".to_owned()];
        assert_eq!(decode::<Vec<String>>(&encode(&data)), data);
        assert!(!is_foreign::<Vec<String>>(&encode(&data)));
        let foreign: [&[u8]; 4] = [
            b"",
            b"\xff\x00",
            br#"{".framework":"e30="}"#,
            br#"{"bahriya_rs":2,"data":["a"]}"#,
        ];
        for bytes in foreign {
            assert_eq!(decode::<Vec<String>>(bytes), Vec::<String>::new());
            assert_eq!(is_foreign::<Vec<String>>(bytes), !bytes.is_empty());
        }
    }
}
