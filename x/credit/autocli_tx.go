package credit

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
)

func subjectMessages() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "EnrolSubjects", Use: "enrol-subjects", Short: "Put pseudonyms on the chain",
			Example: tx + `enrol-subjects --subjects '{"pseudonym":"` + example32 + `","kind":"SUBJECT_KIND_NATURAL_PERSON"}'` + fromBank,
		},
		{
			RpcMethod: "OfferControl", Use: "offer-control [subject] [account]", Short: "Offer control of a subject that you enrolled to its own account",
			PositionalArgs: args("subject", "controller"), Example: tx + "offer-control " + exampleSubject + " " + exampleAddress + fromBank,
		},
		{
			RpcMethod: "ClaimControl", Use: "claim-control [subject]", Short: "Accept control of yourself as a subject",
			PositionalArgs: args("subject"), Example: tx + "claim-control " + exampleSubject + fromAlice,
		},
		{
			RpcMethod: "RotateControl", Use: "rotate-control [subject] [account]", Short: "Offer control of yourself as a subject to another account of yours",
			PositionalArgs: args("subject", "new_controller"), Example: tx + "rotate-control " + exampleSubject + " " + exampleAddress + fromAlice,
		},
		{
			RpcMethod: "ProposeRecovery", Use: "propose-recovery [subject] [account]", Short: "Propose to offer control to a new account, since the key is lost",
			PositionalArgs: args("subject", "controller"), Example: tx + "propose-recovery " + exampleSubject + " " + exampleAddress + fromBank,
		},
		{
			RpcMethod: "ProposeMerge", Use: "propose-merge [subject] [into]", Short: "Propose to join two pseudonyms of one person; the second stays",
			PositionalArgs: args("subject", "into"), Example: tx + "propose-merge " + exampleSubject + " " + exampleID + fromBank,
		},
		{
			RpcMethod: "ApproveChange", Use: "approve-change [subject] [kind] [target]", Short: "Approve a recovery or a merge",
			Long: "Approve a recovery or a merge that is under way. [target] in hexadecimal says which is meant: the address bytes of the new " +
				"account ('creditd debug addr'), or the pseudonym that stays.",
			PositionalArgs: args("subject", "kind", "target"), Example: tx + "approve-change " + exampleSubject + " merge " + exampleID + fromBank,
		},
		{
			RpcMethod: "CancelChange", Use: "cancel-change [subject]", Short: "Stop a recovery or a merge before it takes effect",
			PositionalArgs: args("subject"), Example: tx + "cancel-change " + exampleSubject + fromAlice,
		},
		{RpcMethod: "SubmitSigned", Skip: true}, // by hand, from a file: creditd tx credit submit-signed
	}
}

func tradelineMessages() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "GiveNotices", Use: "give-notices [kind]", Short: "Say that you told subjects what you may report about them",
			PositionalArgs: args("kind"),
			Example: tx + `give-notices negative-reporting --notices '{"subject":"` + example32 + `","account":"` + example32 + `","commitment":"` +
				example32 + `"}'` + fromBank,
		},
		{
			RpcMethod: "Furnish", Use: "furnish [schema-id]", Short: "Report one tradeline",
			PositionalArgs: args("schema_id"), Example: tx + "furnish " + exampleSchema + " --report " + exampleReport + fromBank,
		},
		{
			RpcMethod: "FurnishBatch", Use: "furnish-batch [schema-id]", Short: "Report many tradelines, all or none",
			PositionalArgs: args("schema_id"), Example: tx + "furnish-batch " + exampleSchema + " --reports " + exampleReport + fromBank,
		},
		{
			RpcMethod: "Correct", Use: "correct [schema-id] [reason]", Short: "Give your own tradeline a new version",
			PositionalArgs: args("schema_id", "reason"), Example: tx + "correct " + exampleSchema + " error --report " + exampleReport + fromBank,
		},
		{
			RpcMethod: "UpdateBatch", Use: "update-batch [schema-id]", Short: "Give many of your own tradelines their monthly update, all or none",
			PositionalArgs: args("schema_id"), Example: tx + "update-batch " + exampleSchema + " --reports " + exampleReport + fromBank,
		},
		{
			RpcMethod: "DeclareRepaid", Use: "declare-repaid [policy]", Short: "Say that what was overdue is repaid, so that a repair policy suppresses it",
			PositionalArgs: args("policy"),
			Example: tx + `declare-repaid cn-2025 --repaid '{"subject":"` + example32 + `","tradeline_id":"` + example32 +
				`","amount_class":"AMOUNT_CLASS_SMALL","repaid_at":"2026-03-31T00:00:00Z"}'` + fromBank,
		},
	}
}

