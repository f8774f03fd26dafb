package attestation

import (
	"strings"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
)

// What examples are written with, so that they work as pasted, but for what they name not being on the chain.
const (
	query           = "creditd query attestation "
	tx              = "creditd tx attestation "
	exampleAddress  = "credit1f65h9m5aaknmk6x5x0zyd74m6jnwdxs9plqthh"
	exampleID       = "9ab288f015c30afd542e58c17554e37423300b69bd33bfd6e6bfb7c639866c23"
	exampleOther    = "492f9e2f949ff485712d3948774e658fcb452d5e1f7ab123ca82900f2977e861"
	exampleItem     = exampleBatch + "00000007"
	exampleBatch    = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b87"
	exampleNonce    = "00112233445566778899aabbccddeeff"
	exampleSaid     = `'{"subject":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=","commitment":"ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="}'`
	exampleES256    = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
	exampleDeadline = "2027-01-31T00:00:00Z"
	fromBank        = " --from bank1"
)

// exampleSignature is 64 bytes of nothing.
var exampleSignature = strings.Repeat("ab", 64)

// byVote says how the members' vote sends a message that others send too.
const byVote = " The members' vote does it by a proposal with this message, signed by the governance account: `creditd tx gov submit-proposal`."

func args(fields ...string) []*autocliv1.PositionalArgDescriptor {
	list := make([]*autocliv1.PositionalArgDescriptor, len(fields))
	for i, field := range fields {
		list[i] = &autocliv1.PositionalArgDescriptor{ProtoField: field}
	}
	return list
}

// AutoCLIOptions describes the commands. Ids are given in hexadecimal: 64 digits, of batches and anchors 56; inside
// JSON they are base64, as in all JSON of protobuf messages.
func (AppModule) AutoCLIOptions() *autocliv1.ModuleOptions {
	return &autocliv1.ModuleOptions{
		Query: &autocliv1.ServiceCommandDescriptor{
			Service:           "creditd.attestation.v1.Query",
			RpcCommandOptions: append(attestationQueries(), rightsQueries()...),
		},
		Tx: &autocliv1.ServiceCommandDescriptor{
			Service:           "creditd.attestation.v1.Msg",
			RpcCommandOptions: append(append(attestationMessages(), statusMessages()...), rightsMessages()...),
		},
	}
}

func attestationQueries() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "Attestation", Use: "attestation [id]", Short: "Show an attestation",
			PositionalArgs: args("id"), Example: query + "attestation " + exampleItem,
		},
		{
			RpcMethod: "AttestationsOfSubject", Use: "attestations-of-subject [subject]",
			Short:          "List what is attested about a pseudonym under listed schemas",
			PositionalArgs: args("subject"), Example: query + "attestations-of-subject " + exampleID + " --page-limit 20",
		},
		{
			RpcMethod: "Batch", Use: "batch [id]", Short: "Show what one message stated",
			PositionalArgs: args("id"), Example: query + "batch " + exampleBatch,
		},
		{
			RpcMethod: "Verify", Use: "verify [id]", Short: "Say what holds of an attestation now: status, validity, standing of its issuer",
			PositionalArgs: args("id"), Example: query + "verify " + exampleItem,
		},
		{
			RpcMethod: "Anchor", Use: "anchor [id]", Short: "Show an anchor with its present root",
			PositionalArgs: args("id"), Example: query + "anchor " + exampleBatch,
		},
		{
			RpcMethod: "AnchorsOfIssuer", Use: "anchors-of-issuer [issuer]", Short: "List the anchors of an issuer",
			PositionalArgs: args("issuer"), Example: query + "anchors-of-issuer " + exampleAddress,
		},
		{
			RpcMethod: "Checkpoints", Use: "checkpoints [id]", Short: "List the roots that an anchor has had, by size",
			PositionalArgs: args("id"), Example: query + "checkpoints " + exampleBatch + " --page-reverse --page-limit 1",
		},
		{
			RpcMethod: "StatusList", Use: "status-list [id]", Short: "Show the status list of a batch or an anchor (W3C Bitstring Status List)",
			PositionalArgs: args("id"), Example: query + "status-list " + exampleBatch,
		},
		{RpcMethod: "Params", Use: "params", Short: "Show the parameters", Example: query + "params"},
	}
}

