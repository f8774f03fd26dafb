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
)

// exampleProof and exampleSignature are bytes of nothing, of the right length.
var (
	exampleProof     = strings.Repeat("ab", 512)
	exampleSignature = strings.Repeat("ab", 64)
	exampleKey       = "02" + strings.Repeat("ab", 32)
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
	byVote := func(method string) *autocliv1.RpcCommandOptions {
		return &autocliv1.RpcCommandOptions{RpcMethod: method, Skip: true}
	}
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
		byVote("AgreeSetup"), byVote("RegisterCircuit"), byVote("RetireCircuit"), byVote("UpdateParams"),
	}
}
