//! The codec alone: one registry's state, over and over.

use std::hint::black_box;
use std::time::{Duration, Instant};

use terraform_provider_bahriya::framework::codec;

use crate::stats::Samples;
use crate::walk::{Item, item, registry_schema};

const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(60);

/// How fast one direction is.
pub struct Speed {
    pub what: &'static str,
    /// Bytes of one value.
    pub bytes: usize,
    /// Time for one value, ns.
    pub time: Samples,
}

/// A registry with every computed attribute known.
pub fn sample() -> Item {
    item(&serde_json::json!({
        "id": "3f0c6f0e-7a4e-4c56-9a43-0c7f4c6a2b11", "handle": "ghcr-deploy",
        "name": "GitHub packages, deploy token", "server": "ghcr.io", "username": "acme-bot",
        "password": "not-a-secret-0123456789", "maxversions": 5, "current_version": 3,
        "billable": true, "currentversionid": "98e2f1c4-51c0-4f0f-8f0b-0d7a6a2f7c55",
    }))
}

/// What can be repeated.
#[derive(Clone, Copy)]
pub enum Direction {
    Decode,
    Encode,
    Json,
}

impl Direction {
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Decode, "msgpack decode"),
        (Self::Encode, "msgpack encode"),
        (Self::Json, "JSON decode (stored state)"),
    ];
}

pub fn repeat(direction: Direction, item: &Item, count: u32) {
    let ty = registry_schema().ty();
    let value = codec::decode_msgpack(&item.state, ty).expect("a state");
    for _ in 0..count {
        match direction {
            Direction::Decode => {
                let _ = black_box(codec::decode_msgpack(black_box(&item.state), ty));
            }
            Direction::Encode => {
                black_box(codec::encode_msgpack(black_box(&value)));
            }
            Direction::Json => {
                let _ = black_box(codec::decode_json(black_box(&item.json), ty));
            }
        }
    }
}

pub fn measure() -> Vec<Speed> {
    let item = sample();
    let mut speeds = Direction::ALL.map(|(direction, what)| {
        let bytes = match direction {
            Direction::Json => item.json.len(),
            _ => item.state.len(),
        };
        let time = Samples::default();
        Speed { what, bytes, time }
    });
    for _ in 0..ROUNDS {
        for ((direction, _), speed) in Direction::ALL.into_iter().zip(&mut speeds) {
            let (started, mut count) = (Instant::now(), 0);
            while started.elapsed() < ROUND {
                repeat(direction, &item, 500);
                count += 500;
            }
            let nanoseconds = started.elapsed().as_nanos() as f64;
            speed.time.add(nanoseconds / f64::from(count));
        }
    }
    speeds.into()
}