func rightsQueries() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "Schema", Use: "schema [id]", Short: "Show a schema",
			PositionalArgs: args("id"), Example: query + "schema " + exampleID,
		},
		{RpcMethod: "Schemas", Use: "schemas", Short: "List the schemas", Example: query + "schemas --page-limit 20"},
		{
			RpcMethod: "SchemaVersions", Use: "schema-versions [name]", Short: "List the schemas of one name, by version",
			PositionalArgs: args("name"), Example: query + "schema-versions creditd.tradeline.firm",
		},
		{
			RpcMethod: "Accreditation", Use: "accreditation [id]", Short: "Show an accreditation, whether it is in force, and those above it",
			PositionalArgs: args("id"), Example: query + "accreditation " + exampleOther,
		},
		{
			RpcMethod: "Accreditations", Use: "accreditations", Short: "List the accreditations by the members' vote, below one, or of one grantee",
			Example: query + "accreditations --grantee " + exampleAddress,
		},
		{
			RpcMethod: "CredentialKey", Use: "credential-key [issuer] [kid]", Short: "Show a key with which an issuer signs credentials",
			PositionalArgs: args("issuer", "kid"), Example: query + "credential-key " + exampleAddress + " " + exampleOther,
		},
		{
			RpcMethod: "CredentialKeys", Use: "credential-keys [issuer]", Short: "List the credential keys of an issuer, in use and retired",
			PositionalArgs: args("issuer"), Example: query + "credential-keys " + exampleAddress,
		},
	}
}

func attestationMessages() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "Attest", Use: "attest [schema-id]", Short: "State one attestation",
			PositionalArgs: args("schema_id"),
			Example:        tx + "attest " + exampleID + " --accreditation-id " + exampleOther + " --statement " + exampleSaid + fromBank,
		},
		{
			RpcMethod: "AttestBatch", Use: "attest-batch [schema-id]", Short: "State many attestations, all or none",
			PositionalArgs: args("schema_id"),
			Example:        tx + "attest-batch " + exampleID + " --statements " + exampleSaid + " --statements " + exampleSaid + fromBank,
		},
		{
			RpcMethod: "AttestDelegated", Use: "attest-delegated [issuer] [schema-id]", Short: "Submit what an issuer signed off the chain",
			PositionalArgs: args("issuer", "schema_id"),
			Example: tx + "attest-delegated " + exampleAddress + " " + exampleID + " --statements " + exampleSaid + " --deadline " + exampleDeadline +
				" --nonce " + exampleNonce + " --signature " + exampleSignature + fromBank,
		},
		{
			RpcMethod: "Anchor", Use: "anchor [schema-id] [root] [size]", Short: "Put the Merkle root of attestations that are kept off the chain",
			PositionalArgs: args("schema_id", "root", "size"), Example: tx + "anchor " + exampleID + " " + exampleOther + " 1000000" + fromBank,
		},
		{
			RpcMethod: "ExtendAnchor", Use: "extend-anchor [id] [root] [size]", Short: "Add attestations to an anchor of your own",
			PositionalArgs: args("id", "root", "size"),
			Example:        tx + "extend-anchor " + exampleBatch + " " + exampleOther + " 1048576 --proof " + exampleID + " --proof " + exampleOther + fromBank,
		},
	}
}

func statusMessages() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "Revoke", Use: "revoke [id] [reason]", Short: "Take back your own attestation for good",
			PositionalArgs: args("id", "reason"), Example: tx + "revoke " + exampleItem + " error" + fromBank,
		},
		{
			RpcMethod: "RevokeBatch", Use: "revoke-batch [reason]", Short: "Take back many of your own attestations for good, all or none",
			PositionalArgs: args("reason"),
			Example:        tx + "revoke-batch no-longer-true --ids " + exampleItem + " --ids " + exampleBatch + "00000008" + fromBank,
		},
		{
			RpcMethod: "RevokeDelegated", Use: "revoke-delegated [issuer] [id] [reason]", Short: "Submit a revocation that an issuer signed off the chain",
			PositionalArgs: args("issuer", "id", "reason"),
			Example: tx + "revoke-delegated " + exampleAddress + " " + exampleItem + " error --deadline " + exampleDeadline + " --nonce " + exampleNonce +
				" --signature " + exampleSignature + fromBank,
		},
		{
			RpcMethod: "Suspend", Use: "suspend [id] [reason]", Short: "Take back your own attestation until you reinstate it",
			PositionalArgs: args("id", "reason"), Example: tx + "suspend " + exampleItem + " dispute" + fromBank,
		},
		{
			RpcMethod: "Reinstate", Use: "reinstate [id]", Short: "End the suspension of your own attestation",
			PositionalArgs: args("id"), Example: tx + "reinstate " + exampleItem + fromBank,
		},
		{
			RpcMethod: "Supersede", Use: "supersede [id] [by]", Short: "Replace your own attestation by a later one of your own",
			PositionalArgs: args("id", "by"), Example: tx + "supersede " + exampleItem + " " + exampleBatch + "00000008" + fromBank,
		},
	}
}

