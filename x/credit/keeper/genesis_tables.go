package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

type genesis = types.GenesisState

// tables are all collections of records but the profiles, which their own setter writes.
func (k *Keeper) tables() []table {
	tables := k.fileTables()
	tables = append(tables, k.rightsTables()...)
	tables = append(tables, k.institutionTables()...)
	return append(tables, k.contractTables()...)
}

// fileTables are what a subject's file consists of.
func (k *Keeper) fileTables() []table {
	return []table{
		tableOf("subjects", k.subjects, func(gs *genesis) *[]types.Subject { return &gs.Subjects },
			always(func(id types.ID, s types.Subject) types.Subject { s.Pseudonym = id.Bytes(); return s }),
			func(s types.Subject) (types.ID, types.Subject, error) {
				id := types.ID(s.Pseudonym)
				s.Pseudonym = nil
				return id, s, nil
			}),
		tableOf("changes", k.changes, func(gs *genesis) *[]types.SubjectChange { return &gs.Changes },
			always(func(id types.ID, c types.SubjectChange) types.SubjectChange { c.Subject = id.Bytes(); return c }),
			func(c types.SubjectChange) (types.ID, types.SubjectChange, error) {
				id := types.ID(c.Subject)
				c.Subject = nil
				return id, c, nil
			}),
		tableOf("tradelines", k.tradelines, func(gs *genesis) *[]types.Tradeline { return &gs.Tradelines }, always(fullTradeline),
			func(t types.Tradeline) (ofSubject, types.Tradeline, error) {
				key := collections.Join(types.ID(t.Subject), types.ID(t.Id))
				t.Subject, t.Id = nil, nil
				return key, t, nil
			}),
		tableOf("versions", k.versions, func(gs *genesis) *[]types.TradelineVersion { return &gs.Versions },
			always(func(key collections.Pair[types.ID, uint32], v types.TradelineVersion) types.TradelineVersion {
				v.TradelineId, v.Version = key.K1().Bytes(), key.K2()
				return v
			}),
			func(v types.TradelineVersion) (collections.Pair[types.ID, uint32], types.TradelineVersion, error) {
				key := collections.Join(types.ID(v.TradelineId), v.Version)
				v.TradelineId, v.Version = nil, 0
				return key, v, nil
			}),
		tableOf("notices", k.notices, func(gs *genesis) *[]types.Notice { return &gs.Notices },
			always(func(key collections.Pair[types.ID, int32], n types.Notice) types.Notice {
				n.TradelineId, n.Kind = key.K1().Bytes(), types.NoticeKind(key.K2())
				return n
			}),
			func(n types.Notice) (collections.Pair[types.ID, int32], types.Notice, error) {
				key := collections.Join(types.ID(n.TradelineId), int32(n.Kind))
				n.TradelineId, n.Kind = nil, 0
				return key, n, nil
			}),
		tableOf("consents", k.consents, func(gs *genesis) *[]types.Consent { return &gs.Consents }, always(fullConsent),
			func(c types.Consent) (ofSubject, types.Consent, error) {
				key := collections.Join(types.ID(c.Subject), types.ID(c.Id))
				c.Subject, c.Id = nil, nil
				return key, c, nil
			}),
		tableOf("inquiries", k.inquiries, func(gs *genesis) *[]types.Inquiry { return &gs.Inquiries },
			always(func(id types.ID, i types.Inquiry) types.Inquiry { i.Id = id.Bytes(); return i }),
			func(i types.Inquiry) (types.ID, types.Inquiry, error) {
				id := types.ID(i.Id)
				i.Id = nil
				return id, i, nil
			}),
		tableOf("receipts", k.receipts, func(gs *genesis) *[]types.Receipt { return &gs.Receipts }, k.fullReceipt,
			func(r types.Receipt) (collections.Pair[types.ID, sdk.AccAddress], types.Receipt, error) {
				by, err := k.canonical("institution", r.Institution)
				key := collections.Join(types.ID(r.InquiryId), by)
				r.InquiryId, r.Institution = nil, ""
				return key, r, err
			}),
		tableOf("trail", k.trail, func(gs *genesis) *[]types.TrailEntry { return &gs.Trail }, k.trailEntry,
			func(e types.TrailEntry) (collections.Pair[types.ID, types.TrailKey], types.TrailEntry, error) {
				by, err := k.canonical("actor", e.Actor)
				key := types.TrailKey{Height: e.Height, Ref: types.ID(e.Ref), Kind: e.Kind, Actor: by}
				return collections.Join(types.ID(e.Subject), key), types.TrailEntry{Time: e.Time, Purpose: e.Purpose}, err
			}),
	}
}

