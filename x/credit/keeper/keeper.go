// Package keeper holds the rules of x/credit and its state.
package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// maxAddressBytes is longer than any address in text.
const maxAddressBytes = 128

// gasPerItem pays for the checks and hashes of one item of a batch, which the store does not meter.
const gasPerItem = 200

type (
	// ofSubject is the key of what a subject has many of: the subject, then the id.
	ofSubject = collections.Pair[types.ID, types.ID]
	// consentDeadline is the time in Unix nanoseconds, the subject and the consent.
	consentDeadline = collections.Triple[int64, types.ID, types.ID]
	// inquiryDeadline is the time in Unix nanoseconds and the inquiry.
	inquiryDeadline = collections.Pair[int64, types.ID]
)

// Keeper of subjects, tradelines, consents, inquiries and the audit trail.
//
// A time in a key is its Unix nanoseconds in 8 bytes, big endian with the sign bit flipped
// (collections.Int64Key), so that keys sort by time.
type Keeper struct {
	accounts     types.AccountKeeper
	institutions types.InstitutionKeeper
	attestations types.AttestationKeeper
	authority    string // of by-vote messages

	// Schema of the collections, for tools that decode the state.
	Schema collections.Schema
	// params: 0x00 -> Params.
	params collections.Item[types.Params]
	// subjects: 0x01 | pseudonym (32) -> Subject without its pseudonym.
	subjects collections.Map[types.ID, types.Subject]
	// payers: 0x02 | length (1) | account | subject (32) -> nothing. Who controls a subject or may claim it.
	payers collections.KeySet[collections.Pair[sdk.AccAddress, types.ID]]
	// tradelines: 0x03 | subject (32) | tradeline id (32) -> Tradeline without subject and id.
	tradelines collections.Map[ofSubject, types.Tradeline]
	// furnishers: 0x04 | subject (32) | furnisher -> nothing. Who may give data about a subject; written with
	// the first tradeline of a furnisher only.
	furnishers collections.KeySet[collections.Pair[types.ID, sdk.AccAddress]]
	// consents: 0x05 | subject (32) | consent id (32) -> Consent without subject and id.
	consents collections.Map[ofSubject, types.Consent]
	// consentExpiry: 0x06 | valid_until (8) | subject (32) | consent id (32) -> nothing. The LIVE consents.
	consentExpiry collections.KeySet[consentDeadline]
	// inquiries: 0x07 | inquiry id (32) -> Inquiry without its id.
	inquiries collections.Map[types.ID, types.Inquiry]
	// inquiryExpiry: 0x08 | expires_at (8) | inquiry id (32) -> nothing. The OPEN inquiries.
	inquiryExpiry collections.KeySet[inquiryDeadline]
	// receipts: 0x09 | inquiry id (32) | institution -> Receipt without inquiry and institution.
	receipts collections.Map[collections.Pair[types.ID, sdk.AccAddress], types.Receipt]
	// trail: 0x0a | subject (32) | height (8) | ref (32) | kind (1) | actor -> TrailEntry with time and purpose.
	trail collections.Map[collections.Pair[types.ID, types.TrailKey], types.TrailEntry]
}

// NewKeeper of the module; authority is the account of by-vote messages.
func NewKeeper(
	cdc codec.Codec, storeService store.KVStoreService, ak types.AccountKeeper,
	institutions types.InstitutionKeeper, attestations types.AttestationKeeper, authority string,
) *Keeper {
	sb := collections.NewSchemaBuilder(storeService)
	id := attestationtypes.IDKey
	pair := collections.PairKeyCodec(id, id)
	k := &Keeper{
		accounts:     ak,
		institutions: institutions,
		attestations: attestations,
		authority:    authority,
		params:       collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc)),
		subjects: collections.NewMap(sb, types.SubjectsPrefix, "subjects",
			id, codec.CollValue[types.Subject](cdc)),
		payers: collections.NewKeySet(sb, types.PayersPrefix, "payers",
			collections.PairKeyCodec(sdk.AccAddressKey, id)),
		tradelines: collections.NewMap(sb, types.TradelinesPrefix, "tradelines",
			pair, codec.CollValue[types.Tradeline](cdc)),
		furnishers: collections.NewKeySet(sb, types.FurnishersPrefix, "furnishers",
			collections.PairKeyCodec(id, sdk.AccAddressKey)),
		consents: collections.NewMap(sb, types.ConsentsPrefix, "consents",
			pair, codec.CollValue[types.Consent](cdc)),
		consentExpiry: collections.NewKeySet(sb, types.ConsentExpiryPrefix, consentQueue,
			collections.TripleKeyCodec(collections.Int64Key, id, id)),
		inquiries: collections.NewMap(sb, types.InquiriesPrefix, "inquiries",
			id, codec.CollValue[types.Inquiry](cdc)),
		inquiryExpiry: collections.NewKeySet(sb, types.InquiryExpiryPrefix, inquiryQueue,
			collections.PairKeyCodec(collections.Int64Key, id)),
		receipts: collections.NewMap(sb, types.ReceiptsPrefix, "receipts",
			collections.PairKeyCodec(id, sdk.AccAddressKey), codec.CollValue[types.Receipt](cdc)),
		trail: collections.NewMap(sb, types.TrailPrefix, "trail",
			collections.PairKeyCodec(id, types.TrailKeyCodec), codec.CollValue[types.TrailEntry](cdc)),
	}
	schema, err := sb.Build()
	if err != nil {
		panic(err) // two collections under one prefix or name: a mistake above, not an input
	}
	k.Schema = schema
	return k
}

// GetAuthority returns the account of by-vote messages.
func (k *Keeper) GetAuthority() string { return k.authority }

// GetParams returns the parameters in force.
func (k *Keeper) GetParams(ctx context.Context) (types.Params, error) { return k.params.Get(ctx) }

// SetParams replaces them.
func (k *Keeper) SetParams(ctx context.Context, params types.Params) error {
	if err := params.Validate(); err != nil {
		return err
	}
	if err := k.params.Set(ctx, params); err != nil {
		return err
	}
	return emit(ctx, &types.EventParamsUpdated{})
}

// actor is who signs a message: the address as bytes, and in its one canonical spelling.
type actor struct {
	addr sdk.AccAddress
	text string
}

// parseActor reads the address in a message's field. What is stored is its canonical spelling, since
// bech32 has two (lower and upper case).
func (k *Keeper) parseActor(field, text string) (actor, error) {
	if len(text) > maxAddressBytes {
		return actor{}, types.ErrInvalidAddress.Wrapf("%s: %d characters: give a bech32 account address", field, len(text))
	}
	bz, err := k.accounts.AddressCodec().StringToBytes(text)
	if err != nil {
		return actor{}, types.ErrInvalidAddress.Wrapf("%s: %s: give a bech32 account address of this chain", field, err)
	}
	canonical, err := k.accounts.AddressCodec().BytesToString(bz)
	if err != nil {
		return actor{}, types.ErrInvalidAddress.Wrapf("%s: %s", field, err)
	}
	return actor{addr: bz, text: canonical}, nil
}
