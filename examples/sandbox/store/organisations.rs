//! Organisations, users and what they may do.

use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{new_id, row, rows};
use crate::refusal::Refusal;
use crate::seal::{Key, token_digest};

/// An organisation as one of its members sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Organisation {
    pub id: String,
    pub name: String,
    pub handle: String,
    pub email: String,
    pub role: Role,
}

/// The system roles, as published in July 2026.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Owner,
    Admin,
    Member,
    Viewer,
}

/// What a request does to an object, if it does not only read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Create,
    Update,
    Delete,
}

impl Role {
    /// A viewer reads, a member also updates, an admin and an owner do everything.
    pub fn may(self, action: Action) -> bool {
        match self {
            Role::Owner | Role::Admin => true,
            Role::Member => action == Action::Update,
            Role::Viewer => false,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Admin => "admin",
            Role::Member => "member",
            Role::Viewer => "viewer",
        }
    }
}

/// The users and organisations that every sandbox has.
const USERS: [&str; 4] = ["owner", "member", "viewer", "stranger"];
const ORGANISATIONS: [(&str, &str); 3] = [
    ("acme", "Acme"),
    ("globex", "Globex"),
    ("initech", "Initech"),
];
const MEMBERSHIPS: [(&str, &str, Role); 5] = [
    ("owner", "acme", Role::Owner),
    ("member", "acme", Role::Member),
    ("viewer", "acme", Role::Viewer),
    ("owner", "globex", Role::Admin),
    ("stranger", "initech", Role::Owner),
];

/// Makes what every sandbox has, unless the database has it. Fails if the database was made with
/// another key, since nothing in it could be unsealed.
pub fn prepare(tx: &Transaction, key: &Key) -> Result<(), Refusal> {
    let sql = "SELECT token_digest FROM users WHERE name = 'owner'";
    let owner: Option<String> = row(tx, sql, [], |row| row.get(0))?;
    match owner {
        None => fill(tx, key),
        Some(digest) if digest == token_digest(&key.token("owner")) => Ok(()),
        Some(_) => Err(Refusal::conflict(
            "the database was made with another key: give its key file with --key-file",
        )),
    }
}

fn fill(tx: &Transaction, key: &Key) -> Result<(), Refusal> {
    for (handle, name) in ORGANISATIONS {
        tx.execute(
            "INSERT INTO organisations VALUES (?1, ?2, ?3, ?4)",
            params![new_id(), handle, name, format!("ops@{handle}.example")],
        )?;
    }
    for user in USERS {
        tx.execute(
            "INSERT INTO users VALUES (?1, ?2, ?3)",
            params![new_id(), user, token_digest(&key.token(user))],
        )?;
    }
    for (user, organisation, role) in MEMBERSHIPS {
        tx.execute(
            "INSERT INTO memberships SELECT users.id, organisations.id, ?3
             FROM users, organisations WHERE users.name = ?1 AND organisations.handle = ?2",
            params![user, organisation, role.name()],
        )?;
    }
    Ok(())
}

/// The identifier of the organisation with this handle.
pub fn id_of(conn: &Connection, handle: &str) -> Result<String, Refusal> {
    Ok(conn.query_row(
        "SELECT id FROM organisations WHERE handle = ?1",
        [handle],
        |row| row.get(0),
    )?)
}

/// The user that a token belongs to.
pub fn user_of_token(conn: &Connection, token: &str) -> Result<Option<String>, Refusal> {
    let sql = "SELECT id FROM users WHERE token_digest = ?1";
    row(conn, sql, [token_digest(token)], |row| row.get(0))
}

/// The organisations that a user is a member of.
pub fn of_user(conn: &Connection, user: &str) -> Result<Vec<Organisation>, Refusal> {
    let sql = "SELECT id, name, handle, email, role FROM organisations
         JOIN memberships ON organisation = id WHERE user = ?1 ORDER BY handle";
    rows(conn, sql, [user], |row| {
        Ok(Organisation {
            id: row.get(0)?,
            name: row.get(1)?,
            handle: row.get(2)?,
            email: row.get(3)?,
            role: serde_json::from_value(row.get::<_, String>(4)?.into()).unwrap_or(Role::Viewer),
        })
    })
}

/// The organisation of a request: 404 if there is none, 403 if this user may not see it.
pub fn of_request(conn: &Connection, user: &str, id: &str) -> Result<Organisation, Refusal> {
    if let Some(found) = of_user(conn, user)?.into_iter().find(|o| o.id == id) {
        return Ok(found);
    }
    let exists = conn
        .prepare_cached("SELECT 1 FROM organisations WHERE id = ?1")?
        .exists([id])?;
    Err(match exists {
        true => Refusal::forbidden("You do not have access to this organisation."),
        false => Refusal::not_found(format!("Organisation '{id}' not found.")),
    })
}