func rightsMessages() []*autocliv1.RpcCommandOptions {
	return []*autocliv1.RpcCommandOptions{
		{
			RpcMethod: "CreateSchema", Use: "create-schema [name] [version]", Short: "Put a schema on the chain",
			PositionalArgs: args("name", "version"),
			Example: tx + `create-schema bank.income 1 --fields '{"name":"income","kind":"FIELD_KIND_AMOUNT","unit":"minor","disclosable":true}'` +
				" --issuer-roles furnisher --revocable" + fromBank,
		},
		{
			RpcMethod: "DeprecateSchema", Use: "deprecate-schema [id]", Short: "End the use of your own schema for new attestations",
			Long:           "End the use of your own schema for new attestations. What was stated under it stays as it is." + byVote,
			PositionalArgs: args("id"), Example: tx + "deprecate-schema " + exampleID + " --replaced-by " + exampleOther + fromBank,
		},
		{
			RpcMethod: "Accredit", Use: "accredit [grantee]", Short: "Accredit an institution below an accreditation of your own",
			Long:           "Accredit an institution below an accreditation of your own: to accredit others, to issue, or both." + byVote,
			PositionalArgs: args("grantee"),
			Example: tx + "accredit " + exampleAddress + " --parent " + exampleOther + " --issuer --schema-ids " + exampleID +
				" --jurisdictions DE --valid-from 2027-01-01T00:00:00Z --valid-until 2030-01-01T00:00:00Z" + fromBank,
		},
		{
			RpcMethod: "SuspendAccreditation", Use: "suspend-accreditation [id]", Short: "Stop the rights of an accreditation below yours, and of all below it",
			Long:           "Stop the rights of an accreditation below one of your own, and in the same block of all below it, until it is reinstated." + byVote,
			PositionalArgs: args("id"), Example: tx + "suspend-accreditation " + exampleOther + fromBank,
		},
		{
			RpcMethod: "ReinstateAccreditation", Use: "reinstate-accreditation [id]", Short: "End the suspension of an accreditation below yours",
			Long:           "End the suspension of an accreditation below one of your own, unless it came from further up than you are." + byVote,
			PositionalArgs: args("id"), Example: tx + "reinstate-accreditation " + exampleOther + fromBank,
		},
		{
			RpcMethod: "RevokeAccreditation", Use: "revoke-accreditation [id]", Short: "End the rights of an accreditation below yours for good",
			Long:           "End the rights of an accreditation below one of your own, and of all below it, for good." + byVote,
			PositionalArgs: args("id"), Example: tx + "revoke-accreditation " + exampleOther + fromBank,
		},
		{
			RpcMethod: "RegisterCredentialKey", Use: "register-credential-key [algorithm] [public-key]",
			Short:          "Publish a key with which you sign credentials",
			Long:           "Publish a key with which you sign credentials: es256 with the uncompressed point of P-256 (65 bytes), or eddsa with an Ed25519 key (32 bytes).",
			PositionalArgs: args("algorithm", "public_key"), Example: tx + "register-credential-key es256 " + exampleES256 + fromBank,
		},
		{
			RpcMethod: "RetireCredentialKey", Use: "retire-credential-key [kid]", Short: "End the use of a credential key of your own",
			PositionalArgs: args("kid"), Example: tx + "retire-credential-key " + exampleOther + fromBank,
		},
		{
			RpcMethod: "UpdateParams", Use: "update-params [params]", Short: "Propose to replace the parameters",
			PositionalArgs: args("params"), GovProposal: true,
			Example: tx + `update-params '{"max_batch":100,"max_depth":8,"max_expiries_per_block":200,"max_delegation_seconds":"604800"}'` +
				` --title "Parameters" --summary "Why"` + fromBank,
		},
	}
}
