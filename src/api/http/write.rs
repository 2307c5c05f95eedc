//! A write is a value, and one loop drives it: to done with a proof, to not done, or to unknown. The API has
//! no idempotency keys, so what a lost answer means is found out by looking.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use super::Http;
use super::error::{Error, Kind, Outcome};
use super::operation::{Delays, Operation};
use super::retry::{Answer, Verdict};
use super::transport::Request;

/// How often a write may be sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Doing it twice is doing it once.
    Idempotent,
    /// The API refuses the second by itself: a handle or a link is there once.
    UniqueKey,
    /// Doing it twice is doing two things. It is sent again only if it was certainly not acted on.
    AtMostOnce,
}

/// How a write is known to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The API said so.
    Answer,
    /// What was written was found, and it can be nobody else's.
    Found,
    /// One thing was found that was not there before and that fits. It may be another client's.
    OnlyCandidate,
}

/// What became of a write. `B` is what was there before it.
#[derive(Clone, Debug)]
#[must_use]
pub enum Written<T, B = ()> {
    /// It was done.
    Done {
        /// What was written.
        value: T,
        /// How this is known.
        proof: Proof,
    },
    /// It was not done.
    NotDone(Error),
    /// It was sent, and whether it was or will be done could not be found out.
    Unknown {
        /// Why.
        error: Error,
        /// By this it is found later.
        baseline: B,
    },
}

/// What a look after a lost answer shows.
pub enum Look<T> {
    /// The write was done.
    Found(T, Proof),
    /// It was not, so far.
    Absent,
    /// Nothing tells, or several things do. Looking again will not help.
    Unclear,
    /// It cannot have been done: something else is in its place.
    Refuted(Error),
}

/// A write, and all that has to be known to find out what became of it.
pub struct Write<'a, T, B, F> {
    pub request: &'a Request,
    pub repeat: Repeat,
    /// What was there before.
    pub baseline: B,
    /// What a good answer tells. With `None` it has to be looked for.
    pub told: fn(&Answer) -> Option<T>,
    /// Looks for it.
    pub find: F,
}

/// The longest that is looked for something that may come late, and for something that was there or not.
const LATE: Duration = Duration::from_secs(15);
const LAGGING: Duration = Duration::from_millis(1500);

impl Http {
    /// Drives a write to its end. In flight it outlives cancellation and, while it is looked for, the deadline.
    pub async fn write<T, B, F>(
        &self,
        op: &Operation,
        write: Write<'_, T, B, impl Fn(Operation) -> F>,
    ) -> Written<T, B>
    where
        F: Future<Output = Result<Look<T>, Error>>,
    {
        let mut delays = Delays::default();
        let mut attempt = 0;
        // Once an attempt may land, no later refusal proves anything.
        let mut may_land = false;
        let error = loop {
            attempt += 1;
            // Not within the operation: cancelling would drop a write in flight.
            let error = match self.attempt(op, write.request, attempt).await {
                Verdict::Good(answer) => match (write.told)(&answer) {
                    Some(value) => {
                        let proof = Proof::Answer;
                        return Written::Done { value, proof };
                    }
                    // Done by its own word, but nameless.
                    None => answer.unexpected("the answer holds no id"),
                },
                Verdict::Lost(error) => error,
                Verdict::Final(error) if !may_land => return Written::NotDone(error),
                Verdict::Final(error) => match self.look(op, &write.find, LAGGING).await {
                    Ok(Look::Found(value, proof)) => return Written::Done { value, proof },
                    Ok(Look::Refuted(error)) => return Written::NotDone(error),
                    _ => break error,
                },
                Verdict::Again(error) => {
                    if let Err(error) = self.pause(op, &mut delays, error, attempt).await {
                        break error;
                    }
                    continue;
                }
            };
            let once = write.repeat == Repeat::AtMostOnce;
            let (again, done) = (!once && repeatable(&error), server_is_done(&error));
            let patience = match write.repeat {
                Repeat::UniqueKey | Repeat::AtMostOnce if !again && !done => LATE,
                _ => LAGGING,
            };
            match self.look(op, &write.find, patience).await {
                Ok(Look::Found(value, proof)) => return Written::Done { value, proof },
                Ok(Look::Refuted(error)) => return Written::NotDone(error),
                Ok(Look::Absent) if !once && done => {}
                Ok(_) => may_land = true,
                Err(look) => {
                    may_land = true;
                    let text = format!("looking what became of it failed as well: {look}");
                    break error.adding(&text);
                }
            }
            if !again {
                break error;
            }
            if let Err(error) = self.pause(op, &mut delays, error, attempt).await {
                break error;
            }
        };
        if may_land {
            Written::Unknown {
                error: error.with_outcome(Outcome::Unknown),
                baseline: write.baseline,
            }
        } else {
            Written::NotDone(error.with_outcome(Outcome::NotDone))
        }
    }

