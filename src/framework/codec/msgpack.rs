//! The MessagePack form of values, as Terraform's language library writes and reads it:
//! <https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/object-wire-format.md>.

use std::collections::BTreeMap;

use rmp::Marker;
use rmp::decode;
use rmp::encode;

use super::{CodecError, mismatch};
use crate::framework::ty::Type;
use crate::framework::value::{Object, Refinement, Value};

/// The extension type that carries what is known about an unknown value. Any other extension is a plain unknown.
const REFINED: i8 = 12;

/// The longest refinement that Terraform itself reads, in bytes.
const MAX_REFINEMENT: usize = 1024;

const TRUNCATED: &str = "the end of the message";

/// Reads one value of the type.
///
/// # Errors
/// The bytes are cut short, continue after the value, or hold something else than the type says.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, CodecError> {
    let mut rest = bytes;
    let value = value(&mut rest, ty)?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(mismatch("one value", "bytes after it"))
    }
}

fn value(rest: &mut &[u8], ty: &Type) -> Result<Value, CodecError> {
    let Some(&first) = rest.first() else {
        return Err(mismatch(ty.noun(), TRUNCATED));
    };
    match Marker::from_u8(first) {
        Marker::Null => {
            *rest = &rest[1..];
            Ok(Value::Null)
        }
        Marker::FixExt1
        | Marker::FixExt2
        | Marker::FixExt4
        | Marker::FixExt8
        | Marker::FixExt16
        | Marker::Ext8
        | Marker::Ext16
        | Marker::Ext32 => unknown(rest),
        marker => match ty {
            Type::String => Ok(Value::String(text(rest, ty.noun())?.to_owned())),
            Type::Bool => decode::read_bool(rest)
                .map(Value::Bool)
                .map_err(|_| mismatch(ty.noun(), kind(marker))),
            Type::Number => number(rest, marker),
            Type::List(element) => list(rest, marker, element),
            Type::Object(attributes) => object(rest, marker, attributes),
        },
    }
}

fn unknown(rest: &mut &[u8]) -> Result<Value, CodecError> {
    let meta = decode::read_ext_meta(rest).map_err(|_| mismatch("an unknown value", TRUNCATED))?;
    let payload = take(rest, meta.size as usize, "more bytes")?;
    if meta.typeid != REFINED {
        return Ok(Value::UNKNOWN);
    }
    if payload.len() > MAX_REFINEMENT {
        return Err(mismatch(
            "a refinement of at most 1024 bytes",
            "a longer one",
        ));
    }
    Ok(Value::Unknown(Refinement(payload.to_owned())))
}

fn take<'a>(
    rest: &mut &'a [u8],
    size: usize,
    expected: &'static str,
) -> Result<&'a [u8], CodecError> {
    let (taken, left) = rest
        .split_at_checked(size)
        .ok_or_else(|| mismatch(expected, TRUNCATED))?;
    *rest = left;
    Ok(taken)
}

fn text<'a>(rest: &mut &'a [u8], expected: &'static str) -> Result<&'a str, CodecError> {
    let length = decode::read_str_len(rest).map_err(|error| match error {
        decode::ValueReadError::TypeMismatch(marker) => mismatch(expected, kind(marker)),
        _ => mismatch(expected, TRUNCATED),
    })?;
    let bytes = take(rest, length as usize, expected)?;
    str::from_utf8(bytes).map_err(|_| mismatch(expected, "broken UTF-8"))
}

