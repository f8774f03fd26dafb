package credit

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
)

// What examples are written with, so that they work as pasted, but for what they name not being on the chain.
const (
	query          = "creditd query credit "
	tx             = "creditd tx credit "
	exampleAddress = "credit1f65h9m5aaknmk6x5x0zyd74m6jnwdxs9plqthh"
	exampleSubject = "9ab288f015c30afd542e58c17554e37423300b69bd33bfd6e6bfb7c639866c23"
	exampleID      = "492f9e2f949ff485712d3948774e658fcb452d5e1f7ab123ca82900f2977e861"
	exampleSchema  = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
	exampleHash    = "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730"
	exampleNonce   = "00112233445566778899aabbccddeeff"
	exampleTime    = "2027-01-31T00:00:00Z"
	example32      = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=" // in JSON bytes are base64
	exampleReport  = `'{"subject":"` + example32 + `","account":"` + example32 + `","commitment":"` + example32 + `","delinquency":"` + example32 +
		`","show_until":"2033-01-01T00:00:00Z"}'`
	fromBank  = " --from bank1"
	fromAlice = " --from alice"
)

func args(fields ...string) []*autocliv1.PositionalArgDescriptor {
	list := make([]*autocliv1.PositionalArgDescriptor, len(fields))
	for i, field := range fields {
		list[i] = &autocliv1.PositionalArgDescriptor{ProtoField: field}
	}
	return list
}

// AutoCLIOptions describes the commands. Ids, pseudonyms, commitments and nonces are given in hexadecimal; inside JSON
// they are base64, as in all JSON of protobuf messages.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	var messages []*autocliv1.RpcCommandOptions
	for _, area := range [][]*autocliv1.RpcCommandOptions{
		subjectMessages(), tradelineMessages(), inquiryMessages(), alertMessages(), disputeMessages(), erasureMessages(), voteMessages(),
	} {
		messages = append(messages, area...)
	}
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service:           "creditd.credit.v1.Query",
			RpcCommandOptions: append(append(subjectQueries(), institutionQueries()...), ruleQueries()...),
		},
		Tx: &autocliv1.ServiceCommandDescriptor{Service: "creditd.credit.v1.Msg", RpcCommandOptions: messages},
	}
}

func subjectQueries() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "Subject", Use: "subject [subject]", Short: "Show a subject by its pseudonym, with freeze and fraud alert",
			PositionalArgs: args("subject"), Example: query + "subject " + exampleSubject,
		},
		{
			RpcMethod: "SubjectChange", Use: "subject-change [subject]", Short: "Show the recovery or merge of a subject that is under way",
			PositionalArgs: args("subject"), Example: query + "subject-change " + exampleSubject,
		},
		{
			RpcMethod: "Tradelines", Use: "tradelines [subject]", Short: "List the tradelines of a subject",
			PositionalArgs: args("subject"), Example: query + "tradelines " + exampleSubject + " --page-limit 20",
		},
		{
			RpcMethod: "Tradeline", Use: "tradeline [subject] [id]", Short: "Show a tradeline",
			PositionalArgs: args("subject", "id"), Example: query + "tradeline " + exampleSubject + " " + exampleID,
		},
		{
			RpcMethod: "Versions", Use: "versions [subject] [id]", Short: "List the earlier versions of a tradeline",
			PositionalArgs: args("subject", "id"), Example: query + "versions " + exampleSubject + " " + exampleID,
		},
		{
			RpcMethod: "Notices", Use: "notices [id]", Short: "Show the notices that a furnisher gave about an account, by the id of its tradeline",
			PositionalArgs: args("id"), Example: query + "notices " + exampleID,
		},
		{
			RpcMethod: "Consents", Use: "consents [subject]", Short: "List the consents of a subject",
			PositionalArgs: args("subject"), Example: query + "consents " + exampleSubject,
		},
		{
			RpcMethod: "Consent", Use: "consent [subject] [id]", Short: "Show a consent",
			PositionalArgs: args("subject", "id"), Example: query + "consent " + exampleSubject + " " + exampleID,
		},
		{
			RpcMethod: "Inquiry", Use: "inquiry [id]", Short: "Show an inquiry and its receipts",
			PositionalArgs: args("id"), Example: query + "inquiry " + exampleID,
		},
		{
			RpcMethod: "AdverseAction", Use: "adverse-action [id]", Short: "Show what a data user declared after an inquiry, by the id of the inquiry",
			PositionalArgs: args("id"), Example: query + "adverse-action " + exampleID,
		},
		{
			RpcMethod: "Disputes", Use: "disputes [subject]", Short: "List the disputes of a subject",
			PositionalArgs: args("subject"), Example: query + "disputes " + exampleSubject,
		},
		{
			RpcMethod: "Dispute", Use: "dispute [id]", Short: "Show a dispute",
			PositionalArgs: args("id"), Example: query + "dispute " + exampleID,
		},
		{
			RpcMethod: "Holds", Use: "holds [subject]", Short: "List the legal holds on a subject's records",
			PositionalArgs: args("subject"), Example: query + "holds " + exampleSubject,
		},
		{
			RpcMethod: "Erasure", Use: "erasure [id]", Short: "Show the erasure of a tradeline, by the id of the tradeline",
			PositionalArgs: args("id"), Example: query + "erasure " + exampleID,
		},
		{
			RpcMethod: "Trail", Use: "trail [subject]", Short: "Show what happened to a subject's file, and who looked",
			PositionalArgs: args("subject"), Example: query + "trail " + exampleSubject + " --page-reverse --page-limit 20",
		},
	}
}