func inquiryMessages() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "GrantConsent", Use: "grant-consent [subject] [data-user] [purpose]", Short: "Let a data user look",
			Long: "Let a data user look: once or some times (--uses), at any time or at a frequency (--fetch periodic --frequency 720h), to view, " +
				"to store for a time (--mode store --data-life 720h) or to put questions (--mode query). --renews names a consent that this one replaces.",
			PositionalArgs: args("subject", "grantee", "purpose"),
			Example: tx + "grant-consent " + exampleSubject + " " + exampleAddress + " credit-application --schema-ids " + exampleSchema +
				" --mode view --fetch one-time --uses 1 --valid-until " + exampleTime + " --nonce " + exampleNonce + fromAlice,
		},
		{
			RpcMethod: "WithdrawConsent", Use: "withdraw-consent [subject] [id]", Short: "Take a consent back at once",
			PositionalArgs: args("subject", "id"), Example: tx + "withdraw-consent " + exampleSubject + " " + exampleID + fromAlice,
		},
		{
			RpcMethod: "OpenInquiry", Use: "open-inquiry [subject] [purpose]", Short: "Ask for a subject's records",
			PositionalArgs: args("subject", "purpose"),
			Example:        tx + "open-inquiry " + exampleSubject + " credit-application --consent-id " + exampleID + " --nonce " + exampleNonce + fromBank,
		},
		{
			RpcMethod: "OpenOwnInquiry", Use: "open-own-inquiry [subject]", Short: "Ask for your own records, free of charge",
			PositionalArgs: args("subject"), Example: tx + "open-own-inquiry " + exampleSubject + " --nonce " + exampleNonce + fromAlice,
		},
		{
			RpcMethod: "ApproveInquiry", Use: "approve-inquiry [inquiry-id]", Short: "Approve another's inquiry that a data contract holds back",
			PositionalArgs: args("inquiry_id"), Example: tx + "approve-inquiry " + exampleID + fromBank,
		},
		{
			RpcMethod: "LeaveReceipt", Use: "leave-receipt [inquiry-id] [digest] [records]", Short: "Say that data of an inquiry was given or got",
			PositionalArgs: args("inquiry_id", "digest", "records"), Example: tx + "leave-receipt " + exampleID + " " + exampleHash + " 3" + fromBank,
		},
		{
			RpcMethod: "RecordAdverseAction", Use: "record-adverse-action [inquiry-id]", Short: "Say that you declined because of a report, or that you told the subject so",
			Long: "Say that you declined because of a report; with --notice, a commitment to the notice, that you told the subject so. " +
				"Both may be said at once; without the notice a deadline runs.",
			PositionalArgs: args("inquiry_id"), Example: tx + "record-adverse-action " + exampleID + " --notice " + exampleHash + fromBank,
		},
	}
}

func alertMessages() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "Freeze", Use: "freeze [subject]", Short: "Stop new inquiries for credit, from the next block on",
			PositionalArgs: args("subject"), Example: tx + "freeze " + exampleSubject + fromAlice,
		},
		{
			RpcMethod: "LiftFreeze", Use: "lift-freeze [subject]", Short: "End your freeze, or lift it for a time and for one data user",
			PositionalArgs: args("subject"),
			Example:        tx + "lift-freeze " + exampleSubject + " --until " + exampleTime + " --lifted-for " + exampleAddress + fromAlice,
		},
		{
			RpcMethod: "PlaceFraudAlert", Use: "place-fraud-alert [subject]", Short: "Ask data users for more checks before they give credit in your name",
			Long: "Ask data users for more checks before they give credit in your name. With --evidence, a commitment to your report to the " +
				"authorities, the alert is an extended one and holds longer.",
			PositionalArgs: args("subject"), Example: tx + "place-fraud-alert " + exampleSubject + " --evidence " + exampleHash + fromAlice,
		},
		{
			RpcMethod: "LiftFraudAlert", Use: "lift-fraud-alert [subject]", Short: "Take your fraud alert off",
			PositionalArgs: args("subject"), Example: tx + "lift-fraud-alert " + exampleSubject + fromAlice,
		},
	}
}

