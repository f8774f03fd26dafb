package predicate

import (
	"strings"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
)

// What examples are written with, so that they work as pasted, but for what they name not being on the chain.
const (
	query          = "creditd query predicate "
	tx             = "creditd tx predicate "
	exampleAddress = "credit1f65h9m5aaknmk6x5x0zyd74m6jnwdxs9plqthh"
	exampleID      = "9ab288f015c30afd542e58c17554e37423300b69bd33bfd6e6bfb7c639866c23"
	exampleOther   = "492f9e2f949ff485712d3948774e658fcb452d5e1f7ab123ca82900f2977e861"
	exampleNonce   = "00112233445566778899aabbccddeeff"
	exampleTime    = "2027-01-31T00:00:00Z"
	exampleSum     = `'{"kind":"PREDICATE_KIND_SUM","schema_id":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=","field":7,"upper":"50000000"}'`
	fromBank       = " --from bank1"
	proposed       = ` --title "Predicates" --summary "Why"` + fromBank
	exampleParams  = `{"max_predicates":8,"budget_per_data_user":3,"budget_per_subject":12,"budget_window":"2592000s","max_proofs_per_block":300,` +
		`"max_root_age":"600s","removal_grace":"0s","max_sum_records":64,"max_circuits":64,"max_issuers":128,"queue_cap":200}`
)

// exampleProof and exampleSignature are bytes of nothing, of the right length.
var (
	exampleProof     = strings.Repeat("ab", 512)
	exampleSignature = strings.Repeat("ab", 64)
	exampleKey       = "02" + strings.Repeat("ab", 32)

	exampleVerifyingKey = strings.Repeat("ab", 388)
)

func args(fields ...string) []*autocliv1.PositionalArgDescriptor {
	list := make([]*autocliv1.PositionalArgDescriptor, len(fields))
	for i, field := range fields {
		list[i] = &autocliv1.PositionalArgDescriptor{ProtoField: field}
	}
	return list
}

// AutoCLIOptions describes the commands. Ids are given in hexadecimal, 64 digits; inside JSON they are base64, as in all JSON
// of protobuf messages.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{Service: "creditd.predicate.v1.Query", RpcCommandOptions: queries()},
		Tx:    &autocliv1.ServiceCommandDescriptor{Service: "creditd.predicate.v1.Msg", RpcCommandOptions: messages()},
	}
}

func queries() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "Setup", Use: "setup", Short: "Show the universal setup that the members agreed on", Example: query + "setup"},
		{
			RpcMethod: "Circuit", Use: "circuit [id]", Short: "Show a circuit with its verifying key",
			PositionalArgs: args("id"), Example: query + "circuit " + exampleID,
		},
		{RpcMethod: "Circuits", Use: "circuits", Short: "List the circuits", Example: query + "circuits --page-limit 20"},
		{
			RpcMethod: "Ask", Use: "ask [inquiry-id]", Short: "Show what was asked under an inquiry",
			PositionalArgs: args("inquiry_id"), Example: query + "ask " + exampleID,
		},
		{
			RpcMethod: "Answers", Use: "answers [inquiry-id]", Short: "List the predicates of an inquiry that are proven to be true",
			PositionalArgs: args("inquiry_id"), Example: query + "answers " + exampleID,
		},
		{
			RpcMethod: "AnswersOfSubject", Use: "answers-of-subject [subject]", Short: "List what was proven about a pseudonym, and to whom",
			PositionalArgs: args("subject"), Example: query + "answers-of-subject " + exampleID + " --page-limit 20",
		},
		{
			RpcMethod: "Budget", Use: "budget [subject] [data-user] [schema-id] [field]",
			Short:          "Show how many questions about a field of a subject a data user has left",
			PositionalArgs: args("subject", "data_user", "schema_id", "field"),
			Example:        query + "budget " + exampleID + " " + exampleAddress + " " + exampleOther + " 1",
		},
		{
			RpcMethod: "Roots", Use: "roots", Short: "List the accepted roots of the tree of active attestations, or of a schema's issuers",
			Example: query + "roots --tree " + exampleOther,
		},
		{
			RpcMethod: "Path", Use: "path [attestation-id]", Short: "Show the paths of a listed attestation and of its issuer, for a prover",
			PositionalArgs: args("attestation_id"), Example: query + "path " + exampleID,
		},
		{RpcMethod: "Params", Use: "params", Short: "Show the parameters", Example: query + "params"},
	}
}

