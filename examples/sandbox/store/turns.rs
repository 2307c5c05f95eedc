//! Turns: which version of a registry was current, and since when. The page draws them.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction, params};

use super::{grouped, now};
use crate::refusal::Refusal;

/// A time in which one version was current. It lasts until the next turn.
pub struct Turn {
    pub version: i64,
    pub since: String,
}

/// Notes that a version became current.
pub fn begin(tx: &Transaction, registry: &str, version: i64) -> Result<(), Refusal> {
    tx.execute(
        "INSERT INTO turns VALUES (?1, ?2, ?3)",
        params![registry, version, now()],
    )?;
    Ok(())
}

/// The turns of every registry, oldest first, by its identifier.
pub fn by_registry(conn: &Connection) -> Result<HashMap<String, Vec<Turn>>, Refusal> {
    let sql = "SELECT registry, version, since FROM turns ORDER BY rowid";
    grouped(conn, sql, [], |row| {
        Ok(Turn {
            version: row.get(1)?,
            since: row.get(2)?,
        })
    })
}
