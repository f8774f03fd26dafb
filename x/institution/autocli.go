package institution

import (
	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
)

const (
	exampleOperator = "credit1f65h9m5aaknmk6x5x0zyd74m6jnwdxs9plqthh"
	exampleKey      = `'{"@type":"/cosmos.crypto.ed25519.PubKey","key":"OauFcTKbN5Lx3fJL689cikXBqe+hcp6Y+x0rYUdR9Jk="}'`
)

// AutoCLIOptions describes the commands of the module. Commands of messages by vote submit a proposal.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{Service: "creditd.institution.v1.Query", RpcCommandOptions: queryCommands()},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service:           "creditd.institution.v1.Msg",
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
			RpcMethod: "Institution", Use: "institution [operator]", Short: "An institution with its vault and validator",
			Example: "creditd query institution institution " + exampleOperator, PositionalArgs: args("operator"),
		},
		{
			RpcMethod: "Institutions", Use: "institutions", Short: "Institutions, filtered by role, status and jurisdiction",
			Example: "creditd query institution institutions --role validator --status active --jurisdiction DE",
		},
		{
			RpcMethod: "Validator", Use: "validator [consensus-address]", Short: "Who signs, or once signed, with a consensus address",
			Example: "creditd query institution validator 5E1D0A4A1B2C3D4E5F60718293A4B5C6D7E8F901", PositionalArgs: args("consensus_address"),
		},
		{
			RpcMethod: "ValidatorSet", Use: "validator-set", Short: "The validator set as CometBFT was last told it",
			Example: "creditd query institution validator-set",
		},
		{
			RpcMethod: "LicenceHistory", Use: "licence-history [operator]", Short: "All changes of a licence, oldest first",
			Example: "creditd query institution licence-history " + exampleOperator, PositionalArgs: args("operator"),
		},
		{
			RpcMethod: "ScheduledChanges", Use: "scheduled-changes", Short: "Passed votes that wait out the timelock, soonest first",
			Example: "creditd query institution scheduled-changes",
		},
		{
			RpcMethod: "Params", Use: "params", Short: "The parameters in force",
			Example: "creditd query institution params",
		},
	}
}

func ownCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "UpdateProfile", Use: "update-profile", Short: "Change the name or the vault of one's own institution",
			Example: `creditd tx institution update-profile --name "First Bank" --from bank1`,
		},
		{
			RpcMethod: "RotateConsensusKey", Use: "rotate-consensus-key [pubkey-json]", Short: "Replace one's own consensus key by one never used before",
			Long: "Replace one's own consensus key by one never used before (ed25519 or ML-DSA-65). " +
				"Start the node with the new key when the old one has left the set: `creditd query institution validator-set`.",
			Example:        `creditd tx institution rotate-consensus-key ` + exampleKey + ` --from bank1`,
			PositionalArgs: args("consensus_pubkey"),
		},
		{
			RpcMethod: "Unjail", Use: "unjail", Short: "Ask back into the validator set after downtime",
			Example: "creditd tx institution unjail --from bank1",
		},
	}
}

// proposalFlags are those of x/gov's command, which every proposal needs; a deposit is not among them.
const proposalFlags = ` --title "Bank 1" --summary "see minutes 7" --from bank2`

func voteCommands() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "Register", Use: "register [operator] [name] [licence-number] [jurisdiction]", Short: "Propose to admit an institution",
			Example: `creditd tx institution register ` + exampleOperator + ` "First Bank" B-0001 DE --roles furnisher --roles validator` +
				` --valid-until 2030-01-01T00:00:00Z --consensus-pubkey ` + exampleKey + ` --power 10` + proposalFlags,
			PositionalArgs: args("operator", "name", "licence_number", "jurisdiction"), GovProposal: true,
		},
		{
			RpcMethod: "Amend", Use: "amend [operator]", Short: "Propose to replace roles, power and end of a licence",
			Example: `creditd tx institution amend ` + exampleOperator + ` --roles furnisher --roles data-user --valid-until 2031-01-01T00:00:00Z` +
				proposalFlags,
			PositionalArgs: args("operator"), GovProposal: true,
		},
		{
			RpcMethod: "Suspend", Use: "suspend [operator] [reason]", Short: "Propose to take all rights from a licence, without timelock",
			Example:        `creditd tx institution suspend ` + exampleOperator + ` security` + proposalFlags,
			PositionalArgs: args("operator", "reason"), GovProposal: true,
		},
		{
			RpcMethod: "Reinstate", Use: "reinstate [operator]", Short: "Propose to give a suspended licence its rights back",
			Example:        `creditd tx institution reinstate ` + exampleOperator + proposalFlags,
			PositionalArgs: args("operator"), GovProposal: true,
		},
		{
			RpcMethod: "Revoke", Use: "revoke [operator] [reason]", Short: "Propose to end a licence for ever",
			Example:        `creditd tx institution revoke ` + exampleOperator + ` breach` + proposalFlags,
			PositionalArgs: args("operator", "reason"), GovProposal: true,
		},
		{
			RpcMethod: "UpdateParams", Use: "update-params [params-json]", Short: "Propose to replace the parameters, all of them",
			Example: `creditd tx institution update-params '{"signed_blocks_window":"600","max_missed_blocks":"300",` +
				`"downtime_jail_duration":"600s","timelock":"86400s","institution_gas_per_block":"200000000",` +
				`"subject_gas_per_block":"10000000","queue_cap":100}'` + proposalFlags,
			PositionalArgs: args("params"), GovProposal: true,
		},
		{
			RpcMethod: "CancelChange", Use: "cancel-change [id]", Short: "Propose to drop a scheduled change, without timelock",
			Example:        `creditd tx institution cancel-change 7` + proposalFlags,
			PositionalArgs: args("id"), GovProposal: true,
		},
	}
}
