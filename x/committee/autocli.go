package committee

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
)

const exampleOperator = "credit1qyqszqgpqyqszqgpqyqszqgpqyqszqgpvxat9t"

// AutoCLIOptions describe the commands of the module.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{Service: "creditd.committee.v1.Query", RpcCommandOptions: queryCommands()},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service:           "creditd.committee.v1.Msg",
			RpcCommandOptions: append(ownCommands(), voteCommands()...),
		},
	}
}

func args(fields ...string) []*autocliv1.PositionalArgDescriptor {
	descriptors := make([]*autocliv1.PositionalArgDescriptor, len(fields))
	for i, field := range fields {
		descriptors[i] = &autocliv1.PositionalArgDescriptor{ProtoField: field}
	}
	return descriptors
}

func queryCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "Committee", Use: "committee [id]", Short: "A committee: its members, who failed, its key, who destroyed their shares",
			Example: "creditd query committee committee 1", PositionalArgs: args("id"),
		},
		{
			RpcMethod: "Committees", Use: "committees", Short: "All committees that ever were, by id",
			Example: "creditd query committee committees",
		},
		{
			RpcMethod: "Active", Use: "active [purpose]", Short: "The committee that is in use for a purpose (exposure|pseudonym)",
			Example: "creditd query committee active exposure", PositionalArgs: args("purpose"),
		},
		{
			RpcMethod: "Dealings", Use: "dealings [id]", Short: "The dealings of a committee that is not over",
			Example: "creditd query committee dealings 1", PositionalArgs: args("id"),
		},
		{
			RpcMethod: "Duties", Use: "duties [operator]", Short: "Committees in which an institution has a part, or something left to destroy",
			Example: "creditd query committee duties " + exampleOperator, PositionalArgs: args("operator"),
		},
		{
			RpcMethod: "Enlistments", Use: "enlistments [purpose]", Short: "Who is ready to be called into committees of a purpose",
			Example: "creditd query committee enlistments exposure", PositionalArgs: args("purpose"),
		},
		{
			RpcMethod: "Params", Use: "params", Short: "The parameters in force",
			Example: "creditd query committee params",
		},
	}
}

// byAgent: a member's messages need secrets that are in its vault.
const byAgent = " The vault's agent (`creditd vault serve`) sends it by itself; it needs what only the vault has."

func ownCommands() []*autocliv1.RpcCommandOptions {
	const key = "4s6zzVvm0pK8cvd2tEUUKEVhyGRyPRAHICNECM3nVCA="
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "Enlist", Use: "enlist [purpose]", Short: "Say that one's own institution is ready to be called into committees",
			Example: "creditd tx committee enlist exposure --from bank1", PositionalArgs: args("purpose"),
		},
		{
			RpcMethod: "Withdraw", Use: "withdraw [purpose]", Short: "End that; it does not end a membership",
			Example: "creditd tx committee withdraw exposure --from bank1", PositionalArgs: args("purpose"),
		},
		{
			RpcMethod: "Join", Use: "join [id] [transport-key] [proof]", Short: "Give the transport key of a member that was called",
			Long: "Give the transport key of a member that was called." + byAgent, Example: "creditd tx committee join 1 " + key + " " + key + " --from bank1",
			PositionalArgs: args("id", "transport_key", "proof"),
		},
		{
			RpcMethod: "Deal", Use: "deal [id] [dealing]", Short: "Share a secret out to those who joined",
			Long: "Share a secret out to those who joined." + byAgent, Example: "creditd tx committee deal 1 " + key + " --from bank1",
			PositionalArgs: args("id", "dealing"),
		},
		{
			RpcMethod: "Confirm", Use: "confirm [id]", Short: "Say that all dealings were checked, with complaints about those that were wrong",
			Long: "Say that all dealings were checked." + byAgent, Example: "creditd tx committee confirm 1 --from bank1", PositionalArgs: args("id"),
		},
		{
			RpcMethod: "AttestDestruction", Use: "attest-destruction [id]", Short: "Say that all one had of a committee's key is destroyed",
			Long: "Say that all one had of a committee's key is destroyed." + byAgent, Example: "creditd tx committee attest-destruction 1 --from bank1",
			PositionalArgs: args("id"),
		},
	}
}

const proposalFlags = ` --title "Key for 2027" --summary "see minutes 9" --from bank2`

func voteCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "FormCommittee", Use: "form-committee [purpose]", Short: "Propose to call a cohort: all who enlisted, or those named",
			Example:        `creditd tx committee form-committee pseudonym --keep-key` + proposalFlags,
			PositionalArgs: args("purpose"), GovProposal: true,
		},
		{
			RpcMethod: "EndCommittee", Use: "end-committee [id]", Short: "Propose to end a committee at once",
			Example: `creditd tx committee end-committee 1` + proposalFlags, PositionalArgs: args("id"), GovProposal: true,
		},
		{
			RpcMethod: "UpdateParams", Use: "update-params [params-json]", Short: "Propose to replace the parameters, all of them",
			Example: `creditd tx committee update-params '{"phase_duration":"120s","review_interval":"60s","max_attempts":3,"max_members":32,"policies":[` +
				`{"purpose":"PURPOSE_EXPOSURE","roles":["ROLE_FURNISHER"],"automatic":true,"min_members":4,"epoch_duration":"2592000s","lead":"3600s","overlap":"3600s"},` +
				`{"purpose":"PURPOSE_PSEUDONYM","roles":["ROLE_FURNISHER","ROLE_BUREAU"],"automatic":true,"min_members":4,"epoch_duration":"7776000s","lead":"3600s","overlap":"7776000s"}]}'` +
				proposalFlags,
			PositionalArgs: args("params"), GovProposal: true,
		},
	}
}
