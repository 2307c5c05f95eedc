//! MessagePack from Terraform, read against the schemas of the resources: what can be read is written so that
//! it is read as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use terraform_provider_bahriya::connection::Connection;
use terraform_provider_bahriya::framework::codec::{decode_msgpack, encode_msgpack};
use terraform_provider_bahriya::framework::provider::Resource;
use terraform_provider_bahriya::framework::ty::Type;
use terraform_provider_bahriya::resources::registry::RegistryResource;

fuzz_target!(|bytes: &[u8]| {
    let registry: &dyn Resource<Connection> = &RegistryResource;
    // Lists occur in data sources only.
    let list = Type::list(Type::object([("id", Type::String), ("on", Type::Bool)]));
    for ty in [registry.schema().ty(), &list] {
        if let Ok(value) = decode_msgpack(bytes, ty) {
            let written = encode_msgpack(&value);
            assert!(decode_msgpack(&written, ty).as_ref() == Ok(&value));
            // Written once, it has its one form.
            assert_eq!(
                encode_msgpack(&decode_msgpack(&written, ty).unwrap()),
                written
            );
        }
    }
});
