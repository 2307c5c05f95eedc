-- Everything the sandbox remembers. Passwords are here only in sealed form, tokens only as digests.
CREATE TABLE IF NOT EXISTS organisations (
    id TEXT PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    email TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    token_digest TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE IF NOT EXISTS memberships (
    user TEXT NOT NULL REFERENCES users (id),
    organisation TEXT NOT NULL REFERENCES organisations (id),
    role TEXT NOT NULL,
    PRIMARY KEY (user, organisation)
) STRICT;

-- A deleted row stays: it is what keeps a handle spent.
CREATE TABLE IF NOT EXISTS projects (
    id TEXT PRIMARY KEY,
    organisation TEXT NOT NULL REFERENCES organisations (id),
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    regions TEXT NOT NULL,
    users TEXT NOT NULL,
    created TEXT NOT NULL,
    deleted TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS projects_by_handle ON projects (organisation, handle);
CREATE UNIQUE INDEX IF NOT EXISTS projects_alive ON projects (organisation, handle) WHERE deleted IS NULL;

-- current_version and last_version are numbers in versions; last_version never goes back.
CREATE TABLE IF NOT EXISTS registries (
    id TEXT PRIMARY KEY,
    organisation TEXT NOT NULL REFERENCES organisations (id),
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    maxversions INTEGER NOT NULL,
    current_version INTEGER NOT NULL,
    last_version INTEGER NOT NULL,
    created TEXT NOT NULL,
    deleted TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS registries_by_handle ON registries (organisation, handle);
CREATE UNIQUE INDEX IF NOT EXISTS registries_alive ON registries (organisation, handle) WHERE deleted IS NULL;

CREATE TABLE IF NOT EXISTS versions (
    id TEXT NOT NULL UNIQUE,
    registry TEXT NOT NULL REFERENCES registries (id),
    version INTEGER NOT NULL,
    server TEXT NOT NULL,
    username TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created TEXT NOT NULL,
    PRIMARY KEY (registry, version)
) STRICT;

-- One row each time a version became current. Versions that were evicted keep theirs.
CREATE TABLE IF NOT EXISTS turns (
    registry TEXT NOT NULL REFERENCES registries (id),
    version INTEGER NOT NULL,
    since TEXT NOT NULL
) STRICT;
-- Databases of before there were turns: the version that is current has been so since it was made.
INSERT INTO turns
    SELECT registry, version, v.created FROM registries r JOIN versions v ON registry = r.id AND version = current_version
    WHERE r.id NOT IN (SELECT registry FROM turns);

CREATE TABLE IF NOT EXISTS attachments (
    id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL REFERENCES projects (id),
    registry TEXT NOT NULL REFERENCES registries (id),
    created TEXT NOT NULL,
    PRIMARY KEY (project, registry)
) STRICT;
CREATE INDEX IF NOT EXISTS attachments_by_registry ON attachments (registry);

-- registry is a handle, as the API takes it: it may name a registry that was deleted since.
CREATE TABLE IF NOT EXISTS containers (
    id TEXT PRIMARY KEY,
    organisation TEXT NOT NULL REFERENCES organisations (id),
    project TEXT NOT NULL REFERENCES projects (id),
    handle TEXT NOT NULL,
    type TEXT NOT NULL,
    image TEXT NOT NULL,
    registry TEXT,
    regions TEXT NOT NULL,
    created TEXT NOT NULL,
    terminated TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS containers_by_handle ON containers (organisation, handle);
CREATE INDEX IF NOT EXISTS containers_by_project ON containers (project);

-- One row per region of one deployment: what the image registry said.
CREATE TABLE IF NOT EXISTS pulls (
    container TEXT NOT NULL REFERENCES containers (id),
    deployment INTEGER NOT NULL,
    region TEXT NOT NULL,
    image TEXT NOT NULL,
    registry TEXT,
    version INTEGER,
    succeeded INTEGER NOT NULL,
    message TEXT NOT NULL,
    created TEXT NOT NULL,
    PRIMARY KEY (container, deployment, region)
) STRICT;
