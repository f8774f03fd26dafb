package api

import "google.golang.org/grpc/codes"

// Hint is the next step after an error of a codespace and a name: its own one, or that of its gRPC code.
func Hint(codespace, name string, code codes.Code) string { return hintOf(codespace, name, code) }

func hintOf(codespace, name string, code codes.Code) string {
	if hint, ok := hints[codespace+"/"+name]; ok {
		return hint
	}
	if hint, ok := codeHints[code]; ok {
		return hint
	}
	return codeHints[codes.Internal]
}

// codeHints are for errors that have no hint of their own. Their messages name the field or the object.
var codeHints = map[codes.Code]string{
	codes.InvalidArgument:    "Correct what the message names; /openapi.json has the form of every field.",
	codes.FailedPrecondition: "Read the present state of what the message names and bring about the state that it asks for.",
	codes.OutOfRange:         "Stay within the range that the message names.",
	codes.NotFound:           "Check the id. If it was written a moment ago, ask again after the next block; at a past height it may not have existed yet.",
	codes.AlreadyExists:      "If this was you, there is nothing left to do. Else choose another id or nonce.",
	codes.PermissionDenied:   "Act with the account, licence or consent that the message asks for.",
	codes.Unauthenticated:    "Sign the request with the account that it names.",
	codes.ResourceExhausted:  "Ask for less at a time, or later.",
	codes.Unimplemented:      "This chain does not offer it; /openapi.json lists what there is.",
	codes.Unavailable:        "Try again in a moment, or ask another node.",
	codes.DeadlineExceeded:   "Ask for less at a time, or ask another node.",
	codes.Canceled:           "The client hung up; ask again.",
	codes.Aborted:            "Read the present state and try again.",
	codes.Unknown:            "Read the message; the node has no more to say about it.",
	codes.DataLoss:           "Tell the operator of this node the path and the time; ask another node.",
	codes.Internal:           "This is not your request's fault. Tell the operator of this node the path and the time; another node may answer.",
}

// hints by codespace and name, where more can be said than the gRPC code does.
var hints = map[string]string{
	"api/UNKNOWN_PATH":       "/openapi.json lists every path; /docs/ shows them.",
	"api/METHOD_NOT_ALLOWED": "Use the method that the header Allow names.",
	"api/MALFORMED":          "Compare the query parameters and the body with /openapi.json.",
	"api/BODY_TOO_LARGE":     "Send less in one request. A transaction larger than a block's limit is never accepted.",
	"api/TOO_MANY_REQUESTS":  "Wait as long as the header Retry-After says.",
	"api/BUSY":               "Wait as long as the header Retry-After says, or ask another node.",
	"api/INVALID_HEIGHT":     "Give x-cosmos-block-height once, as a whole number from 1 on, or leave it out for the latest height.",
	"api/HEIGHT_AHEAD":       "Ask for a height that the chain has reached: /cosmos/base/tendermint/v1beta1/blocks/latest says which.",
	"api/HEIGHT_PRUNED":      "Ask for one of the heights that the message names, or ask an archive node (pruning = \"nothing\").",
	"api/INVALID_PAGE":       "Give pagination.key as the last answer's next_key said, and nothing of pagination.offset with it.",
	"api/PAGE_TOO_FAR":       "Follow pagination.key from page to page: it costs the same on every page.",
	"api/TOO_EXPENSIVE":      "Ask without pagination.count_total and with a smaller pagination.limit, and follow pagination.key.",
	"api/MALFORMED_ADDRESS":  "Addresses of accounts begin with credit1, of validators with creditvaloper1, of consensus keys with creditvalcons1.",
	"api/ORIGIN_NOT_ALLOWED": "Ask the operator of this node to list the origin in [rest] cors-origins of app.toml, or call from a server.",
	"api/NOT_READY":          "The node waits for its first block or is just writing one: try again in a moment.",

	"sdk/WRONG_SEQUENCE":      "Read the account's sequence again and sign with it, or send unordered transactions.",
	"sdk/TX_TOO_LARGE":        "Split the transaction.",
	"sdk/TX_IN_MEMPOOL_CACHE": "The node has this transaction already: ask /cosmos/tx/v1beta1/txs/{hash} for it.",

	"institution/UNKNOWN_INSTITUTION": "/creditd/institution/v1/institutions lists those that there are.",
	"attestation/UNKNOWN_SCHEMA":      "/creditd/attestation/v1/schemas lists those that there are.",
	"attestation/UNKNOWN_ATTESTATION": "An attestation that is part of an anchor is not kept alone: verify it with its bundle.",
	"credit/UNKNOWN_SUBJECT":          "Pseudonyms are 32 bytes in base64 or hex as /openapi.json says; one that no vault enrolled is not known to the chain.",
	"credit/NO_CONSENT":               "Ask the subject for a consent to this data user and purpose, and name its id.",
	"credit/BUDGET_SPENT":             "The data user's inquiries of this day are used up; try again tomorrow.",
	"credit/FROZEN":                   "Only the subject can lift the freeze.",
}
