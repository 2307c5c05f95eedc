//! MessagePack from and to JSON.
//!
//! It is written and read without the provider's own codec, so that a mistake there cannot hide itself. In
//! JSON, `{"$unknown": [..]}` is an unknown value with the bytes of its refinement, and `{"$raw": [..]}`
//! stands for bytes as they are.

use rmp::Marker;
use rmp::{decode, encode};
use serde_json::{Map, Value as Json, json};

use super::DynamicValue;

/// An unknown value without a refinement.
pub fn unknown() -> Json {
    json!({"$unknown": []})
}

pub fn is_unknown(value: &Json) -> bool {
    value.get("$unknown").is_some()
}

/// Whether anything in a value is unknown.
pub fn has_unknown(value: &Json) -> bool {
    is_unknown(value)
        || match value {
            Json::Array(elements) => elements.iter().any(has_unknown),
            Json::Object(attributes) => attributes.values().any(has_unknown),
            _ => false,
        }
}

/// A value for the wire.
pub fn dynamic(value: &Json) -> DynamicValue {
    let mut msgpack = Vec::new();
    write(&mut msgpack, value);
    DynamicValue {
        msgpack,
        json: Vec::new(),
    }
}

fn bytes_of(value: &Json) -> Vec<u8> {
    let bytes = value.as_array().unwrap().iter();
    bytes
        .map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap())
        .collect()
}

fn write(to: &mut Vec<u8>, value: &Json) {
    match value {
        Json::Null => encode::write_nil(to).unwrap(),
        Json::Bool(flag) => encode::write_bool(to, *flag).unwrap(),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => drop(encode::write_sint(to, integer).unwrap()),
            None => encode::write_str(to, &number.to_string()).unwrap(),
        },
        Json::String(text) => encode::write_str(to, text).unwrap(),
        Json::Array(elements) => {
            encode::write_array_len(to, elements.len() as u32).unwrap();
            elements.iter().for_each(|element| write(to, element));
        }
        Json::Object(object) => {
            if let Some(raw) = object.get("$raw") {
                to.extend(bytes_of(raw));
            } else if let Some(refinement) = object.get("$unknown") {
                let refinement = bytes_of(refinement);
                if refinement.is_empty() {
                    to.extend([0xd4, 0, 0]);
                } else {
                    encode::write_ext_meta(to, refinement.len() as u32, 12).unwrap();
                    to.extend(refinement);
                }
            } else {
                encode::write_map_len(to, object.len() as u32).unwrap();
                for (key, value) in object {
                    encode::write_str(to, key).unwrap();
                    write(to, value);
                }
            }
        }
    }
}

/// A value of an answer; an absent one is null.
pub fn json_of(value: Option<&DynamicValue>) -> Json {
    let Some(value) = value else {
        return Json::Null;
    };
    assert!(value.json.is_empty(), "MessagePack is the safe form");
    let mut rest = value.msgpack.as_slice();
    let json = read(&mut rest);
    assert!(rest.is_empty(), "bytes after the value");
    json
}

fn read(rest: &mut &[u8]) -> Json {
    match Marker::from_u8(rest[0]) {
        Marker::Null => {
            *rest = &rest[1..];
            Json::Null
        }
        Marker::True | Marker::False => json!(decode::read_bool(rest).unwrap()),
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => {
            let (text, left) = decode::read_str_from_slice(*rest).unwrap();
            *rest = left;
            json!(text)
        }
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => {
            let length = decode::read_array_len(rest).unwrap();
            (0..length).map(|_| read(rest)).collect()
        }
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => {
            let length = decode::read_map_len(rest).unwrap();
            let mut object = Map::new();
            for _ in 0..length {
                let Json::String(key) = read(rest) else {
                    panic!("a key is a text");
                };
                assert!(object.insert(key, read(rest)).is_none(), "a key twice");
            }
            Json::Object(object)
        }
        Marker::FixExt1 | Marker::Ext8 | Marker::Ext16 => {
            let meta = decode::read_ext_meta(rest).unwrap();
            let (payload, left) = rest.split_at(meta.size as usize);
            *rest = left;
            match meta.typeid {
                0 => {
                    assert_eq!(payload, [0]);
                    unknown()
                }
                12 => json!({"$unknown": payload}),
                other => panic!("extension {other} is refused by Terraform"),
            }
        }
        _ => {
            let integer: i64 = decode::read_int(rest).unwrap();
            json!(integer)
        }
    }
}
