package pseudonym

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
)

// What examples are written with, so that they work as pasted, but for what they name not being on the chain.
const (
	query          = "creditd query pseudonym "
	tx             = "creditd tx pseudonym "
	exampleAddress = "credit1f65h9m5aaknmk6x5x0zyd74m6jnwdxs9plqthh"
	exampleID      = "9ab288f015c30afd542e58c17554e37423300b69bd33bfd6e6bfb7c639866c23"
	exampleKey     = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"
	exampleNonce   = "00112233445566778899aabbccddeeff"
	exampleLink    = `'{"old":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=","new":"ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="}'`
	fromBank       = " --from bank1"
)

func args(fields ...string) []*autocliv1.PositionalArgDescriptor {
	list := make([]*autocliv1.PositionalArgDescriptor, len(fields))
	for i, field := range fields {
		list[i] = &autocliv1.PositionalArgDescriptor{ProtoField: field}
	}
	return list
}

// AutoCLIOptions describes the commands. Ids, keys and hashes are given in hexadecimal; inside JSON they are base64, as in all JSON of
// protobuf messages.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{Service: "creditd.pseudonym.v1.Query", RpcCommandOptions: queries()},
		Tx:    &autocliv1.ServiceCommandDescriptor{Service: "creditd.pseudonym.v1.Msg", RpcCommandOptions: messages()},
	}
}

func queries() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "KeyEpochs", Use: "key-epochs", Short: "List the keys of pseudonyms that the members adopted", Example: query + "key-epochs"},
		{
			RpcMethod: "Evaluation", Use: "evaluation [id]", Short: "Show a request for evaluations that is not over",
			PositionalArgs: args("id"), Example: query + "evaluation " + exampleID,
		},
		{
			RpcMethod: "Usages", Use: "usages", Short: "List how many evaluations institutions asked for, by window",
			Example: query + "usages\n" + query + "usages --institution " + exampleAddress,
		},
		{RpcMethod: "Match", Use: "match [id]", Short: "Show a match", PositionalArgs: args("id"), Example: query + "match " + exampleID},
		{RpcMethod: "Matches", Use: "matches", Short: "List matches", Example: query + "matches\n" + query + "matches --institution " + exampleAddress},
		{
			RpcMethod: "MatchUsages", Use: "match-usages", Short: "List how many items pairs of institutions matched, by window",
			Example: query + "match-usages\n" + query + "match-usages --client " + exampleAddress,
		},
		{
			RpcMethod: "Migration", Use: "migration [old]", Short: "Show the migration of a pseudonym that is under way",
			PositionalArgs: args("old"), Example: query + "migration " + exampleID,
		},
		{RpcMethod: "Migrations", Use: "migrations", Short: "List migrations under way", Example: query + "migrations"},
		{RpcMethod: "Params", Use: "params", Short: "Show the parameters", Example: query + "params"},
	}
}

func messages() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{RpcMethod: "AdoptKey", Skip: true},     // by vote
		{RpcMethod: "UpdateParams", Skip: true}, // by vote
		{
			RpcMethod: "RequestEvaluations", Use: "request-evaluations [epoch] [count] [hash]",
			Short: "Ask the vaults to evaluate blinded elements (`creditd privacy pseudonym` does all of it)", PositionalArgs: args("epoch", "count", "hash"),
			Example: tx + "request-evaluations 1 100 " + exampleID + fromBank,
		},
		{
			RpcMethod: "OpenMatch", Use: "open-match [server] [nonce] [count] [root]",
			Short: "Commit to a set to match (`creditd privacy match open` does all of it)", PositionalArgs: args("server", "nonce", "count", "root"),
			Example: tx + "open-match " + exampleAddress + " " + exampleNonce + " 100 " + exampleID + fromBank,
		},
		{
			RpcMethod: "AcceptMatch", Use: "accept-match [id] [server-key]",
			Short: "Give the key for a match (`creditd privacy match accept` does all of it)", PositionalArgs: args("id", "server_key"),
			Example: tx + "accept-match " + exampleID + " " + exampleKey + fromBank,
		},
		{
			RpcMethod: "CloseMatch", Use: "close-match [id] [transcript]", Short: "Record what your side saw of a match",
			PositionalArgs: args("id", "transcript"), Example: tx + "close-match " + exampleID + " " + exampleID + fromBank,
		},
		{
			RpcMethod: "Migrate", Use: "migrate [epoch] [link]...", Short: "Link pseudonyms in use to those of the key epoch, or approve such links",
			PositionalArgs: []*autocliv1.PositionalArgDescriptor{{ProtoField: "epoch"}, {ProtoField: "links", Varargs: true}},
			Example:        tx + "migrate 1 " + exampleLink + fromBank,
		},
		{
			RpcMethod: "StopMigration", Use: "stop-migration [old]", Short: "Stop a migration before it takes effect: the subject itself may, and who approved it",
			PositionalArgs: args("old"), Example: tx + "stop-migration " + exampleID + " --from alice",
		},
	}
}
