//! terraform-provider-bahriya
pub mod proto {
    #![allow(missing_docs, clippy::all, clippy::pedantic)]
    pub mod tfplugin6 { tonic::include_proto!("tfplugin6"); }
    pub mod go_plugin { tonic::include_proto!("plugin"); }
    pub mod health { tonic::include_proto!("grpc.health.v1"); }
}