/// Reads a number in any of the forms that Terraform sends: integers, floats where exact, else decimal text.
fn number(rest: &mut &[u8], marker: Marker) -> Result<Value, CodecError> {
    let expected = "a number";
    let truncated = |_| mismatch(expected, TRUNCATED);
    let float = |value: f64| {
        Value::number(&value.to_string()).ok_or(mismatch("a finite number", "infinity"))
    };
    match marker {
        Marker::F32 => float(decode::read_f32(rest).map_err(truncated)?.into()),
        Marker::F64 => float(decode::read_f64(rest).map_err(truncated)?),
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => {
            Value::number(text(rest, expected)?)
                .ok_or(mismatch(expected, "a text that is no number"))
        }
        _ => {
            // Wide enough for both kinds of 64 bits.
            let integer: i128 = decode::read_int(rest).map_err(|error| match error {
                decode::NumValueReadError::TypeMismatch(marker) => mismatch(expected, kind(marker)),
                _ => mismatch(expected, TRUNCATED),
            })?;
            Ok(Value::Number(integer.into()))
        }
    }
}

fn list(rest: &mut &[u8], marker: Marker, element: &Type) -> Result<Value, CodecError> {
    let length =
        decode::read_array_len(rest).map_err(|_| mismatch("a list", kind(marker)))? as usize;
    // Each element takes at least one byte, so a length beyond the rest is a lie, and none is allocated for.
    let mut elements = Vec::with_capacity(length.min(rest.len()));
    for index in 0..length {
        elements.push(value(rest, element).map_err(|error| error.in_element(index))?);
    }
    Ok(Value::List(elements))
}

fn object(
    rest: &mut &[u8],
    marker: Marker,
    attributes: &BTreeMap<&'static str, Type>,
) -> Result<Value, CodecError> {
    let length =
        decode::read_map_len(rest).map_err(|_| mismatch("an object", kind(marker)))? as usize;
    let mut found = Object::new();
    for _ in 0..length {
        let (&name, ty) = attributes
            .get_key_value(text(rest, "an attribute name")?)
            .ok_or_else(|| mismatch("attributes of the schema", "another one"))?;
        let value = value(rest, ty).map_err(|error| error.in_attribute(name))?;
        if found.insert(name, value).is_some() {
            return Err(mismatch("one value", "two").in_attribute(name));
        }
    }
    if found.len() == attributes.len() {
        Ok(Value::Object(found))
    } else {
        Err(mismatch("every attribute of the schema", "fewer"))
    }
}

/// Writes the value. Attributes come out in the order of their names.
pub fn encode(value: &Value) -> Vec<u8> {
    // Most objects fit.
    let mut bytes = Vec::with_capacity(512);
    write(&mut bytes, value);
    bytes
}

fn write(bytes: &mut Vec<u8>, value: &Value) {
    // Writing into a vector cannot fail; the results exist because the library also writes to sockets.
    match value {
        Value::Null => drop(encode::write_nil(bytes)),
        Value::Unknown(Refinement(refinement)) => {
            let (extension, payload) = match refinement.as_slice() {
                [] => (0, &[0][..]),
                known => (REFINED, known),
            };
            // The length was bounded when the refinement was read.
            let length = payload.len() as u32;
            drop(encode::write_ext_meta(bytes, length, extension));
            bytes.extend_from_slice(payload);
        }
        Value::Bool(value) => drop(encode::write_bool(bytes, *value)),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => drop(encode::write_sint(bytes, integer)),
            None => drop(encode::write_str(bytes, &number.to_string())),
        },
        Value::String(text) => drop(encode::write_str(bytes, text)),
        Value::List(elements) => {
            drop(encode::write_array_len(bytes, elements.len() as u32));
            for element in elements {
                write(bytes, element);
            }
        }
        Value::Object(attributes) => {
            drop(encode::write_map_len(bytes, attributes.len() as u32));
            for (name, attribute) in attributes {
                drop(encode::write_str(bytes, name));
                write(bytes, attribute);
            }
        }
    }
}

fn kind(marker: Marker) -> &'static str {
    match marker {
        Marker::True | Marker::False => "a bool",
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => "a string",
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => "a list",
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => "an object",
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => "bytes",
        Marker::Reserved => "a byte that means nothing",
        _ => "a number",
    }
}

#[cfg(test)]
#[path = "msgpack_tests.rs"]
mod tests;
