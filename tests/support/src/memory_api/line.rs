//! One process's way to the API.

use std::future::pending;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::{Acts, Answer, Effect, MemoryApi, ON_THE_WAY, Says};

/// One process's way to the API. It ends with the process: a request of a dead one is never answered.
#[derive(Clone)]
pub struct Line {
    api: MemoryApi,
    dead: Arc<watch::Sender<bool>>,
}

/// What comes back over a line.
#[derive(Debug)]
pub struct Received {
    pub status: u16,
    pub retry_after: Option<&'static str>,
    pub body: Vec<u8>,
}

/// Why nothing comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// No connection was made.
    NotSent,
    /// The connection broke.
    Cut,
}

impl MemoryApi {
    /// The line of a new process.
    pub fn line(&self) -> Line {
        Line {
            api: self.clone(),
            dead: Arc::new(watch::Sender::new(false)),
        }
    }
}

impl Line {
    /// The process ends.
    pub fn die(&self) {
        self.dead.send_replace(true);
    }

    /// Waits until the process has ended.
    pub async fn died(&self) {
        let mut dead = self.dead.subscribe();
        // The sender lives as long as this line.
        let _ = dead.wait_for(|dead| *dead).await;
    }

    /// Sends a request. Giving up the wait for its answer takes nothing back.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&[u8]>,
    ) -> Result<Received, Silence> {
        if *self.dead.borrow() {
            pending::<()>().await;
        }
        let (number, says, acts, untruth) = {
            let mut world = self.api.world();
            let number = world.set_out(method, path, body);
            let fate = world.sent[number].fate.clone();
            let arrives = Instant::now() + ON_THE_WAY;
            let acts = match fate.acts {
                _ if fate.says == Says::NotSent => None,
                Acts::Now | Acts::Partly => Some(arrives),
                Acts::After(wait) => Some(arrives + wait),
                Acts::Never => None,
            };
            if let Some(due) = acts
                && world.sent[number].call.writes()
            {
                world.schedule(due, Effect::Of(number, body.unwrap_or_default().to_vec()));
            }
            (number, fate.says, acts, world.untruth(number))
        };
        sleep(ON_THE_WAY).await;
        let (status, data) = match says {
            Says::NotSent => return Err(self.silent(number, Silence::NotSent)),
            Says::Death => {
                self.api
                    .tell(&format!("    #{number} the process of the provider ends"));
                self.die();
                pending().await
            }
            Says::Nothing => pending().await,
            Says::Cut => {
                sleep(ON_THE_WAY).await;
                return Err(self.silent(number, Silence::Cut));
            }
            Says::Status { status, .. } => (status, json!(format!("Fault on demand: {status}."))),
            Says::Page => (200, Value::Null),
            Says::Accepted => (202, Value::Null),
            Says::Denied => (200, json!("Fault on demand: denied.")),
            Says::Truth | Says::Wrapped | Says::Garbled => match acts {
                Some(due) => self.truth(number, due).await,
                None => pending().await,
            },
            _ => untruth,
        };
        sleep(ON_THE_WAY).await;
        Ok(self.received(number, &says, status, data))
    }

    /// What the API says to a request, as soon as it has acted on it.
    async fn truth(&self, number: usize, due: Instant) -> Answer {
        sleep_until(due).await;
        let mut world = self.api.world();
        world.advance();
        let acted = world.sent[number].acted.clone();
        acted.unwrap_or_else(|| world.answer(number))
    }

    fn silent(&self, number: usize, silence: Silence) -> Silence {
        self.api.tell(&format!(
            "    #{number} ends without an answer: {silence:?}"
        ));
        silence
    }

    fn received(&self, number: usize, says: &Says, status: u16, data: Value) -> Received {
        let page = b"<!DOCTYPE html><html><body><h1>Something is in the way</h1></body></html>";
        let good = (200..300).contains(&status);
        let (own_form, retry_after) = match says {
            Says::Status {
                own_form,
                retry_after,
                ..
            } => (*own_form, *retry_after),
            Says::Page => (false, None),
            _ => (true, None),
        };
        let data = match says {
            Says::Wrapped if good => json!({"id": data, "quota": null}),
            _ => data,
        };
        let code = match says {
            Says::Denied => 422,
            _ => status,
        };
        let body = match own_form {
            true => json!({"code": code, "status": "…", "data": data})
                .to_string()
                .into_bytes(),
            false => page.to_vec(),
        };
        let length = match says {
            Says::Garbled => body.len() / 2,
            _ => body.len(),
        };
        let mut world = self.api.world();
        world.sent[number].answered = Some(status);
        let shown = match (says, data.to_string()) {
            (Says::Garbled, _) => "half of it".to_owned(),
            (_, text) if text.len() > 60 => format!("{} bytes", text.len()),
            (_, text) => text,
        };
        world.tell(&format!("    #{number} is answered {status} {shown}"));
        Received {
            status,
            retry_after,
            body: body[..length].to_vec(),
        }
    }
}
