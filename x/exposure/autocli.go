package exposure

import (
	"strings"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
)

// What examples are written with, so that they work as pasted, but for what they name not being on the chain.
const (
	query          = "creditd query exposure "
	tx             = "creditd tx exposure "
	exampleAddress = "credit1f65h9m5aaknmk6x5x0zyd74m6jnwdxs9plqthh"
	exampleID      = "9ab288f015c30afd542e58c17554e37423300b69bd33bfd6e6bfb7c639866c23"
	fromBank       = " --from bank1"
	fromLender     = " --from bank1"
	exampleParams  = `'{"submit_duration":"600s","share_duration":"600s","interval":"604800s","min_others":3,"min_group":5,"max_silent":1,"max_per_block":20}'`
)

func args(fields ...string) []*autocliv1.PositionalArgDescriptor {
	list := make([]*autocliv1.PositionalArgDescriptor, len(fields))
	for i, field := range fields {
		list[i] = &autocliv1.PositionalArgDescriptor{ProtoField: field}
	}
	return list
}

// AutoCLIOptions describes the commands. Bytes are given in hexadecimal. What makes keys and proofs, and reads a total, is
// `creditd privacy sum`; members' messages are sent by their vaults.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service: "creditd.exposure.v1.Query",
			RpcCommandOptions: []*autocliv1.RpcCommandOptions{
				{
					RpcMethod: "Round", Use: "round [id]", Short: "Show a round with the part of each member",
					PositionalArgs: args("id"), Example: query + "round " + exampleID,
				},
				{RpcMethod: "Rounds", Use: "rounds", Short: "List the rounds that are not forgotten", Example: query + "rounds"},
				{
					RpcMethod: "Duties", Use: "duties [member]", Short: "List the rounds that wait for an institution",
					PositionalArgs: args("member"), Example: query + "duties " + exampleAddress,
				},
				{
					RpcMethod: "Conduct", Use: "conduct", Short: "List institutions that were silent or gave wrong shares",
					Example: query + "conduct",
				},
				{RpcMethod: "Params", Use: "params", Short: "Show the parameters", Example: query + "params"},
			},
		},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service: "creditd.exposure.v1.Msg",
			RpcCommandOptions: []*autocliv1.RpcCommandOptions{
				{
					RpcMethod: "OpenRound", Use: "open-round [kind]", Short: "Ask for a sum with a key and proof made elsewhere (else: `creditd privacy sum open`)",
					PositionalArgs: args("kind"),
					Example: tx + "open-round exposure --inquiry-id " + exampleID + " --asker-key " + exampleID +
						" --possession " + strings.Repeat("ab", 64) + fromLender,
				},
				{
					RpcMethod: "Submit", Use: "submit [round-id] [submission]", Short: "Submit an encrypted number (vaults do it)",
					PositionalArgs: args("round_id", "submission"),
					Example:        tx + "submit " + exampleID + " " + strings.Repeat("ab", 512) + fromBank,
				},
				{
					RpcMethod: "GiveShare", Use: "give-share [round-id] [share]", Short: "Give a share of the opening (vaults do it)",
					PositionalArgs: args("round_id", "share"),
					Example:        tx + "give-share " + exampleID + " " + strings.Repeat("ab", 160) + fromBank,
				},
				{
					RpcMethod: "UpdateParams", Use: "update-params [params]", Short: "Propose to replace the parameters",
					PositionalArgs: args("params"), GovProposal: true,
					Example: tx + "update-params " + exampleParams + ` --title "Parameters" --summary "Why"` + fromBank,
				},
			},
		},
	}
}
