// Package keeper holds the rules of x/credit and its state.
package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"
	collcodec "cosmossdk.io/collections/codec"
	"cosmossdk.io/core/store"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/contract/expr"
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
	// deadline is a time and what is due then.
	deadline = collections.Pair[time.Time, types.ID]
	// deadlineOf is a time, a subject and what is due then.
	deadlineOf = collections.Triple[time.Time, types.ID, types.ID]
	// byInstitution is an institution and what it has many of.
	byInstitution[K any] = collections.Pair[sdk.AccAddress, K]
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
	recordHooks  []types.RecordHook
	programs     *expr.Cache

	// Schema of the collections, for tools that decode the state.
	Schema collections.Schema
	// params: 0x00 -> Params.
	params collections.Item[types.Params]
	// subjects: 0x01 | pseudonym (32) -> Subject without its pseudonym.
	subjects collections.Map[types.ID, types.Subject]
	// payers: 0x02 | length (1) | account | subject (32) -> 01. Who controls a subject or may claim it.
	payers collections.KeySet[collections.Pair[sdk.AccAddress, types.ID]]
	// tradelines: 0x03 | subject (32) | tradeline id (32) -> Tradeline without subject and id.
	tradelines collections.Map[ofSubject, types.Tradeline]
	// furnishers: 0x04 | subject (32) | furnisher -> time (8). Who may give data about a subject, and since when; written with
	// the first tradeline of a furnisher only.
	furnishers collections.Map[collections.Pair[types.ID, sdk.AccAddress], time.Time]
	// consents: 0x05 | subject (32) | consent id (32) -> Consent without subject and id.
	consents collections.Map[ofSubject, types.Consent]
	// consentExpiry: 0x06 | valid_until (8) | subject (32) | consent id (32) -> 01. The LIVE consents.
	consentExpiry collections.KeySet[consentDeadline]
	// inquiries: 0x07 | inquiry id (32) -> Inquiry without its id.
	inquiries collections.Map[types.ID, types.Inquiry]
	// inquiryExpiry: 0x08 | expires_at (8) | inquiry id (32) -> 01. The inquiries that are not settled.
	inquiryExpiry collections.KeySet[inquiryDeadline]
	// receipts: 0x09 | inquiry id (32) | institution -> Receipt without inquiry and institution.
	receipts collections.Map[collections.Pair[types.ID, sdk.AccAddress], types.Receipt]
	// trail: 0x0a | subject (32) | height (8) | ref (32) | kind (1) | actor -> TrailEntry with time and purpose.
	trail collections.Map[collections.Pair[types.ID, types.TrailKey], types.TrailEntry]
	// versions: 0x0b | tradeline id (32) | version (4) -> TradelineVersion without both. Earlier versions.
	versions collections.Map[collections.Pair[types.ID, uint32], types.TradelineVersion]
	// notices: 0x0c | tradeline id (32) | kind (4) -> Notice without both. The last of each kind.
	notices collections.Map[collections.Pair[types.ID, int32], types.Notice]
	// retention: 0x0d | show_until (8) | subject (32) | tradeline id (32) -> 01. Tradelines that are not EXPIRED or ERASED.
	retention collections.KeySet[deadlineOf]
	// disputes: 0x0e | dispute id (32) -> Dispute without its id.
	disputes collections.Map[types.ID, types.Dispute]
	// subjectDisputes: 0x0f | subject (32) | dispute id (32) -> 01.
	subjectDisputes collections.KeySet[ofSubject]
	// disputeQueue: 0x10 | due_at (8) | dispute id (32) -> 01. Disputes whose status ends by itself.
	disputeQueue collections.KeySet[deadline]
	// outcomeQueue: 0x11 | closed_at (8) | dispute id (32) -> OutcomeCursor without both. Outcomes still being told.
	outcomeQueue collections.Map[deadline, types.OutcomeCursor]
	// outcomes: 0x12 | length (1) | institution | time (8) | dispute id (32) -> OutcomeNote without these.
	outcomes collections.Map[collections.Triple[sdk.AccAddress, time.Time, types.ID], types.OutcomeNote]
	// changes: 0x13 | subject (32) -> SubjectChange without its subject. Recoveries and merges under way.
	changes collections.Map[types.ID, types.SubjectChange]
	// changeQueue: 0x14 | ready_at (8) | subject (32) -> 01.
	changeQueue collections.KeySet[deadline]
	// usedOrders: 0x15 | deadline (8) | length (1) | account | nonce (16) -> 01. Signed orders that are not over.
	usedOrders collections.KeySet[collections.Triple[time.Time, sdk.AccAddress, []byte]]
	// institutionTrail: 0x16 | length (1) | institution | height (8) | ref (32) | kind (1) | subject, or the batch of several
	// (32) -> TrailEntry with time and purpose.
	institutionTrail collections.Map[byInstitution[types.TrailKey], types.TrailEntry]
	// institutionDays: 0x17 | length (1) | institution | day (4) -> InstitutionDay without both.
	institutionDays collections.Map[byInstitution[uint32], types.InstitutionDay]
	// adverseActions: 0x18 | inquiry id (32) -> AdverseAction without its id.
	adverseActions collections.Map[types.ID, types.AdverseAction]
	// adverseQueue: 0x19 | due_at (8) | inquiry id (32) -> 01. Adverse actions without a notice.
	adverseQueue collections.KeySet[deadline]
	// repairPolicies: 0x1a | name -> RepairPolicy without its name.
	repairPolicies collections.Map[string, types.RepairPolicy]
	// holds: 0x1b | subject (32) | hold id (32) -> LegalHold without both.
	holds collections.Map[ofSubject, types.LegalHold]
	// holdQueue: 0x1c | until (8) | subject (32) | hold id (32) -> 01.
	holdQueue collections.KeySet[deadlineOf]
	// erasures: 0x1d | tradeline id (32) -> Erasure without its id.
	erasures collections.Map[types.ID, types.Erasure]
	// erasureQueue: 0x1e | due_at (8) | subject (32) | tradeline id (32) -> 01. Requests without an answer.
	erasureQueue collections.KeySet[deadlineOf]
	// profiles: 0x1f | code -> Profile without its code.
	profiles collections.Map[string, types.Profile]
	// jurisdictions: 0x20 | ISO 3166-1 alpha-2 code -> code of its profile.
	jurisdictions collections.Map[string, string]
	// contracts: 0x21 | contract id (32) -> Contract without its id.
	contracts collections.Map[types.ID, types.Contract]
	// activeContracts: 0x22 | trigger (4) -> contract ids (32 each), ascending. The ACTIVE ones, all of a trigger in one read,
	// since every message asks.
	activeContracts collections.Map[int32, []byte]
	// contractRuns: 0x23 | contract id (32) | height (8) | ref (32) -> ContractRun without these.
	contractRuns collections.Map[collections.Triple[types.ID, uint64, types.ID], types.ContractRun]
	// contractChecks: 0x24 | due_at (8) | contract id (32) | tradeline id (32) -> ContractCheck with its subject.
	contractChecks collections.Map[deadlineOf, types.ContractCheck]
}

