package indexer

// migrations bring the tables from one version to the next. They are never changed once released. docs/indexer.md describes the
// tables.
//
// What comes from others as text is JSON, and of the type that keeps it as it is: jsonb refuses \u0000, which anybody may put
// into a transaction. Contents are the API's JSON; the columns beside them are what is searched and sorted by, and a time in
// them is cut to microseconds.
var migrations = []string{
	`CREATE TABLE progress (
		one BOOLEAN PRIMARY KEY DEFAULT true CHECK (one),
		chain_id TEXT NOT NULL,
		first_height BIGINT NOT NULL,
		height BIGINT NOT NULL,
		next_hash BYTEA NOT NULL,
		app_hash BYTEA NOT NULL,
		pin_height BIGINT,
		pin_hash BYTEA,
		scan_done BOOLEAN NOT NULL DEFAULT false,
		scan_kind SMALLINT NOT NULL DEFAULT 0,
		scan_from BYTEA
	);
	COMMENT ON TABLE progress IS 'One line: the last block whose content is in the tables, and the header after it, which proves it.';

	CREATE TABLE pending (
		kind SMALLINT NOT NULL,
		id BYTEA NOT NULL,
		PRIMARY KEY (kind, id)
	);
	COMMENT ON TABLE pending IS 'Entries of the state that blocks changed and that are to be read again.';

	CREATE TABLE blocks (
		height BIGINT PRIMARY KEY,
		hash BYTEA NOT NULL,
		time TIMESTAMPTZ NOT NULL,
		proposer BYTEA NOT NULL,
		app_hash BYTEA NOT NULL,
		transactions INTEGER NOT NULL
	);
	CREATE INDEX blocks_hash ON blocks (hash);
	CREATE INDEX blocks_time ON blocks (time);
	COMMENT ON TABLE blocks IS 'Blocks of the chain; app_hash is that of the state that the block left.';

	CREATE TABLE transactions (
		height BIGINT NOT NULL,
		position INTEGER NOT NULL,
		hash BYTEA NOT NULL,
		code BIGINT NOT NULL,
		codespace TEXT NOT NULL,
		gas_wanted BIGINT NOT NULL,
		gas_used BIGINT NOT NULL,
		fee JSON,
		messages JSON,
		PRIMARY KEY (height, position)
	);
	CREATE INDEX transactions_hash ON transactions (hash);
	COMMENT ON TABLE transactions IS 'Transactions with their decoded messages; memo and log are left out, which are free text. messages is null where the bytes are no transaction.';

	CREATE TABLE transaction_addresses (
		address TEXT COLLATE "C" NOT NULL,
		height BIGINT NOT NULL,
		position INTEGER NOT NULL,
		signer BOOLEAN NOT NULL,
		PRIMARY KEY (address, height, position)
	);
	COMMENT ON TABLE transaction_addresses IS 'Accounts that signed a transaction or are named in its messages.';

	CREATE TABLE activity (
		kind TEXT NOT NULL,
		hour TIMESTAMPTZ NOT NULL,
		count BIGINT NOT NULL,
		PRIMARY KEY (kind, hour)
	);
	COMMENT ON TABLE activity IS 'What happened, by the hour in UTC. Counted from events, which no header commits to.';

	CREATE TABLE schemas (
		id BYTEA PRIMARY KEY,
		name TEXT COLLATE "C" NOT NULL,
		version BIGINT NOT NULL,
		content JSON NOT NULL
	);
	CREATE INDEX schemas_name ON schemas (name, version);
	COMMENT ON TABLE schemas IS 'creditd.attestation.v1.Schema';

	CREATE TABLE institutions (
		operator TEXT COLLATE "C" PRIMARY KEY,
		name TEXT NOT NULL,
		licence_number TEXT COLLATE "C" NOT NULL,
		jurisdiction TEXT NOT NULL,
		status TEXT NOT NULL,
		roles TEXT[] NOT NULL,
		valid_until TIMESTAMPTZ NOT NULL,
		content JSON NOT NULL,
		vault JSON
	);
	CREATE INDEX institutions_licence ON institutions (licence_number);
	CREATE INDEX institutions_name ON institutions (lower(name) text_pattern_ops);
	COMMENT ON TABLE institutions IS 'creditd.institution.v1.Institution and its Vault, without what changes with every block (missed blocks).';

	CREATE TABLE anchors (
		id BYTEA PRIMARY KEY,
		schema_id BYTEA NOT NULL,
		issuer TEXT COLLATE "C" NOT NULL,
		size BIGINT NOT NULL,
		anchored_at TIMESTAMPTZ NOT NULL,
		content JSON NOT NULL
	);
	CREATE INDEX anchors_schema ON anchors (schema_id);
	COMMENT ON TABLE anchors IS 'creditd.attestation.v1.Anchor';

	CREATE TABLE attestations (
		id BYTEA PRIMARY KEY,
		schema_id BYTEA NOT NULL,
		issuer TEXT COLLATE "C" NOT NULL,
		issued_at TIMESTAMPTZ NOT NULL,
		status TEXT NOT NULL,
		anchored BOOLEAN NOT NULL,
		content JSON NOT NULL
	);
	CREATE INDEX attestations_schema ON attestations (schema_id, issued_at, id);
	CREATE INDEX attestations_issuer ON attestations (issuer, issued_at, id);
	COMMENT ON TABLE attestations IS 'creditd.attestation.v1.Attestation: every one of a batch; of an anchor those whose status changed. There is no index by subject, on purpose.';

	CREATE TABLE inquiries (
		id BYTEA PRIMARY KEY,
		data_user TEXT COLLATE "C" NOT NULL,
		purpose TEXT NOT NULL,
		status TEXT NOT NULL,
		opened_at TIMESTAMPTZ NOT NULL,
		expires_at TIMESTAMPTZ NOT NULL,
		settled BOOLEAN NOT NULL,
		content JSON NOT NULL
	);
	CREATE INDEX inquiries_time ON inquiries (opened_at, id);
	CREATE INDEX inquiries_data_user ON inquiries (data_user, opened_at, id);
	CREATE INDEX inquiries_open ON inquiries (expires_at) WHERE NOT settled;
	COMMENT ON TABLE inquiries IS 'creditd.credit.v1.Inquiry';

	CREATE TABLE receipts (
		inquiry_id BYTEA NOT NULL,
		institution TEXT COLLATE "C" NOT NULL,
		records BIGINT NOT NULL,
		time TIMESTAMPTZ NOT NULL,
		content JSON NOT NULL,
		PRIMARY KEY (inquiry_id, institution)
	);
	COMMENT ON TABLE receipts IS 'creditd.credit.v1.Receipt';

	CREATE TABLE disputes (
		id BYTEA PRIMARY KEY,
		furnisher TEXT COLLATE "C" NOT NULL,
		status TEXT NOT NULL,
		outcome TEXT NOT NULL,
		opened_at TIMESTAMPTZ NOT NULL,
		content JSON NOT NULL
	);
	CREATE INDEX disputes_time ON disputes (opened_at, id);
	CREATE INDEX disputes_furnisher ON disputes (furnisher, opened_at, id);
	COMMENT ON TABLE disputes IS 'creditd.credit.v1.Dispute';`,
}
