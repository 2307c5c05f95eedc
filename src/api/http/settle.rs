//! Exactly once, although the API has no idempotency keys: a write whose answer was lost is settled by
//! looking, and sent again only when it was seen not to be done.

use std::future::Future;
use std::time::Duration;

use super::Http;
use super::error::{Error, Kind, Outcome};
use super::operation::Operation;
use super::retry::{Answer, Sent, delays};
use super::transport::Request;

/// When to look after a write that is not seen at once: reads may lag behind writes a little.
const LOOKS: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_millis(800),
];

/// What a look after a lost answer shows.
pub enum Seen<T> {
    /// The write was done.
    Done(T),
    /// It was not, so far.
    NotDone,
    /// Nothing that could be looked at tells.
    Invisible,
}

/// A write that was done.
pub struct Written<T> {
    pub how: How<T>,
    /// It was sent twice, and nothing told whether it was done twice.
    pub blindly_repeated: bool,
}

pub enum How<T> {
    Answered(Answer),
    Found(T),
}

/// A write that was not done, or of which nothing is known.
pub struct Unwritten {
    pub error: Error,
    /// An earlier attempt got lost, so what is in the way now may be its effect.
    pub after_loss: bool,
}

impl Http {
    /// Writes and, whenever the answer is lost, looks before anything else is done.
    pub async fn write_once<T, F>(
        &self,
        op: &Operation,
        request: &Request,
        look: impl Fn(Operation) -> F,
    ) -> Result<Written<T>, Unwritten>
    where
        F: Future<Output = Result<Seen<T>, Error>>,
    {
        let mut delays = delays();
        let mut after_loss = false;
        let mut blindly_repeated = false;
        loop {
            let lost = match self.write(op, request).await {
                Ok(Sent::Answered(answer)) => {
                    let how = How::Answered(answer);
                    return Ok(Written {
                        how,
                        blindly_repeated,
                    });
                }
                Ok(Sent::Lost(error)) => error,
                Err(error) => {
                    let outcome = if blindly_repeated {
                        Outcome::Unknown
                    } else {
                        error.outcome()
                    };
                    let error = error.with_outcome(outcome);
                    return Err(Unwritten { error, after_loss });
                }
            };
            let error = match self.look_after(op, &look).await {
                Ok(Seen::Done(found)) => {
                    let how = How::Found(found);
                    return Ok(Written {
                        how,
                        blindly_repeated,
                    });
                }
                Ok(Seen::NotDone) => {
                    let again = repeatable(&lost);
                    let error = seen_undone(lost);
                    if !again {
                        return Err(Unwritten { error, after_loss });
                    }
                    error
                }
                Ok(Seen::Invisible) if !blindly_repeated => {
                    blindly_repeated = true;
                    lost
                }
                Ok(Seen::Invisible) => {
                    return Err(Unwritten {
                        error: lost,
                        after_loss,
                    });
                }
                Err(look) => {
                    let error = unsettled(lost, look);
                    return Err(Unwritten { error, after_loss });
                }
            };
            after_loss = true;
            if op.pause(delays.next().unwrap_or_default()).await.is_err() {
                return Err(Unwritten { error, after_loss });
            }
        }
    }

    /// Looks, a few times over two seconds, whatever the operation's own bounds are.
    pub async fn look_after<T, F>(
        &self,
        op: &Operation,
        look: impl Fn(Operation) -> F,
    ) -> Result<Seen<T>, Error>
    where
        F: Future<Output = Result<Seen<T>, Error>>,
    {
        let aftermath = op.aftermath();
        let looks = async {
            for delay in LOOKS {
                tokio::time::sleep(delay).await;
                match look(aftermath.clone()).await? {
                    Seen::NotDone => {}
                    seen => return Ok(seen),
                }
            }
            Ok(Seen::NotDone)
        };
        op.settle(looks)
            .await
            .unwrap_or_else(|stop| Err(Error::stopped(stop, "looking what became of a write")))
    }
}

/// Whether a write that is seen not to be done may be sent again. After a timeout the server may still be
/// at it; a 500 or a page in place of the API would come again.
fn repeatable(lost: &Error) -> bool {
    match lost.kind() {
        Kind::Timeout | Kind::WrongAddress => false,
        Kind::UnexpectedAnswer => true,
        _ => lost.is_passing(),
    }
}

/// The error of a write that is seen not to be done. Whoever answered is done with the request; who did not,
/// or is only a gateway, may still be at it.
fn seen_undone(lost: Error) -> Error {
    match lost.status() {
        None | Some(502 | 504) => lost,
        Some(_) => lost.with_outcome(Outcome::NotDone),
    }
}

/// The error of a write that could not be settled: the look's own finding if it has one.
fn unsettled(lost: Error, look: Error) -> Error {
    match look.kind() {
        Kind::HandleTaken { .. } => look,
        _ => lost
            .adding(&format!("looking what became of it failed as well: {look}"))
            .with_outcome(Outcome::Unknown),
    }
}