    /// Drives a write that may be sent twice to its end. `done` looks whether it is done.
    pub async fn change<F>(
        &self,
        op: &Operation,
        request: &Request,
        done: impl Fn(Operation) -> F,
    ) -> Result<(), Error>
    where
        F: Future<Output = Result<bool, Error>>,
    {
        let find = |op| {
            let done = done(op);
            async {
                Ok(match done.await? {
                    true => Look::Found((), Proof::Found),
                    false => Look::Absent,
                })
            }
        };
        let write = Write {
            request,
            repeat: Repeat::Idempotent,
            baseline: (),
            told: |_| Some(()),
            find,
        };
        self.write(op, write).await.result()
    }

    /// Looks until something is found, for `patience` at most: within the operation, but always once.
    async fn look<T, F>(
        &self,
        op: &Operation,
        find: impl Fn(Operation) -> F,
        patience: Duration,
    ) -> Result<Look<T>, Error>
    where
        F: Future<Output = Result<Look<T>, Error>>,
    {
        let end = Instant::now() + patience;
        let end = end.min(op.deadline.max(Instant::now() + LAGGING));
        let aftermath = op.aftermath();
        let looks = async {
            let mut delay = Duration::from_millis(200);
            loop {
                let seen = find(aftermath.clone()).await?;
                if !matches!(seen, Look::Absent) || Instant::now() + delay > end {
                    return Ok(seen);
                }
                tokio::time::sleep(delay).await;
                delay = (delay * 2).min(Duration::from_secs(3));
            }
        };
        op.settle(looks)
            .await
            .unwrap_or_else(|stop| Err(Error::stopped(stop, "looking what became of a write")))
    }
}

impl<T, B> Written<T, B> {
    /// The same with another value.
    pub fn map<U>(self, value: impl FnOnce(T) -> U) -> Written<U, B> {
        match self {
            Self::Done { value: old, proof } => Written::Done {
                value: value(old),
                proof,
            },
            Self::NotDone(error) => Written::NotDone(error),
            Self::Unknown { error, baseline } => Written::Unknown { error, baseline },
        }
    }

    /// For a write that is as well known by its result as by how it was found.
    pub fn result(self) -> Result<T, Error> {
        match self {
            Self::Done { value, .. } => Ok(value),
            Self::NotDone(error) | Self::Unknown { error, .. } => Err(error),
        }
    }
}

/// Whether a write that is seen not to be done may be sent again. After a timeout the API may still be
/// working on it; a 500 or a page in place of the API would come again.
fn repeatable(lost: &Error) -> bool {
    match lost.kind() {
        Kind::Timeout | Kind::WrongAddress => false,
        Kind::UnexpectedAnswer => true,
        _ => lost.is_passing(),
    }
}

/// Whether the request is finished. It is if the API itself answered; a gateway or a cut connection proves nothing.
fn server_is_done(lost: &Error) -> bool {
    lost.own_form()
        && matches!(lost.status(), Some(500..=599))
        && !matches!(lost.status(), Some(502 | 504))
}
