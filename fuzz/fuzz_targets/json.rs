//! Stored state, of whatever origin: what can be read is written for Terraform so that it is read as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use terraform_provider_bahriya::connection::Connection;
use terraform_provider_bahriya::framework::codec::{decode_json, decode_msgpack, encode_msgpack};
use terraform_provider_bahriya::framework::provider::Resource;
use terraform_provider_bahriya::framework::ty::Type;
use terraform_provider_bahriya::resources::registry::RegistryResource;

fuzz_target!(|bytes: &[u8]| {
    let registry: &dyn Resource<Connection> = &RegistryResource;
    let list = Type::list(Type::object([("id", Type::String), ("on", Type::Bool)]));
    for ty in [registry.schema().ty(), &list] {
        if let Ok(value) = decode_json(bytes, ty) {
            assert!(value.is_wholly_known(), "JSON has no unknown values");
            let written = encode_msgpack(&value);
            assert!(decode_msgpack(&written, ty).as_ref() == Ok(&value));
        }
    }
});
