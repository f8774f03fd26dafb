package cli

// help is what a command says of itself.
type help struct{ use, short, long, example string }

const walletFlags = " --passphrase-file ~/wallet.passphrase"

var helpWallet = help{
	short: "Keep your own credit file: consents, looks, disputes, credentials",
	long: `The wallet of a person or a firm whose loans are reported. It keeps your key and your credentials, shows what happens to your
credit file, and signs what you want. It costs you nothing: what you sign is an order that any institution submits for you.

Begin with 'creditd wallet init'. docs/wallet.md goes through all of it.`,
}

var (
	helpInit = help{
		use: "init", short: "Make a wallet",
		long: `Make a wallet: a new key, encrypted with a passphrase, and 24 words from which it can be made again. The words are shown once and
some of them are asked back; --words-file writes them into a new file instead.

JSON: home, address, chain_id, words_file.`,
		example: lines("creditd wallet init", "creditd wallet init --words-file ~/words.txt"+walletFlags),
	}
	helpRestore = help{
		use: "restore", short: "Make a wallet again from its 24 words",
		long: `Make a wallet again from its 24 words, in an empty folder. Key and credential keys are those of before. The names of your credit
files and the credentials are not in the words: claim the files again, and ask for the credentials, or copy the folder.

JSON: home, address, chain_id, words_file.`,
		example: lines("creditd wallet restore --words-file ~/words.txt" + walletFlags),
	}
	helpAddress = help{
		use: "address", short: "Show your account, for the institution that offers you control",
		long: `Show the account of the wallet. It is no secret; whoever knows it and your credit file sees what the chain shows of both.

JSON: home, address, chain_id.`,
		example: lines("creditd wallet address"),
	}
	helpStatus = help{
		use: "status", short: "Show what you should know about your credit files",
		long: `Show which credit files are yours, whether they are frozen or have a fraud alert, whether somebody is about to change who
controls them, what is disputed, and which consents end soon.

JSON: chain_id, address, credentials, files [name, subject, known, kind, control (yours|offered|other|none), enrolled_by, aliases,
merged_into, handing_over_to, freeze, fraud_alert, change, records_shown, records_hidden, consents, consents_ending, disputes].`,
		example: lines("creditd wallet status", "creditd wallet status --soon 720h --output json"),
	}
	helpClaim = help{
		use: "claim SUBJECT", short: "Take control of a credit file that an institution offered you",
		long: `Take control of your credit file. SUBJECT is its number, which the institution gives you together with the offer. A file that is
yours already is only noted, as after 'creditd wallet restore'.

JSON: says, order_file, deadline or txhash, height.`,
		example: lines(`creditd wallet claim SUBJECT --name "my firm" --via claim.json` + walletFlags),
	}
	helpHandOver = help{
		use: "hand-over ACCOUNT", short: "Offer control of your credit file to another account of yours",
		long: `Offer control to another account, which has to claim it; until then nothing changes. For a new computer, or when somebody may
have seen your words.

JSON: says, order_file, deadline or txhash, height.`,
		example: lines("creditd wallet hand-over ACCOUNT --via hand-over.json" + walletFlags),
	}
	helpObject = help{
		use: "object", short: "Stop a change of your credit file that institutions proposed",
		long: `Stop a recovery or a merge that you did not ask for, before it takes effect. 'creditd wallet status' warns of one.

JSON: says, order_file, deadline or txhash, height.`,
		example: lines("creditd wallet object --via object.json" + walletFlags),
	}
	helpConsents = help{
		use: "consents", short: "Show whom you let look",
		long: `Show your consents, those in force first.

JSON: a list of id, to, purpose, data, mode, fetch, uses_left, every_ns, keep_ns, from, until, records_from, records_until, status,
status_since, last_used.`,
		example: lines("creditd wallet consents"),
	}
	helpConsent = help{use: "consent", short: "Give or withdraw consent", long: "Let somebody look at your credit file, or take that back."}
	helpGive    = help{
		use: "give", short: "Let a lender look at your credit file",
		long: `Let a lender look. What you agree to is shown in one sentence before it is signed. Without more flags: once, for an application for
credit, within 30 days, at your loans, keeping nothing.

JSON: says, id, order_file, deadline or txhash, height.`,
		example: lines(`creditd wallet consent give --to "Everhill Lending" --times 2 --via consent.json`+walletFlags,
			`creditd wallet consent give --to "Everhill Lending" --for account-review --times 12 --every 720h --days 365 --mode store --keep 720h --via consent.json`+walletFlags),
	}
	helpWithdraw = help{
		use: "withdraw CONSENT", short: "Take a consent back, at once",
		long: `Take a consent back: from the block on in which this is submitted, nobody looks under it. CONSENT is its number or the beginning of it.

JSON: says, order_file, deadline or txhash, height.`,
		example: lines("creditd wallet consent withdraw CONSENT --via withdraw.json" + walletFlags),
	}
	helpLooks = help{
		use: "looks", short: "Show who looked at your credit file, why, when, and under which consent",
		long: `Show the looks, the newest first, as the chain has them. With --prove all that happened in a range of blocks is written into a file
with the proof that nothing is left out, which convinces others without trust in you or in a node ('creditd audit verify').

JSON: looks [inquiry, time, height, by, purpose, kind, status, consent, gave, got_records, declined, notified_of_decline], more.
With --prove: file, looks, from_height, to_height, trusted_height.`,
		example: lines("creditd wallet looks", "creditd wallet looks --prove 1-200 --out looks.json"),
	}
	helpRecords = help{
		use: "records", short: "Show who reports about you",
		long: `Show the records that institutions report: that they are there and whether they are shown, not what they say. That is in
'creditd wallet report'.

JSON: a list of tradeline, furnisher, state, state_reason, compliance, version, reported, updated, shown_until, annotations.`,
		example: lines("creditd wallet records"),
	}
	helpDisputes = help{
		use: "disputes", short: "Show what you disputed, and how it stands",
		long: `Show your disputes, the newest first.

JSON: a list of id, tradeline, furnisher, reason, status, outcome, opened, status_since, due, mediator, facts, statement.`,
		example: lines("creditd wallet disputes"),
	}
	helpDispute     = help{use: "dispute", short: "Dispute a record that is wrong", long: "Say that a record is wrong, and see it through."}
	helpDisputeOpen = help{
		use: "open RECORD", short: "Say that a record is wrong",
		long: `Dispute a record: it is marked at once, and who reports it has to answer. With --facts what you bring forward is written into a note
for that institution; the chain has only its seal. RECORD is its number in 'creditd wallet records', or the beginning of it.

JSON: says, id, order_file, deadline or txhash, height.`,
		example: lines("creditd wallet dispute open RECORD --reason amount --via dispute.json"+walletFlags,
			"creditd wallet dispute open RECORD --reason amount --facts letter.txt --note for-the-bank.json --via dispute.json"+walletFlags),
	}
	helpDisputeExtend = help{
		use: "extend DISPUTE", short: "Bring forward new facts",
		long: `Bring forward new facts, which gives the institution more time, once, where the law allows it.

JSON: says, order_file, deadline or txhash, height.`,
		example: lines("creditd wallet dispute extend DISPUTE --facts letter.txt --via extend.json" + walletFlags),
	}
	helpDisputeEscalate = help{
		use: "escalate DISPUTE", short: "Ask a mediator",
		long: `Ask a bureau or a supervisor to decide, after an answer that you do not accept, or silence.

JSON: says, order_file, deadline or txhash, height.`,
		example: lines(`creditd wallet dispute escalate DISPUTE --to "Dunmere Tax Office" --via escalate.json` + walletFlags),
	}
	helpDisputeStatement = help{
		use: "statement DISPUTE", short: "Put your own words beside a record that stays",
		long: `Put your own words beside a record that stayed after a dispute. They are written into a note for the institution; the chain has only
the note's seal.

JSON: says, order_file, deadline or txhash, height.`,
		example: lines("creditd wallet dispute statement DISPUTE --facts words.txt --note for-the-bank.json --via statement.json" + walletFlags),
	}
	helpFreeze = help{
		use: "freeze", short: "Freeze your credit file: no look for a new credit",
		long:    "Freeze your credit file: nobody looks at it for a new credit until you lift that.\n\nJSON: says, order_file, deadline or txhash, height.",
		example: lines("creditd wallet freeze --via freeze.json" + walletFlags),
	}
	helpLift = help{
		use: "lift", short: "Lift the freeze for some days, for one lender or all",
		long:    "Lift the freeze until a day; then it holds again by itself.\n\nJSON: says, order_file, deadline or txhash, height.",
		example: lines(`creditd wallet lift --days 3 --to "Everhill Lending" --via lift.json` + walletFlags),
	}
	helpUnfreeze = help{
		use: "unfreeze", short: "End the freeze",
		long:    "End the freeze for good.\n\nJSON: says, order_file, deadline or txhash, height.",
		example: lines("creditd wallet unfreeze --via unfreeze.json" + walletFlags),
	}
	helpAlert = help{
		use: "alert", short: "Put a fraud alert on your credit file, or take it off",
		long: `Ask lenders to check more closely that it is you. With --facts FILE, a report to the authorities, the alert holds for years.

JSON: says, order_file, deadline or txhash, height.`,
		example: lines("creditd wallet alert --via alert.json"+walletFlags, "creditd wallet alert --off --via alert-off.json"+walletFlags),
	}
	helpErase = help{
		use: "erase RECORD", short: "Ask an institution to erase a record",
		long: `Ask for the destruction of a record. The institution destroys it and attests that, or refuses on a ground of law; silence hides the record.

JSON: says, order_file, deadline or txhash, height.`,
		example: lines("creditd wallet erase RECORD --via erase.json" + walletFlags),
	}
	helpReceipts = help{
		use: "receipts [CONSENT]", short: "Export your consents as receipts",
		long: `Print a consent as a record and receipt in JSON, or write one file for each consent with --all. The structure is that of
ISO/IEC TS 27560 as public summaries describe it; no conformance is claimed.`,
		example: lines("creditd wallet receipts CONSENT", "creditd wallet receipts --all receipts"),
	}
	helpReport = help{
		use: "report", short: "Get your own credit report, free of charge",
		long: `Open an inquiry of your own on the chain, ask the vault of every institution that reports about you, check each record against the
chain, and show it. This sends transactions of your own account, which cost nothing. --save keeps the report for 'creditd report verify'.

JSON: as 'creditd report get'. What is saved or printed as JSON holds your credit data.`,
		example: lines("creditd wallet report --save report.json --yes"+walletFlags, "creditd wallet report --html report.html --save-proofs report.proofs --yes"+walletFlags),
	}
	helpCredential    = help{use: "credential", short: "Receive credentials, and show parts of them", long: "Keep what institutions attest to you, and show single fields of it to whom you like, without asking them."}
	helpCredentialKey = help{
		use: "key", short: "Make a key for an institution to bind a credential to",
		long: `Print a new public key (JWK). Give it to the institution: what it issues can then be shown by this wallet alone. Each credential should
have a key of its own, so that two of them are not seen to be yours.`,
		example: lines("creditd wallet credential key --out holder.jwk" + walletFlags),
	}
	helpCredentialAdd = help{
		use: "add FILE", short: "Receive a credential",
		long: `Check a credential against the chain and keep it, encrypted: who issued it and whether it may, that it is what was stated on the chain, that
it was not revoked, and that it is bound to a key of this wallet.

JSON: id, schema_name, issuer, attestation, received, fields, state, good, checked, about_your_file.`,
		example: lines("creditd wallet credential add credential.txt" + walletFlags),
	}
	helpCredentialList = help{
		use: "list", short: "Show your credentials, what they can show, and whether they are still good",
		long:    "Show your credentials, each checked against the chain as it is now.\n\nJSON: a list as of 'credential add'.",
		example: lines("creditd wallet credential list" + walletFlags),
	}
	helpCredentialShow = help{
		use: "show CREDENTIAL", short: "Show what is in a credential",
		long:    "Show a credential to yourself, with its values.\n\nJSON: as of 'credential add', and values.",
		example: lines("creditd wallet credential show CREDENTIAL" + walletFlags),
	}
	helpCredentialPresent = help{
		use: "present CREDENTIAL", short: "Show some fields to a lender",
		long: `Make a file that shows the named fields and no others, signed for one lender and one request. Neither the institution that issued the
credential nor a node is asked. The lender checks it with 'creditd credential verify'.

JSON: file, shown, audience.`,
		example: lines("creditd wallet credential present CREDENTIAL --fields status,balance --audience https://lender.example --nonce n-0S6_WzA2Mj --out presentation.txt" + walletFlags),
	}
	helpCredentialForget = help{
		use: "forget CREDENTIAL", short: "Delete a credential from the wallet",
		long:    "Delete a credential. What was shown to others stays shown.\n\nJSON: id.",
		example: lines("creditd wallet credential forget CREDENTIAL" + walletFlags),
	}
)