func disputeMessages() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "OpenDispute", Use: "open-dispute [subject] [tradeline-id] [reason]", Short: "Say that a tradeline about you is wrong",
			PositionalArgs: args("subject", "tradeline_id", "reason"),
			Example:        tx + "open-dispute " + exampleSubject + " " + exampleID + " amount --facts " + exampleHash + " --nonce " + exampleNonce + fromAlice,
		},
		{
			RpcMethod: "ExtendDispute", Use: "extend-dispute [id]", Short: "Extend the time to answer a dispute, once, as the profile lets you",
			PositionalArgs: args("id"), Example: tx + "extend-dispute " + exampleID + " --facts " + exampleHash + fromAlice,
		},
		{
			RpcMethod: "AnswerDispute", Use: "answer-dispute [id] [outcome] [evidence]", Short: "Answer a dispute of your tradeline",
			Long: "Answer a dispute of your tradeline: verified, modified (with --schema-id and --report of the corrected record), deleted or " +
				"frivolous; [evidence] is a commitment to what the answer rests on.",
			PositionalArgs: args("id", "outcome", "evidence"),
			Example: tx + "answer-dispute " + exampleID + " modified " + exampleHash + " --schema-id " + exampleSchema + " --report " + exampleReport +
				fromBank,
		},
		{
			RpcMethod: "EscalateDispute", Use: "escalate-dispute [id] [mediator]", Short: "Ask a mediator about your dispute",
			PositionalArgs: args("id", "mediator"), Example: tx + "escalate-dispute " + exampleID + " " + exampleAddress + fromAlice,
		},
		{
			RpcMethod: "DecideDispute", Use: "decide-dispute [id] [outcome] [evidence]", Short: "Decide a dispute as its mediator: verified, modified or deleted",
			PositionalArgs: args("id", "outcome", "evidence"), Example: tx + "decide-dispute " + exampleID + " modified " + exampleHash + fromBank,
		},
		{
			RpcMethod: "AddStatement", Use: "add-statement [id] [statement]", Short: "Put a commitment to your own words beside a record that stays",
			PositionalArgs: args("id", "statement"), Example: tx + "add-statement " + exampleID + " " + exampleHash + fromAlice,
		},
		{
			RpcMethod: "Reinsert", Use: "reinsert [subject] [tradeline-id] [evidence]", Short: "Show your tradeline again that a dispute deleted, after notice",
			PositionalArgs: args("subject", "tradeline_id", "evidence"),
			Example:        tx + "reinsert " + exampleSubject + " " + exampleID + " " + exampleHash + fromBank,
		},
	}
}

func erasureMessages() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "RequestErasure", Use: "request-erasure [subject] [tradeline-id]", Short: "Ask a furnisher to destroy what it keeps of a tradeline about you",
			PositionalArgs: args("subject", "tradeline_id"), Example: tx + "request-erasure " + exampleSubject + " " + exampleID + fromAlice,
		},
		{
			RpcMethod: "RefuseErasure", Use: "refuse-erasure [tradeline-id] [ground] [evidence]", Short: "Answer that a law obliges you to keep a tradeline",
			PositionalArgs: args("tradeline_id", "ground", "evidence"),
			Example:        tx + "refuse-erasure " + exampleID + " legal-obligation " + exampleHash + fromBank,
		},
		{
			RpcMethod: "AttestDestruction", Use: "attest-destruction [subject] [tradeline-id] [evidence]",
			Short:          "Say that payload and keys of your tradeline are destroyed",
			PositionalArgs: args("subject", "tradeline_id", "evidence"),
			Example:        tx + "attest-destruction " + exampleSubject + " " + exampleID + " " + exampleHash + fromBank,
		},
		{
			RpcMethod: "PlaceHold", Use: "place-hold [subject] [order] [until]", Short: "Forbid to erase, by a legal order; of one tradeline or of all",
			PositionalArgs: args("subject", "order", "until"),
			Example: tx + "place-hold " + exampleSubject + " " + exampleHash + " " + exampleTime + " --tradeline-id " + exampleID + " --nonce " + exampleNonce +
				fromBank,
		},
		{
			RpcMethod: "LiftHold", Use: "lift-hold [subject] [id]", Short: "End a legal hold before its time",
			PositionalArgs: args("subject", "id"), Example: tx + "lift-hold " + exampleSubject + " " + exampleID + fromBank,
		},
	}
}