// NewKeeper of the module; authority is the account of by-vote messages.
func NewKeeper(
	cdc codec.Codec, storeService store.KVStoreService, ak types.AccountKeeper,
	institutions types.InstitutionKeeper, attestations types.AttestationKeeper, authority string,
) *Keeper {
	sb := collections.NewSchemaBuilder(storeService)
	id := attestationtypes.IDKey
	pair := collections.PairKeyCodec(id, id)
	due := collections.PairKeyCodec(attestationtypes.TimeKey, id)
	dueOf := collections.TripleKeyCodec(attestationtypes.TimeKey, id, id)
	k := &Keeper{
		accounts:     ak,
		institutions: institutions,
		attestations: attestations,
		authority:    authority,
		programs:     expr.NewCache(maxPrograms),
		params:       collections.NewItem(sb, types.ParamsPrefix, "params", codec.CollValue[types.Params](cdc)),
		subjects: collections.NewMap(sb, types.SubjectsPrefix, "subjects",
			id, codec.CollValue[types.Subject](cdc)),
		payers: attestationtypes.NewIndex(sb, types.PayersPrefix, "payers",
			collections.PairKeyCodec(sdk.AccAddressKey, id)),
		tradelines: collections.NewMap(sb, types.TradelinesPrefix, "tradelines",
			pair, codec.CollValue[types.Tradeline](cdc)),
		furnishers: collections.NewMap(sb, types.FurnishersPrefix, "furnishers",
			collections.PairKeyCodec(id, sdk.AccAddressKey), collcodec.KeyToValueCodec(attestationtypes.TimeKey)),
		consents: collections.NewMap(sb, types.ConsentsPrefix, "consents",
			pair, codec.CollValue[types.Consent](cdc)),
		consentExpiry: attestationtypes.NewIndex(sb, types.ConsentExpiryPrefix, consentQueue,
			collections.TripleKeyCodec(collections.Int64Key, id, id)),
		inquiries: collections.NewMap(sb, types.InquiriesPrefix, "inquiries",
			id, codec.CollValue[types.Inquiry](cdc)),
		inquiryExpiry: attestationtypes.NewIndex(sb, types.InquiryExpiryPrefix, inquiryQueue,
			collections.PairKeyCodec(collections.Int64Key, id)),
		receipts: collections.NewMap(sb, types.ReceiptsPrefix, "receipts",
			collections.PairKeyCodec(id, sdk.AccAddressKey), codec.CollValue[types.Receipt](cdc)),
		trail: collections.NewMap(sb, types.TrailPrefix, "trail",
			collections.PairKeyCodec(id, types.TrailKeyCodec), codec.CollValue[types.TrailEntry](cdc)),
		versions: collections.NewMap(sb, types.VersionsPrefix, "versions",
			collections.PairKeyCodec(id, collections.Uint32Key), codec.CollValue[types.TradelineVersion](cdc)),
		notices: collections.NewMap(sb, types.NoticesPrefix, "notices",
			collections.PairKeyCodec(id, collections.Int32Key), codec.CollValue[types.Notice](cdc)),
		retention:       attestationtypes.NewIndex(sb, types.RetentionQueuePrefix, retentionQueue, dueOf),
		disputes:        collections.NewMap(sb, types.DisputesPrefix, "disputes", id, codec.CollValue[types.Dispute](cdc)),
		subjectDisputes: attestationtypes.NewIndex(sb, types.SubjectDisputesPrefix, "subject_disputes", pair),
		disputeQueue:    attestationtypes.NewIndex(sb, types.DisputeQueuePrefix, disputeQueue, due),
		outcomeQueue: collections.NewMap(sb, types.OutcomeQueuePrefix, outcomeQueue,
			due, codec.CollValue[types.OutcomeCursor](cdc)),
		outcomes: collections.NewMap(sb, types.OutcomesPrefix, "outcomes",
			collections.TripleKeyCodec(sdk.AccAddressKey, attestationtypes.TimeKey, id),
			codec.CollValue[types.OutcomeNote](cdc)),
		changes:     collections.NewMap(sb, types.ChangesPrefix, "changes", id, codec.CollValue[types.SubjectChange](cdc)),
		changeQueue: attestationtypes.NewIndex(sb, types.ChangeQueuePrefix, changeQueue, due),
		usedOrders: attestationtypes.NewIndex(sb, types.UsedOrdersPrefix, orderQueue,
			collections.TripleKeyCodec(attestationtypes.TimeKey, sdk.AccAddressKey, collections.BytesKey)),
		institutionTrail: collections.NewMap(sb, types.InstitutionTrailPrefix, "institution_trail",
			collections.PairKeyCodec(sdk.AccAddressKey, types.TrailKeyCodec), codec.CollValue[types.TrailEntry](cdc)),
		institutionDays: collections.NewMap(sb, types.InstitutionDaysPrefix, "institution_days",
			collections.PairKeyCodec(sdk.AccAddressKey, collections.Uint32Key), codec.CollValue[types.InstitutionDay](cdc)),
		adverseActions: collections.NewMap(sb, types.AdverseActionsPrefix, "adverse_actions",
			id, codec.CollValue[types.AdverseAction](cdc)),
		adverseQueue: attestationtypes.NewIndex(sb, types.AdverseQueuePrefix, adverseQueue, due),
		repairPolicies: collections.NewMap(sb, types.RepairPoliciesPrefix, "repair_policies",
			collections.StringKey, codec.CollValue[types.RepairPolicy](cdc)),
		holds:        collections.NewMap(sb, types.HoldsPrefix, "holds", pair, codec.CollValue[types.LegalHold](cdc)),
		holdQueue:    attestationtypes.NewIndex(sb, types.HoldQueuePrefix, holdQueue, dueOf),
		erasures:     collections.NewMap(sb, types.ErasuresPrefix, "erasures", id, codec.CollValue[types.Erasure](cdc)),
		erasureQueue: attestationtypes.NewIndex(sb, types.ErasureQueuePrefix, erasureQueue, dueOf),
		profiles: collections.NewMap(sb, types.ProfilesPrefix, "profiles",
			collections.StringKey, codec.CollValue[types.Profile](cdc)),
		jurisdictions: collections.NewMap(sb, types.JurisdictionsPrefix, "jurisdictions",
			collections.StringKey, collections.StringValue),
		contracts: collections.NewMap(sb, types.ContractsPrefix, "contracts", id, codec.CollValue[types.Contract](cdc)),
		activeContracts: collections.NewMap(sb, types.ActiveContractsPrefix, "active_contracts",
			collections.Int32Key, collections.BytesValue),
		contractRuns: collections.NewMap(sb, types.ContractRunsPrefix, "contract_runs",
			collections.TripleKeyCodec(id, collections.Uint64Key, id), codec.CollValue[types.ContractRun](cdc)),
		contractChecks: collections.NewMap(sb, types.ContractChecksPrefix, checkQueue,
			dueOf, codec.CollValue[types.ContractCheck](cdc)),
	}
	schema, err := sb.Build()
	if err != nil {
		panic(err) // two collections under one prefix or name: a mistake above, not an input
	}
	k.Schema = schema
	return k
}

// AddRecordHook lets a module above follow the states of tradelines. It is called while the application is wired, never later;
// hooks are told in the order in which they were added.
func (k *Keeper) AddRecordHook(hook types.RecordHook) { k.recordHooks = append(k.recordHooks, hook) }

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