func institutionQueries() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "InstitutionTrail", Use: "institution-trail [institution]", Short: "Show what an institution did, and what concerned it",
			PositionalArgs: args("institution"), Example: query + "institution-trail " + exampleAddress + " --page-reverse --page-limit 20",
		},
		{
			RpcMethod: "InstitutionDays", Use: "institution-days [institution]", Short: "Count an institution's looks by purpose, and its silences, by day",
			PositionalArgs: args("institution"), Example: query + "institution-days " + exampleAddress + " --from-day 20780",
		},
		{
			RpcMethod: "Outcomes", Use: "outcomes [institution]", Short: "List the outcomes of disputes that an institution is told of, because it looked before",
			PositionalArgs: args("institution"), Example: query + "outcomes " + exampleAddress,
		},
	}
}

func ruleQueries() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "Profiles", Use: "profiles", Short: "List the profiles: what the law of some jurisdictions asks for", Example: query + "profiles"},
		{RpcMethod: "RepairPolicies", Use: "repair-policies", Short: "List the repair policies", Example: query + "repair-policies"},
		{
			RpcMethod: "Contracts", Use: "contracts", Short: "List the data contracts, all or those in one status",
			Example: query + "contracts --status active",
		},
		{
			RpcMethod: "Contract", Use: "contract [id]", Short: "Show a data contract",
			PositionalArgs: args("id"), Example: query + "contract " + exampleID,
		},
		{
			RpcMethod: "ContractRuns", Use: "contract-runs [id]", Short: "Show the execution log of a data contract",
			PositionalArgs: args("id"), Example: query + "contract-runs " + exampleID + " --page-reverse --page-limit 20",
		},
		{
			RpcMethod: "DryRun", Use: "dry-run [id] [subject] [ref]", Short: "Run a data contract against the state as it is, without effect",
			Long: "Run a data contract against the state as it is, without effect, on the tradeline, inquiry, consent or dispute of a " +
				"subject that [ref] names, as the contract's trigger has it. --check runs its scheduled check in place of its condition.",
			PositionalArgs: args("id", "subject", "ref"), Example: query + "dry-run " + exampleHash + " " + exampleSubject + " " + exampleID,
		},
		{RpcMethod: "Params", Use: "params", Short: "Show the parameters", Example: query + "params"},
	}
}
