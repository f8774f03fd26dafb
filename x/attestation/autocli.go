package attestation

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

// AutoCLIOptions describes the commands; ids are given as 64 hexadecimal digits everywhere.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service: "creditd.attestation.v1.Query",
			RpcCommandOptions: []*autocliv1.RpcCommandOptions{
				{RpcMethod: "Schema", Use: "schema [id]", Short: "Show a schema", PositionalArgs: args("id")},
				{RpcMethod: "Schemas", Use: "schemas", Short: "List the schemas"},
				{RpcMethod: "Attestation", Use: "attestation [id]", Short: "Show an attestation", PositionalArgs: args("id")},
				{
					RpcMethod: "AttestationsOfSubject", Use: "attestations-of-subject [subject]",
					Short: "List what is attested about a pseudonym", PositionalArgs: args("subject"),
				},
				{RpcMethod: "Params", Use: "params", Short: "Show the parameters"},
			},
		},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service: "creditd.attestation.v1.Msg",
			RpcCommandOptions: []*autocliv1.RpcCommandOptions{
				{
					RpcMethod: "CreateSchema", Use: "create-schema [name] [version]",
					Short: "Put a schema on the chain", PositionalArgs: args("name", "version"),
					Example: `creditd tx attestation create-schema bank.score 1 --fields '{"name":"score","kind":"FIELD_KIND_INTEGER","disclosable":true}' --issuer-roles furnisher --revocable --from bank`,
				},
				{
					RpcMethod: "Attest", Use: "attest [schema-id]", Short: "State one attestation",
					PositionalArgs: args("schema_id"),
					Example:        `creditd tx attestation attest SCHEMA_ID --statement '{"subject":"BASE64","commitment":"BASE64"}' --from bank`,
				},
				{
					RpcMethod: "AttestBatch", Use: "attest-batch [schema-id]", Short: "State many attestations, all or none",
					PositionalArgs: args("schema_id"),
					Example:        `creditd tx attestation attest-batch SCHEMA_ID --statements '{"subject":"BASE64","commitment":"BASE64"}' --statements '{"subject":"BASE64","commitment":"BASE64"}' --from bank`,
				},
				{
					RpcMethod: "Revoke", Use: "revoke [id] [reason]", Short: "Take back your own attestation",
					PositionalArgs: args("id", "reason"),
					Example:        `creditd tx attestation revoke ATTESTATION_ID error --from bank`,
				},
				{RpcMethod: "UpdateParams", Skip: true}, // by vote only
			},
		},
	}
}