// voteMessages are proposals to the members, but for the first, which any institution sends.
func voteMessages() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "ProposeContract", Skip: true}, // by hand, from a file: creditd tx credit propose-contract
		{
			RpcMethod: "ApproveContract", Use: "approve-contract [id]", Short: "Propose to let a data contract run",
			PositionalArgs: args("id"), GovProposal: true, Example: tx + "approve-contract " + exampleID + proposed,
		},
		{
			RpcMethod: "PauseContract", Use: "pause-contract [id] [paused]", Short: "Propose to stop a data contract (true), or to let it run again (false)",
			PositionalArgs: args("id", "paused"), GovProposal: true, Example: tx + "pause-contract " + exampleID + " true" + proposed,
		},
		{
			RpcMethod: "RetireContract", Use: "retire-contract [id]", Short: "Propose to end a data contract for good",
			PositionalArgs: args("id"), GovProposal: true, Example: tx + "retire-contract " + exampleID + proposed,
		},
		{
			RpcMethod: "SetProfile", Use: "set-profile [profile]", Short: "Propose to add or replace a profile",
			PositionalArgs: args("profile"), GovProposal: true, Example: tx + "set-profile '" + exampleProfile + "'" + proposed,
		},
		{
			RpcMethod: "SetRepairPolicy", Use: "set-repair-policy [policy]", Short: "Propose to add or replace a repair policy",
			PositionalArgs: args("policy"), GovProposal: true, Example: tx + "set-repair-policy '" + examplePolicy + "'" + proposed,
		},
		{
			RpcMethod: "UpdateParams", Use: "update-params [params]", Short: "Propose to replace the parameters",
			PositionalArgs: args("params"), GovProposal: true, Example: tx + "update-params '" + exampleParams + "'" + proposed,
		},
	}
}

// What by-vote messages are written with in examples. Write the profile or the parameters in force out with 'creditd query
// credit profiles' or 'params' and change what is to change.
const (
	proposed       = ` --title "Title" --summary "Why"` + fromBank
	exampleProfile = `{"code":"KR","jurisdictions":["KR"],"purposes":[{"purpose":"PURPOSE_CREDIT_APPLICATION","kind":"INQUIRY_KIND_HARD"}],` +
		`"inquiry_budget":100000,"dispute_days":20,"escalation_days":60,"mediation_days":30,"outcome_lookback_days":180,"notice_required":true,` +
		`"reinsertion_notice_days":5,"adverse_action_days":30,"erasure_days":15,"fraud_alert_days":365,"extended_alert_days":2555,` +
		`"retention":[{"event":"RETENTION_EVENT_NONE","years":5}]}`
	examplePolicy = `{"name":"cn-2025","jurisdictions":["CN"],"subject_kind":"SUBJECT_KIND_NATURAL_PERSON","amount_class":"AMOUNT_CLASS_SMALL",` +
		`"reported_from":"2020-01-01T00:00:00Z","reported_until":"2025-12-31T00:00:00Z","repaid_by":"2026-03-31T00:00:00Z",` +
		`"declare_until":"2026-12-31T00:00:00Z","description":"Small classes end at 10000 CNY"}`
	exampleParams = `{"max_batch":100,"inquiry_lifetime":"3600s","max_consent_validity":"31536000s","queue_cap":100,"default_profile":"EU",` +
		`"change_approvals":2,"change_timelock":"259200s","max_order_lifetime":"604800s","max_furnishers":200,"own_inquiries_per_day":4,` +
		`"contract_cost_limit":"10000","max_contracts":8}`
)
