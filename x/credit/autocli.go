package credit

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
)

func args(fields ...string) []*autocliv1.PositionalArgDescriptor {
	list := make([]*autocliv1.PositionalArgDescriptor, len(fields))
	for i, field := range fields {
		list[i] = &autocliv1.PositionalArgDescriptor{ProtoField: field}
	}
	return list
}

// AutoCLIOptions describes the commands. Ids, pseudonyms and nonces are given in hexadecimal; inside JSON
// they are base64, as in all JSON of protobuf messages.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{Query: queryCommands(), Tx: txCommands()}
}

func queryCommands() *autocliv1.ServiceCommandDescriptor {
	return &autocliv1.ServiceCommandDescriptor{
		Service: "creditd.credit.v1.Query",
		RpcCommandOptions: []*autocliv1.RpcCommandOptions{
			{RpcMethod: "Subject", Use: "subject [subject]", Short: "Show a subject by its pseudonym", PositionalArgs: args("subject")},
			{RpcMethod: "Tradelines", Use: "tradelines [subject]", Short: "List the tradelines of a subject", PositionalArgs: args("subject")},
			{RpcMethod: "Tradeline", Use: "tradeline [subject] [id]", Short: "Show a tradeline", PositionalArgs: args("subject", "id")},
			{RpcMethod: "Consents", Use: "consents [subject]", Short: "List the consents of a subject", PositionalArgs: args("subject")},
			{RpcMethod: "Consent", Use: "consent [subject] [id]", Short: "Show a consent", PositionalArgs: args("subject", "id")},
			{RpcMethod: "Inquiry", Use: "inquiry [id]", Short: "Show an inquiry and its receipts", PositionalArgs: args("id")},
			{
				RpcMethod: "Trail", Use: "trail [subject]", Short: "Show what happened to a subject's file, and who looked",
				PositionalArgs: args("subject"), Example: "creditd query credit trail PSEUDONYM --page-reverse --page-limit 20",
			},
			{RpcMethod: "Params", Use: "params", Short: "Show the parameters"},
		},
	}
}

func txCommands() *autocliv1.ServiceCommandDescriptor {
	return &autocliv1.ServiceCommandDescriptor{
		Service: "creditd.credit.v1.Msg",
		RpcCommandOptions: []*autocliv1.RpcCommandOptions{
			{
				RpcMethod: "EnrolSubjects", Use: "enrol-subjects", Short: "Put pseudonyms on the chain",
				Example: `creditd tx credit enrol-subjects --subjects '{"pseudonym":"BASE64","kind":"SUBJECT_KIND_NATURAL_PERSON"}' --from bank`,
			},
			{
				RpcMethod: "OfferControl", Use: "offer-control [subject] [account]",
				Short:          "Offer control of a subject that you enrolled to its own account",
				PositionalArgs: args("subject", "controller"),
				Example:        "creditd tx credit offer-control PSEUDONYM ADDRESS --from bank",
			},
			{
				RpcMethod: "ClaimControl", Use: "claim-control [subject]", Short: "Accept control of yourself as a subject",
				PositionalArgs: args("subject"), Example: "creditd tx credit claim-control PSEUDONYM --from alice",
			},
			{
				RpcMethod: "Furnish", Use: "furnish [schema-id]", Short: "Report one tradeline", PositionalArgs: args("schema_id"),
				Example: `creditd tx credit furnish SCHEMA_ID --report '{"subject":"BASE64","account":"BASE64","commitment":"BASE64"}' --from bank`,
			},
			{
				RpcMethod: "FurnishBatch", Use: "furnish-batch [schema-id]", Short: "Report many tradelines, all or none",
				PositionalArgs: args("schema_id"),
				Example:        `creditd tx credit furnish-batch SCHEMA_ID --reports '{"subject":"BASE64","account":"BASE64","commitment":"BASE64"}' --from bank`,
			},
			{
				RpcMethod: "Correct", Use: "correct [schema-id] [reason]", Short: "Give your own tradeline a new version",
				PositionalArgs: args("schema_id", "reason"),
				Example:        `creditd tx credit correct SCHEMA_ID update --report '{"subject":"BASE64","account":"BASE64","commitment":"BASE64"}' --from bank`,
			},
			{
				RpcMethod: "GrantConsent", Use: "grant-consent [subject] [data-user] [purpose]", Short: "Let a data user look",
				PositionalArgs: args("subject", "grantee", "purpose"),
				Example:        "creditd tx credit grant-consent PSEUDONYM DATA_USER credit-application --schema-ids SCHEMA_ID --mode view --uses 1 --valid-until 2027-01-31T00:00:00Z --nonce $(openssl rand -hex 16) --from alice",
			},
			{
				RpcMethod: "WithdrawConsent", Use: "withdraw-consent [subject] [id]", Short: "Take a consent back at once",
				PositionalArgs: args("subject", "id"), Example: "creditd tx credit withdraw-consent PSEUDONYM CONSENT_ID --from alice",
			},
			{
				RpcMethod: "OpenInquiry", Use: "open-inquiry [subject] [purpose]", Short: "Ask for a subject's records",
				PositionalArgs: args("subject", "purpose"),
				Example:        "creditd tx credit open-inquiry PSEUDONYM credit-application --consent-id CONSENT_ID --nonce $(openssl rand -hex 16) --from lender",
			},
			{
				RpcMethod: "LeaveReceipt", Use: "leave-receipt [inquiry-id] [digest] [records]",
				Short:          "Say that data of an inquiry was given or got",
				PositionalArgs: args("inquiry_id", "digest", "records"),
				Example:        "creditd tx credit leave-receipt INQUIRY_ID DIGEST 3 --from lender",
			},
			{RpcMethod: "UpdateParams", Skip: true}, // by vote only
		},
	}
}