// rightsTables are disputes, erasures and what keeps or repairs records.
func (k *Keeper) rightsTables() []table {
	return []table{
		tableOf("disputes", k.disputes, func(gs *genesis) *[]types.Dispute { return &gs.Disputes },
			always(func(id types.ID, d types.Dispute) types.Dispute { d.Id = id.Bytes(); return d }),
			func(d types.Dispute) (types.ID, types.Dispute, error) {
				id := types.ID(d.Id)
				d.Id = nil
				return id, d, nil
			}),
		tableOf("outcome cursors", k.outcomeQueue, func(gs *genesis) *[]types.OutcomeCursor { return &gs.OutcomeCursors },
			always(func(key deadline, c types.OutcomeCursor) types.OutcomeCursor {
				c.ClosedAt, c.DisputeId = key.K1(), key.K2().Bytes()
				return c
			}),
			func(c types.OutcomeCursor) (deadline, types.OutcomeCursor, error) {
				key := collections.Join(c.ClosedAt, types.ID(c.DisputeId))
				c.ClosedAt, c.DisputeId = time.Time{}, nil
				return key, c, nil
			}),
		tableOf("repair policies", k.repairPolicies, func(gs *genesis) *[]types.RepairPolicy { return &gs.RepairPolicies },
			always(func(name string, p types.RepairPolicy) types.RepairPolicy { p.Name = name; return p }),
			func(p types.RepairPolicy) (string, types.RepairPolicy, error) {
				name := p.Name
				p.Name = ""
				return name, p, nil
			}),
		tableOf("holds", k.holds, func(gs *genesis) *[]types.LegalHold { return &gs.Holds },
			always(func(key ofSubject, h types.LegalHold) types.LegalHold {
				h.Subject, h.Id = key.K1().Bytes(), key.K2().Bytes()
				return h
			}),
			func(h types.LegalHold) (ofSubject, types.LegalHold, error) {
				key := collections.Join(types.ID(h.Subject), types.ID(h.Id))
				h.Subject, h.Id = nil, nil
				return key, h, nil
			}),
		tableOf("erasures", k.erasures, func(gs *genesis) *[]types.Erasure { return &gs.Erasures },
			always(func(id types.ID, e types.Erasure) types.Erasure { e.TradelineId = id.Bytes(); return e }),
			func(e types.Erasure) (types.ID, types.Erasure, error) {
				id := types.ID(e.TradelineId)
				e.TradelineId = nil
				return id, e, nil
			}),
		tableOf("adverse actions", k.adverseActions, func(gs *genesis) *[]types.AdverseAction { return &gs.AdverseActions },
			always(func(id types.ID, a types.AdverseAction) types.AdverseAction { a.InquiryId = id.Bytes(); return a }),
			func(a types.AdverseAction) (types.ID, types.AdverseAction, error) {
				id := types.ID(a.InquiryId)
				a.InquiryId = nil
				return id, a, nil
			}),
		k.usedOrderTable(),
	}
}

// usedOrderTable is a set: an order that was used has nothing but its key.
func (k *Keeper) usedOrderTable() table {
	return table{
		name: "used orders",
		read: func(ctx context.Context, gs *genesis) error {
			return k.usedOrders.Walk(ctx, nil, func(key collections.Triple[time.Time, sdk.AccAddress, []byte]) (bool, error) {
				account, err := k.accounts.AddressCodec().BytesToString(key.K2())
				gs.UsedOrders = append(gs.UsedOrders, types.UsedOrder{Deadline: key.K1(), Account: account, Nonce: key.K3()})
				return false, err
			})
		},
		write: func(ctx context.Context, gs *genesis) error {
			for _, order := range gs.UsedOrders {
				account, err := k.canonical("account", order.Account)
				if err != nil {
					return err
				}
				if err := k.usedOrders.Set(ctx, collections.Join3(order.Deadline, account, order.Nonce)); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
