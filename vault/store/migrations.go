package store

// migration brings a store from one version to the next. Versions are the same for both engines; an empty text is
// nothing to do.
type migration struct{ sqlite, postgres string }

func forSQLite(m migration) string   { return m.sqlite }
func forPostgres(m migration) string { return m.postgres }

// migrations are never changed once released.
var migrations = []migration{
	{sqlite: `CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

	CREATE TABLE records (
		id INTEGER PRIMARY KEY,
		attestation BLOB NOT NULL UNIQUE CHECK (length(attestation) = 32),
		tradeline BLOB NOT NULL CHECK (length(tradeline) = 32),
		version INTEGER NOT NULL CHECK (version > 0),
		schema BLOB NOT NULL CHECK (length(schema) = 32),
		subject BLOB NOT NULL CHECK (length(subject) = 32),
		digest BLOB NOT NULL CHECK (length(digest) = 32),
		state INTEGER NOT NULL CHECK (state IN (0, 1)),
		import INTEGER NOT NULL,
		wrapped_key BLOB NOT NULL,
		nonce BLOB NOT NULL,
		ciphertext BLOB NOT NULL,
		UNIQUE (tradeline, version)
	);
	CREATE INDEX records_subject ON records (subject);
	CREATE INDEX records_staged ON records (id) WHERE state = 0;

	CREATE TABLE imports (
		id INTEGER PRIMARY KEY,
		book BLOB NOT NULL,
		format TEXT NOT NULL,
		started INTEGER NOT NULL,
		finished INTEGER NOT NULL,
		position INTEGER NOT NULL,
		rows INTEGER NOT NULL, furnished INTEGER NOT NULL, corrected INTEGER NOT NULL,
		unchanged INTEGER NOT NULL, rejected INTEGER NOT NULL
	);

	CREATE TABLE nonces (
		requester TEXT NOT NULL, nonce BLOB NOT NULL, until INTEGER NOT NULL,
		PRIMARY KEY (requester, nonce)
	) WITHOUT ROWID;
	CREATE INDEX nonces_until ON nonces (until);

	CREATE TABLE accesses (
		seq INTEGER PRIMARY KEY,
		time INTEGER NOT NULL,
		requester TEXT NOT NULL,
		inquiry BLOB NOT NULL,
		outcome TEXT NOT NULL,
		records INTEGER NOT NULL,
		digest BLOB NOT NULL,
		previous BLOB NOT NULL,
		hash BLOB NOT NULL
	);

	CREATE TABLE receipts (
		id INTEGER PRIMARY KEY,
		inquiry BLOB NOT NULL,
		digest BLOB NOT NULL,
		records INTEGER NOT NULL,
		UNIQUE (inquiry, digest)
	);`},

	// What is staged is in a table of its own: marking a record as committed deletes a few bytes there, where it was
	// the whole record that was written again. Lengths are checked by this package, because a function in a CHECK makes
	// SQLite keep a journal for every statement. PostgreSQL joined at this version.
	{
		sqlite: `CREATE TABLE staged (id INTEGER PRIMARY KEY);
	INSERT INTO staged SELECT id FROM records WHERE state = 0;
	ALTER TABLE records RENAME TO records_before;
	CREATE TABLE records (
		id INTEGER PRIMARY KEY,
		attestation BLOB NOT NULL UNIQUE,
		tradeline BLOB NOT NULL,
		version INTEGER NOT NULL CHECK (version > 0),
		schema BLOB NOT NULL,
		subject BLOB NOT NULL,
		digest BLOB NOT NULL,
		import INTEGER NOT NULL,
		wrapped_key BLOB NOT NULL,
		nonce BLOB NOT NULL,
		ciphertext BLOB NOT NULL,
		UNIQUE (tradeline, version)
	);
	INSERT INTO records SELECT id, attestation, tradeline, version, schema, subject, digest, import, wrapped_key, nonce, ciphertext
		FROM records_before ORDER BY id;
	DROP TABLE records_before;
	CREATE INDEX records_subject ON records (subject);`,
		postgres: `CREATE TABLE settings (name TEXT PRIMARY KEY, value BYTEA NOT NULL);

	CREATE TABLE records (
		id BIGINT PRIMARY KEY,
		attestation BYTEA NOT NULL UNIQUE,
		tradeline BYTEA NOT NULL,
		version BIGINT NOT NULL CHECK (version > 0),
		schema BYTEA NOT NULL,
		subject BYTEA NOT NULL,
		digest BYTEA NOT NULL,
		import BIGINT NOT NULL,
		wrapped_key BYTEA NOT NULL,
		nonce BYTEA NOT NULL,
		ciphertext BYTEA NOT NULL,
		UNIQUE (tradeline, version)
	);
	-- A ciphertext does not compress.
	ALTER TABLE records ALTER COLUMN ciphertext SET STORAGE EXTERNAL;
	-- With id, or the planner may prefer to walk all records in the order that is asked for.
	CREATE INDEX records_subject ON records (subject, id);
	CREATE TABLE staged (id BIGINT PRIMARY KEY);

	CREATE TABLE imports (
		id BIGINT PRIMARY KEY,
		book BYTEA NOT NULL,
		format TEXT NOT NULL,
		started BIGINT NOT NULL,
		finished BIGINT NOT NULL,
		position BIGINT NOT NULL,
		rows BIGINT NOT NULL, furnished BIGINT NOT NULL, corrected BIGINT NOT NULL,
		unchanged BIGINT NOT NULL, rejected BIGINT NOT NULL
	);

	CREATE TABLE nonces (
		requester TEXT NOT NULL, nonce BYTEA NOT NULL, until BIGINT NOT NULL,
		PRIMARY KEY (requester, nonce)
	);
	CREATE INDEX nonces_until ON nonces (until);

	CREATE TABLE accesses (
		seq BIGINT PRIMARY KEY,
		time BIGINT NOT NULL,
		requester TEXT NOT NULL,
		inquiry BYTEA NOT NULL,
		outcome TEXT NOT NULL,
		records BIGINT NOT NULL,
		digest BYTEA NOT NULL,
		previous BYTEA NOT NULL,
		hash BYTEA NOT NULL
	);

	CREATE TABLE receipts (
		id BIGINT PRIMARY KEY,
		inquiry BYTEA NOT NULL,
		digest BYTEA NOT NULL,
		records BIGINT NOT NULL,
		UNIQUE (inquiry, digest)
	);`,
	},

	// The log of what was shredded.
	{
		sqlite: `CREATE TABLE shreds (
		seq INTEGER PRIMARY KEY,
		time INTEGER NOT NULL,
		tradeline BLOB NOT NULL,
		subject BLOB NOT NULL,
		versions INTEGER NOT NULL,
		previous BLOB NOT NULL,
		hash BLOB NOT NULL
	);
	CREATE INDEX shreds_tradeline ON shreds (tradeline);`,
		postgres: `CREATE TABLE shreds (
		seq BIGINT PRIMARY KEY,
		time BIGINT NOT NULL,
		tradeline BYTEA NOT NULL,
		subject BYTEA NOT NULL,
		versions BIGINT NOT NULL,
		previous BYTEA NOT NULL,
		hash BYTEA NOT NULL
	);
	CREATE INDEX shreds_tradeline ON shreds (tradeline);`,
	},
}
