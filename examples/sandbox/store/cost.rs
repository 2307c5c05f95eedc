//! What the registries cost per month: $0.02 while one exists, and $0.02 for each region of each
//! project that it is attached to.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::rows;
use crate::refusal::Refusal;

const CENTS_WHILE_IT_EXISTS: i64 = 2;
const CENTS_PER_ATTACHED_REGION: i64 = 2;

/// The monthly cost of one registry.
pub struct Cost {
    id: String,
    pub handle: String,
    attached_regions: i64,
}

impl Cost {
    pub fn cents(&self) -> i64 {
        CENTS_WHILE_IT_EXISTS + CENTS_PER_ATTACHED_REGION * self.attached_regions
    }

    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id, "handle": self.handle,
            "existing": dollars(CENTS_WHILE_IT_EXISTS),
            "attachedregions": self.attached_regions,
            "attached": dollars(CENTS_PER_ATTACHED_REGION * self.attached_regions),
            "monthly": dollars(self.cents()),
        })
    }
}

/// Cents as a decimal number of dollars. Never a float: money is compared exactly.
pub fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The cost of every registry of the organisation.
pub fn of_registries(conn: &Connection, organisation: &str) -> Result<Vec<Cost>, Refusal> {
    let sql = "SELECT r.id, r.handle, coalesce(sum(json_array_length(p.regions)), 0)
         FROM registries r
         LEFT JOIN attachments a ON a.registry = r.id LEFT JOIN projects p ON p.id = a.project
         WHERE r.organisation = ?1 AND r.deleted IS NULL GROUP BY r.id ORDER BY r.handle";
    rows(conn, sql, [organisation], |row| {
        Ok(Cost {
            id: row.get(0)?,
            handle: row.get(1)?,
            attached_regions: row.get(2)?,
        })
    })
}
