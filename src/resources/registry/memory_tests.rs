use serde_json::json;

use super::*;
use crate::fingerprint::Cost;
use crate::resources::registry::decide;
use crate::resources::registry::schema::Model;
use crate::secret::Secret;

impl Memory {
    /// The fingerprints that a plan is told, at once, for tests of what is pure.
    pub fn hashes_now(&self, prior: &Model, config: &Model) -> Vec<Fingerprint> {
        match decide::change(prior, config, self) {
            decide::Change::Perhaps { credentials, .. } if self.salt.is_some() => self
                .clone()
                .fingerprint_now(
                    credentials.server,
                    credentials.username,
                    credentials.password,
                )
                .into_iter()
                .collect(),
            _ => Vec::new(),
        }
    }

    /// A new fingerprint, at once and cheap, for tests of what is pure.
    pub fn fingerprint_now(
        &mut self,
        server: &str,
        username: &str,
        password: &Secret,
    ) -> Option<Fingerprint> {
        let salt = self
            .salt
            .get_or_insert_with(|| Salt::random().expect("randomness"));
        let cost = Cost {
            memory: 64,
            passes: 1,
        };
        let credentials = api::Credentials {
            server,
            username,
            password,
        };
        Hasher::new(cost).at_once(salt, credentials)
    }
}

fn registry(id: &str, number: i64) -> Registry {
    Registry {
        currentversionid: Some(id.to_owned()),
        currentversion: Some(number),
        ..Registry::default()
    }
}

fn version(id: &str, number: i64) -> Version {
    Version {
        id: Some(id.to_owned()),
        version: number,
        server: None,
        username: None,
        current: false,
        created: None,
    }
}

fn made(id: &str, number: Option<i64>) -> Made {
    Made {
        number,
        id: Some(id.to_owned()),
    }
}

fn fingerprint(memory: &mut Memory, password: &str) -> Option<Fingerprint> {
    memory.fingerprint_now("s", "u", &Secret::new(password))
}

#[test]
fn a_version_that_was_answered_is_proved_by_the_list_that_shows_its_id() {
    for (listed, proved) in [("a", true), ("b", false)] {
        let mut memory = Memory::default();
        let sent = fingerprint(&mut memory, "one");
        memory.record_write(made("a", None), Proof::OnlyCandidate, sent);
        let versions = [version(listed, 2)];
        memory.absorb_read(&registry(listed, 2), Some(&versions), Some(2));
        assert_eq!(memory.configured, proved.then_some(2));
        assert_eq!(memory.fingerprints.contains_key(&2), proved);
        assert_eq!(memory.unproved.is_none(), proved);
        assert_eq!(memory.is_drift(Some(2), Some(&listed.to_owned())), !proved);
    }
}

#[test]
fn a_fingerprint_follows_the_id_of_its_version() {
    let mut memory = Memory::default();
    let known = fingerprint(&mut memory, "one");
    memory.record_write(made("a", Some(1)), Proof::Answer, known.clone());
    // The number went to another version, and ours has another now.
    let versions = [version("b", 1), version("a", 2)];
    memory.absorb_read(&registry("b", 1), Some(&versions), Some(1));
    assert_eq!(memory.configured, Some(2));
    assert_eq!(
        memory.fingerprints.into_iter().collect::<Vec<_>>(),
        [(2, known.expect("a fingerprint"))]
    );
}

#[test]
fn a_list_that_lags_takes_nothing_away() {
    let mut memory = Memory::default();
    let known = fingerprint(&mut memory, "one");
    memory.record_write(made("b", Some(2)), Proof::Answer, known.clone());
    memory.absorb_read(&registry("a", 1), Some(&[version("a", 1)]), Some(1));
    memory.absorb_read(&registry("b", 2), None, Some(2));
    assert_eq!(memory.fingerprints.get(&2), known.as_ref());
    // The number went to another version.
    let other = [version("a", 1), version("c", 2)];
    memory.absorb_read(&registry("c", 2), Some(&other), Some(2));
    assert_eq!(memory.fingerprints.get(&2), None);
}

