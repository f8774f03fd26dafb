// Package credential hands attestations to their holders as credentials, and checks what holders present: SD-JWT VC
// (RFC 9901 and draft-ietf-oauth-sd-jwt-vc) and W3C Verifiable Credentials 2.0 secured with SD-JWT, with selective
// disclosure of fields and holder binding, and W3C Bitstring Status List 1.0.
//
// The verifier is strict: two algorithms (ES256, EdDSA), SHA-256 alone, an exact `typ`, JSON and base64url with one
// meaning, sizes bound before anything is parsed. A disclosed field is bound twice: by its digest to the issuer's
// signature, and by its salt to the commitment on the chain. docs/credentials.md has a worked example.
//
// The package is pure Go without the Cosmos SDK: it runs in wallets and at verifiers. What it asks of a chain is
// ChainView.
package credential
