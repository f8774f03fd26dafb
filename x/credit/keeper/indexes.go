package keeper

import (
	"bytes"
	"context"
	"slices"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// index is a set of keys that follows from the records: a queue of what is due, or a way to find records. Genesis writes
// it, and the invariants compare it with what is there.
type index interface {
	write(ctx context.Context) error
	check(ctx context.Context) error
}

type indexOf[K any] struct {
	name string
	set  collections.KeySet[K]
	keys []K // may have a key twice
}

func (i *indexOf[K]) add(key K) { i.keys = append(i.keys, key) }

func (i *indexOf[K]) write(ctx context.Context) error {
	for _, key := range i.keys {
		if err := i.set.Set(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

func (i *indexOf[K]) check(ctx context.Context) error {
	wanted := make(map[string]struct{}, len(i.keys)) // asked, never walked
	for _, key := range i.keys {
		bz, err := collections.EncodeKeyWithPrefix(nil, i.set.KeyCodec(), key)
		if err != nil {
			return err
		}
		wanted[string(bz)] = struct{}{}
		has, err := i.set.Has(ctx, key)
		if err != nil {
			return err
		}
		if !has {
			return types.ErrInvariant.Wrapf("%s: %s is missing", i.name, i.set.KeyCodec().Stringify(key))
		}
	}
	err := i.set.Walk(ctx, nil, func(key K) (bool, error) {
		bz, err := collections.EncodeKeyWithPrefix(nil, i.set.KeyCodec(), key)
		if _, found := wanted[string(bz)]; err == nil && !found {
			err = types.ErrInvariant.Wrapf("%s: %s follows from no record", i.name, i.set.KeyCodec().Stringify(key))
		}
		return err != nil, err
	})
	if err != nil {
		return types.ErrInvariant.Wrapf("%s: %s", i.name, err)
	}
	return nil
}

// activeIndex are the contracts that run, by trigger.
type activeIndex struct {
	k         *Keeper
	contracts []types.Contract
}

func (i *activeIndex) write(ctx context.Context) error {
	for _, c := range i.contracts {
		if c.Status == types.CONTRACT_STATUS_ACTIVE {
			if err := i.k.setActive(ctx, c, true); err != nil {
				return err
			}
		}
	}
	return nil
}

func (i *activeIndex) check(ctx context.Context) error {
	wanted := map[int32][]types.ID{} // asked, never walked
	for _, c := range i.contracts {
		if trigger := int32(c.Code.Trigger); c.Status == types.CONTRACT_STATUS_ACTIVE {
			wanted[trigger] = append(wanted[trigger], types.ID(c.Id))
		}
	}
	triggers := 0
	err := i.k.activeContracts.Walk(ctx, nil, func(trigger int32, list []byte) (bool, error) {
		ids := wanted[trigger]
		slices.SortFunc(ids, compareIDs)
		if !bytes.Equal(list, joinIDs(ids)) {
			return true, types.ErrInvariant.Wrapf("active contracts: those of trigger %d are not the active ones", trigger)
		}
		triggers++
		return false, nil
	})
	if err == nil && triggers != len(wanted) {
		err = types.ErrInvariant.Wrap("active contracts: a trigger is missing")
	}
	return err
}

// indexes are all sets of keys that follow from the records.
func (k *Keeper) indexes(gs *types.GenesisState) ([]index, error) {
	payers := &indexOf[collections.Pair[sdk.AccAddress, types.ID]]{name: "payers", set: k.payers}
	for _, s := range gs.Subjects {
		for _, payer := range []string{s.Controller, s.OfferedTo} {
			if payer == "" {
				continue
			}
			account, err := k.canonical("controller or offered_to", payer)
			if err != nil {
				return nil, err
			}
			payers.add(collections.Join(account, types.ID(s.Pseudonym)))
		}
	}
	furnishers, err := k.firstReports(gs)
	if err != nil {
		return nil, err
	}
	disputes := &indexOf[ofSubject]{name: "disputes of subjects", set: k.subjectDisputes}
	for _, d := range gs.Disputes {
		disputes.add(collections.Join(types.ID(d.Subject), types.ID(d.Id)))
	}
	return append([]index{payers, furnishers, &activeIndex{k, gs.Contracts}, disputes}, k.queues(gs)...), nil
}

// queues are what is due, by the records.
func (k *Keeper) queues(gs *types.GenesisState) []index {
	consents := &indexOf[consentDeadline]{name: consentQueue, set: k.consentExpiry}
	for _, c := range gs.Consents {
		if c.Status == types.CONSENT_STATUS_LIVE {
			consents.add(consentExpiryKey(c))
		}
	}
	inquiries := &indexOf[inquiryDeadline]{name: inquiryQueue, set: k.inquiryExpiry}
	for _, i := range gs.Inquiries {
		if !i.Settled {
			inquiries.add(inquiryExpiryKey(i))
		}
	}
	retention := &indexOf[deadlineOf]{name: retentionQueue, set: k.retention}
	for _, t := range gs.Tradelines {
		if t.State != types.RECORD_STATE_EXPIRED && t.State != types.RECORD_STATE_ERASED {
			retention.add(collections.Join3(t.ShowUntil, types.ID(t.Subject), types.ID(t.Id)))
		}
	}
	disputes := &indexOf[deadline]{name: disputeQueue, set: k.disputeQueue}
	for _, d := range gs.Disputes {
		if d.HasClock() {
			disputes.add(collections.Join(d.DueAt, types.ID(d.Id)))
		}
	}
	changes := &indexOf[deadline]{name: changeQueue, set: k.changeQueue}
	for _, c := range gs.Changes {
		changes.add(changeKey(c))
	}
	adverse := &indexOf[deadline]{name: adverseQueue, set: k.adverseQueue}
	for _, a := range gs.AdverseActions {
		if a.GivenAt == nil && !a.Overdue {
			adverse.add(collections.Join(a.DueAt, types.ID(a.InquiryId)))
		}
	}
	holds := &indexOf[deadlineOf]{name: holdQueue, set: k.holdQueue}
	for _, h := range gs.Holds {
		holds.add(collections.Join3(h.Until, types.ID(h.Subject), types.ID(h.Id)))
	}
	erasures := &indexOf[deadlineOf]{name: erasureQueue, set: k.erasureQueue}
	for _, e := range gs.Erasures {
		if e.Status == types.ERASURE_STATUS_REQUESTED {
			erasures.add(collections.Join3(*e.DueAt, types.ID(e.Subject), types.ID(e.TradelineId)))
		}
	}
	return []index{consents, inquiries, retention, disputes, changes, adverse, holds, erasures}
}