// helpFlags says what flags are for.
var helpFlags = map[string]string{
	flagHome:         "Folder of the wallet (default: $" + homeVar + ", else ~/.creditd-wallet)",
	flagNode:         "CometBFT RPC of a node; default: as when the wallet was made, else ",
	flagGRPC:         "gRPC of the same node; default: as when the wallet was made, else ",
	flagChainID:      "For init and restore: the chain; default: that of the node",
	flagPassphrase:   "File with the passphrase, which only you can read, instead of being asked",
	flagOutput:       "Output format (text|json)",
	flagVerbose:      "Show whole numbers and accounts",
	flagFile:         "Name of the credit file, if the wallet has several",
	"init-words":     "Write the 24 words into this new file instead of showing them",
	"restore-words":  "Read the 24 words from this file instead of asking",
	flagVia:          "File to write the signed order to, for an institution to submit; - is standard output",
	flagSubmit:       "Submit it yourself, in a transaction of your account",
	flagGranter:      "With --submit: account that pays for the transaction, if it granted you that",
	flagGoodFor:      "How long an institution may take to submit the order",
	flagYes:          "Sign without asking",
	flagSoon:         "How near the end of a consent is soon",
	flagName:         "What you want to call this credit file",
	flagTo:           "the lender, by its name as licensed or its account",
	flagFor:          "Purpose (credit-application|account-review|collection|employment)",
	flagData:         "Kinds of data: loans, or the name or number of a kind, separated by commas",
	flagMode:         "What the lender may do (view|store|query)",
	flagTimes:        "How often it may look",
	flagDays:         "For how many days",
	flagUntil:        "Until which day, as 2027-01-31, instead of --days",
	flagEvery:        "Least time between two looks, as 720h; a day or more",
	flagKeep:         "With --mode store: how long it may keep what it saw, as 720h",
	flagRecordsFrom:  "Only records of this day or later",
	flagRecordsUntil: "Only records of this day or earlier",
	flagRenews:       "Number of a consent to the same lender that this one replaces",
	flagLimit:        "How many looks to show",
	flagProve:        "Blocks to prove, as 1-5000",
	"looks-out":      "With --prove: file to write",
	flagTrusted:      "With --prove: block that whoever verifies it trusts; 0 for the latest",
	flagReason:       "What is wrong (not-mine|amount|status|date|fraud|no-notice|outdated|other)",
	flagFacts:        "file with what you bring forward, of any kind",
	flagHandOver:     "With --facts: file to write the note to that you hand over (default: that file's name with .note.json)",
	"mediator":       "the mediator, by its name as licensed or its account",
	"lift-days":      "For how many days",
	"lift-to":        "The only lender that it is lifted for; default: every one",
	flagOff:          "Take the alert off",
	"key-out":        "File to write the key to instead of standard output",
	flagFields:       "Fields to show, separated by commas",
	flagAudience:     "The lender, as it calls itself",
	flagNonce:        "The lender's nonce for this request",
	"present-out":    "File to write to instead of standard output",
	flagAll:          "folder to write a receipt of every consent into; else name one CONSENT",
	flagSave:         "File to save the report in",
	flagProofs:       "File to save the report in with its proofs, for a check without any node",
	flagHTML:         "File to save the report in as a page to print",
	"report-granter": "Account that pays for the transactions, if it granted you that",
	flagInquiry:      "Number of an inquiry of your own that an institution submitted, instead of a new one",
}