#[test]
fn a_version_known_by_its_id_is_waited_for() {
    let mut memory = Memory::default();
    let known = fingerprint(&mut memory, "one");
    memory.record_write(made("b", None), Proof::Answer, known.clone());
    // A replica that lags, or another client's version: not ours.
    let older = [version("a", 1), version("c", 3)];
    memory.absorb_read(&registry("c", 3), Some(&older), Some(3));
    assert_eq!((memory.configured, memory.fingerprints.len()), (None, 0));
    let all = [version("a", 1), version("b", 2), version("c", 3)];
    memory.absorb_read(&registry("c", 3), Some(&all), Some(3));
    assert_eq!(memory.configured, Some(2));
    assert_eq!(memory.fingerprints.get(&2), known.as_ref());
}

#[test]
fn what_version_0_4_0_stored_is_read() {
    let mut memory = Memory::default();
    let sent = fingerprint(&mut memory, "two").expect("a fingerprint");
    let first = fingerprint(&mut memory, "one").expect("a fingerprint");
    let stored = json!({
        "organisation": "o", "salt": memory.salt, "held": first, "configured": 1, "fingerprints": {"1": first},
        "retained": [1], "intent": {"fingerprint": sent, "before": 1}, "imported": false, "whole_writes": false,
    });
    let stored = json!({"bahriya_rs": 1, "data": stored});
    let mut memory = Memory::decode(stored.to_string().as_bytes());
    let versions = [version("a", 1), version("b", 2)];
    memory.absorb_read(&registry("b", 2), Some(&versions), Some(2));
    // The one that came after it may be another client's: it is recognised, and has no fingerprint.
    assert_eq!(memory.version_with(std::slice::from_ref(&sent)), Some(2));
    assert_eq!(memory.version_with(std::slice::from_ref(&first)), Some(1));
    assert!(!memory.fingerprints.contains_key(&2));
    assert_eq!(memory.intent, None);
    // Stored again, it is read the same.
    let again = Memory::decode(&memory.clone().stored());
    assert_eq!(again, memory);
}

#[test]
fn an_intent_is_kept_while_nothing_tells() {
    let mut memory = Memory::default();
    let sent = fingerprint(&mut memory, "two").expect("a fingerprint");
    memory.intent = Some(Intent::new(sent.clone(), Baseline::after(1)));
    // No list of versions.
    memory.absorb_read(&registry("b", 2), None, Some(2));
    assert!(memory.intent.is_some());
    // Several that may be it.
    let several = [version("a", 1), version("b", 2), version("c", 3)];
    memory.absorb_read(&registry("c", 3), Some(&several), Some(3));
    assert!(memory.intent.is_some() && memory.unproved.is_none());
    // None.
    memory.absorb_read(&registry("a", 1), Some(&[version("a", 1)]), Some(1));
    assert_eq!(memory.intent, None);
}

#[test]
fn a_mark_lasts_until_the_next_rotation() {
    let mut memory = Memory::default();
    let sent = fingerprint(&mut memory, "two");
    memory.record_write(made("b", Some(2)), Proof::OnlyCandidate, sent.clone());
    let versions = [version("a", 1), version("b", 2)];
    memory.absorb_read(&registry("b", 2), Some(&versions), Some(2));
    assert_eq!(memory.version_with(&[sent.expect("sent")]), Some(2));
    assert_eq!((memory.held.clone(), memory.fingerprints.len()), (None, 0));
    memory.record_activation(Some(1));
    assert!(memory.unproved.is_some());
    let next = fingerprint(&mut memory, "three");
    memory.record_write(made("c", Some(3)), Proof::Answer, next);
    assert!(memory.unproved.is_none());
}

#[tokio::test]
async fn what_was_made_in_sight_leaves_with_its_password_or_is_forgotten() {
    let hasher = Hasher::default();
    let (mut memory, passwords) = (Memory::default(), ["one", "two"].map(Secret::new));
    let [one, two] = passwords.each_ref().map(|password| api::Credentials {
        server: "s",
        username: "u",
        password,
    });
    let cheap = memory.new_fingerprint(&hasher, one, true).await;
    let full = memory.new_fingerprint(&hasher, one, false).await;
    assert_ne!(cheap, full);
    memory.record_write(made("a", Some(1)), Proof::Answer, cheap);
    let mut other = memory.clone();
    memory.out_of_sight(&hasher, Some(one)).await;
    assert_eq!(memory.held, full);
    assert_eq!(memory.fingerprints.get(&1), full.as_ref());
    // What is at full cost already stays, whatever leaves.
    memory.out_of_sight(&hasher, Some(two)).await;
    assert_eq!(memory.held, full);
    other.out_of_sight(&hasher, Some(two)).await;
    assert_eq!((other.held, other.fingerprints.len()), (None, 0));
}