func messages() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "Ask", Use: "ask [inquiry-id]", Short: "Ask predicates under an inquiry of yours, once",
			Long:           "Ask predicates under an inquiry of yours, once: name all of them. Bounds are fixed by it, and each question takes from the budget of its field.",
			PositionalArgs: args("inquiry_id"), Example: tx + "ask " + exampleID + " --predicates " + exampleSum + fromBank,
		},
		{
			RpcMethod: "Prove", Use: "prove [inquiry-id] [predicate] [proof]", Short: "Send a proof that a predicate is true",
			Long:           "Send a proof that a predicate is true. `creditd privacy prove` makes proofs, and sends them.",
			PositionalArgs: args("inquiry_id", "predicate", "proof"),
			Example:        tx + "prove " + exampleID + " 0 " + exampleProof + " --attestation-ids " + exampleOther + fromBank,
		},
		{
			RpcMethod: "SubmitProof", Use: "submit-proof [deadline] [nonce] [pub-key] [signature]",
			Short:          "Submit a proof that its prover signed off the chain",
			PositionalArgs: args("deadline", "nonce", "pub_key", "signature"),
			Example: tx + "submit-proof " + exampleTime + " " + exampleNonce + " " + exampleKey + " " + exampleSignature +
				` --prove '{"prover":"` + exampleAddress + `","inquiry_id":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="}'` + fromBank,
		},
		{
			RpcMethod: "List", Use: "list [attestation-id]", Short: "Put an attestation into the tree of active ones",
			Long:           "Put an attestation into the tree of active ones, so that it can be proven about without saying which it is. Everybody sees that it is there.",
			PositionalArgs: args("attestation_id"), Example: tx + "list " + exampleID + fromBank,
		},
		{
			RpcMethod: "Delist", Use: "delist [attestation-id]", Short: "Take an attestation out of the tree of active ones",
			PositionalArgs: args("attestation_id"), Example: tx + "delist " + exampleID + fromBank,
		},
		{
			RpcMethod: "AgreeSetup", Use: "agree-setup [digest] [transcript-hash]", Short: "Propose the universal setup that circuits are proven with",
			PositionalArgs: args("digest", "transcript_hash"), GovProposal: true,
			Example: tx + "agree-setup " + exampleID + " " + exampleOther + proposed,
		},
		{
			RpcMethod: "RegisterCircuit", Use: "register-circuit [version] [verifying-key]",
			Short:          "Propose a circuit that predicates are proven by",
			Long:           "Propose a circuit that predicates are proven by. `creditd privacy circuits` makes verifying keys, and compares those of the chain with its own.",
			PositionalArgs: args("version", "verifying_key"), GovProposal: true,
			Example: tx + "register-circuit 1 " + exampleVerifyingKey + ` --spec '{"kind":"PREDICATE_KIND_RANGE","fields":1,"attestations":1}'` + proposed,
		},
		{
			RpcMethod: "RetireCircuit", Use: "retire-circuit [id]", Short: "Propose to end the use of a circuit for good",
			PositionalArgs: args("id"), GovProposal: true, Example: tx + "retire-circuit " + exampleID + proposed,
		},
		{
			RpcMethod: "UpdateParams", Use: "update-params [params]", Short: "Propose to replace the parameters",
			PositionalArgs: args("params"), GovProposal: true, Example: tx + "update-params '" + exampleParams + "'" + proposed,
		},
	}
}
