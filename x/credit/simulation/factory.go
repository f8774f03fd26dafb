package simulation

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/keeper"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// MsgEnrolSubjectsFactory enrols new pseudonyms.
func MsgEnrolSubjectsFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgEnrolSubjects] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgEnrolSubjects) {
		by := e.institution(institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU)
		subjects := make([]types.Enrolment, e.batch(5))
		for i := range subjects {
			subjects[i] = types.Enrolment{Pseudonym: e.randomID().Bytes(), Kind: randomKind(e.r.Rand)}
		}
		return by, &types.MsgEnrolSubjects{Institution: by.AddressBech32, Subjects: subjects}
	})
}

// MsgOfferControlFactory offers a subject without a controller to a random account.
func MsgOfferControlFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgOfferControl] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgOfferControl) {
		subject := pick(e, "subject to offer", k.WalkSubjects, func(s types.Subject) bool {
			return len(s.MergedInto) == 0 && s.Controller == "" && e.can(s.EnrolledBy, institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU)
		})
		to := e.other(subject.EnrolledBy)
		return e.account(subject.EnrolledBy), &types.MsgOfferControl{
			Institution: subject.EnrolledBy, Subject: subject.Pseudonym, Controller: to.AddressBech32,
		}
	})
}

// MsgClaimControlFactory claims a subject that is on offer.
func MsgClaimControlFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgClaimControl] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgClaimControl) {
		subject := pick(e, "subject on offer", k.WalkSubjects, func(s types.Subject) bool {
			return len(s.MergedInto) == 0 && e.data.HasAccount(s.OfferedTo)
		})
		return e.account(subject.OfferedTo), &types.MsgClaimControl{
			Controller: subject.OfferedTo, Subject: subject.Pseudonym,
		}
	})
}

// MsgFurnishFactory reports an account of a random subject.
func MsgFurnishFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgFurnish] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgFurnish) {
		by := e.institution(institutiontypes.ROLE_FURNISHER)
		return by, &types.MsgFurnish{Furnisher: by.AddressBech32, SchemaId: e.schema(), Report: e.report(by, nil)}
	})
}

// MsgFurnishBatchFactory reports some at once.
func MsgFurnishBatchFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgFurnishBatch] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgFurnishBatch) {
		by := e.institution(institutiontypes.ROLE_FURNISHER)
		var reports []types.Report
		for range e.batch(20) {
			reports = append(reports, e.report(by, reports))
		}
		return by, &types.MsgFurnishBatch{Furnisher: by.AddressBech32, SchemaId: e.schema(), Reports: reports}
	})
}

// MsgCorrectFactory corrects a tradeline. The blinded reference of an account is no part of the state, so
// the factory tries the references that accountOf makes.
func MsgCorrectFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgCorrect] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgCorrect) {
		tradeline, account := e.lineToCorrect()
		return e.account(tradeline.Furnisher), &types.MsgCorrect{
			Furnisher: tradeline.Furnisher, SchemaId: e.schema(), Report: e.newVersion(tradeline, account),
			Reason: types.CorrectionReason(1 + e.r.Intn(len(types.CorrectionReason_name)-1)),
		}
	})
}

// MsgGrantConsentFactory lets a random data user look at a subject that controls itself.
func MsgGrantConsentFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgGrantConsent] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgGrantConsent) {
		subject := pick(e, "subject with a controller", k.WalkSubjects, func(s types.Subject) bool {
			return e.data.HasAccount(s.Controller) && len(s.MergedInto) == 0
		})
		grantee := e.institution(institutiontypes.ROLE_DATA_USER)
		params := e.params()
		now := simsx.BlockTime(e.ctx)
		mode, dataLife := types.ConsentMode(1+e.r.Intn(len(types.ConsentMode_name)-1)), time.Duration(0)
		if mode == types.CONSENT_MODE_STORE {
			dataLife = time.Duration(1+e.r.Intn(1000)) * time.Hour
		}
		fetch, frequency := types.CONSENT_FETCH_ONE_TIME, time.Duration(0)
		if e.r.Intn(4) == 0 {
			fetch, frequency = types.CONSENT_FETCH_PERIODIC, time.Duration(1+e.r.Intn(24))*time.Hour
		}
		return e.account(subject.Controller), &types.MsgGrantConsent{
			Controller: subject.Controller,
			Subject:    subject.Pseudonym,
			Grantee:    grantee.AddressBech32,
			Purpose:    e.purpose(),
			SchemaIds:  [][]byte{e.schema()},
			Mode:       mode,
			DataLife:   dataLife,
			Fetch:      fetch,
			Frequency:  frequency,
			Uses:       1 + uint32(e.r.Intn(3)),
			ValidFrom:  now.Add(-time.Second),
			ValidUntil: now.Add(time.Minute + time.Duration(e.r.Int63n(int64(params.MaxConsentValidity-2*time.Minute)))),
			Nonce:      e.nonce(),
		}
	})
}

// MsgWithdrawConsentFactory withdraws a live consent.
func MsgWithdrawConsentFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgWithdrawConsent] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgWithdrawConsent) {
		var controller string
		consent := pick(e, "live consent", k.WalkConsents, func(c types.Consent) bool {
			controller = e.controllerOf(c.Subject)
			return c.Status == types.CONSENT_STATUS_LIVE && e.data.HasAccount(controller)
		})
		return e.account(controller), &types.MsgWithdrawConsent{
			Controller: controller, Subject: consent.Subject, Id: consent.Id,
		}
	})
}

// MsgOpenInquiryFactory looks under a consent, or for a purpose that needs none.
func MsgOpenInquiryFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgOpenInquiry] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgOpenInquiry) {
		if e.r.Intn(4) == 0 {
			by := e.institution(institutiontypes.ROLE_DATA_USER)
			return by, &types.MsgOpenInquiry{
				DataUser: by.AddressBech32,
				Subject:  e.subject(),
				Purpose:  []types.Purpose{types.PURPOSE_LEGAL_ORDER, types.PURPOSE_ACCOUNT_REVIEW}[e.r.Intn(2)],
				Nonce:    e.nonce(),
			}
		}
		now := simsx.BlockTime(e.ctx)
		consent := pick(e, "consent to look", k.WalkConsents, func(c types.Consent) bool {
			return c.Status == types.CONSENT_STATUS_LIVE && !now.Before(c.ValidFrom) && now.Before(c.ValidUntil) &&
				c.Purpose == types.PURPOSE_CREDIT_APPLICATION && e.can(c.Grantee, institutiontypes.ROLE_DATA_USER) &&
				(c.LastUsed == nil || !now.Before(c.LastUsed.Add(c.Frequency))) && e.unlocked(c.Subject)
		})
		return e.account(consent.Grantee), &types.MsgOpenInquiry{
			DataUser: consent.Grantee, Subject: consent.Subject, Purpose: consent.Purpose, ConsentId: consent.Id, Nonce: e.nonce(),
		}
	})
}

// MsgLeaveReceiptFactory lets the data user of an open inquiry, or a furnisher of its subject, answer.
func MsgLeaveReceiptFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgLeaveReceipt] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgLeaveReceipt) {
		now := simsx.BlockTime(e.ctx)
		inquiry := pick(e, "open inquiry", k.WalkInquiries, func(i types.Inquiry) bool {
			return i.Status == types.INQUIRY_STATUS_OPEN && now.Before(i.ExpiresAt) &&
				(e.can(i.DataUser, institutiontypes.ROLE_DATA_USER) || (i.Kind == types.INQUIRY_KIND_OWN && e.data.HasAccount(i.DataUser)))
		})
		by := inquiry.DataUser
		if furnisher := e.furnisherOf(inquiry); furnisher != "" && e.r.Bool() {
			by = furnisher
		}
		return e.account(by), &types.MsgLeaveReceipt{
			Institution: by, InquiryId: inquiry.Id, Digest: e.randomID().Bytes(), Records: uint32(e.r.Intn(10)),
		}
	})
}

// MsgUpdateParamsFactory proposes random parameters.
func MsgUpdateParamsFactory() simsx.SimMsgFactoryFn[*types.MsgUpdateParams] {
	return func(_ context.Context, testData *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgUpdateParams) {
		return nil, &types.MsgUpdateParams{
			Authority: testData.ModuleAccountAddress(reporter, "gov"),
			Params:    randomParams(testData.Rand().Rand),
		}
	}
}

// accountsPerSubject that the simulation reports; see accountOf.
const accountsPerSubject = 8

// accountOf is the n-th blinded reference of a subject in a simulation.
func accountOf(subject []byte, n int) []byte {
	account := append([]byte(nil), subject...)
	account[0] ^= byte(n + 1)
	return account
}

func (e env) params() types.Params {
	params, err := e.k.GetParams(e.ctx)
	if err != nil {
		e.skip("%s", err)
	}
	return params
}

// batch returns a number of items that one message may have.
func (e env) batch(most int) int { return 1 + e.r.Intn(min(most, int(e.params().MaxBatch))) }

func (e env) subject() []byte {
	return pick(e, "subject", e.k.WalkSubjects, func(s types.Subject) bool { return len(s.MergedInto) == 0 }).Pseudonym
}

// unlocked says whether the file of a subject is open to new inquiries for credit.
func (e env) unlocked(subject []byte) bool {
	s, err := e.k.GetSubject(e.ctx, types.ID(subject))
	return err == nil && s.Freeze == nil && len(s.MergedInto) == 0
}

// schema is a built-in one that furnishers report under.
func (e env) schema() []byte {
	builtin := slices.DeleteFunc(attestationtypes.BuiltinSchemas(), func(schema attestationtypes.Schema) bool {
		circuit := slices.ContainsFunc(schema.Fields, func(field attestationtypes.Field) bool { return field.Circuit || field.Summed })
		return circuit || !slices.Contains(schema.IssuerRoles, institutiontypes.ROLE_FURNISHER)
	})
	return builtin[e.r.Intn(len(builtin))].Id
}

func (e env) purpose() types.Purpose {
	return types.Purpose(1 + e.r.Intn(int(types.PURPOSE_LEGAL_ORDER)))
}

// report is about an account that is neither on the chain nor among the others of the batch, and that the furnisher may
// report: where its profile asks for notices, it gave one.
func (e env) report(by simsx.SimAccount, others []types.Report) types.Report {
	report := types.Report{
		Subject: e.subject(), Commitment: e.randomID().Bytes(), Delinquency: e.randomID().Bytes(),
		ShowUntil: simsx.BlockTime(e.ctx).Add(time.Hour + time.Duration(e.r.Int63n(int64(60*24*time.Hour)))),
	}
	first := e.r.Intn(accountsPerSubject)
	for i := range accountsPerSubject {
		report.Account = accountOf(report.Subject, (first+i)%accountsPerSubject)
		taken := slices.ContainsFunc(others, func(o types.Report) bool { return bytes.Equal(o.Account, report.Account) })
		if !taken && e.k.CanFurnish(e.ctx, by.Address, report) {
			return report
		}
	}
	e.skip("no account left to report of subject %x", report.Subject)
	return types.Report{}
}

// furnisherOf returns a furnisher that may still leave a receipt, or "".
func (e env) furnisherOf(inquiry types.Inquiry) (furnisher string) {
	err := e.k.WalkTradelines(e.ctx, types.ID(inquiry.Subject), func(t types.Tradeline) (bool, error) {
		if !bytes.Equal(t.Subject, inquiry.Subject) {
			return true, nil
		}
		if t.Furnisher == inquiry.DataUser || !e.can(t.Furnisher, institutiontypes.ROLE_FURNISHER) {
			return false, nil
		}
		left, err := e.k.HasReceipt(e.ctx, types.ID(inquiry.Id), e.account(t.Furnisher).Address)
		if err == nil && !left {
			furnisher = t.Furnisher
		}
		return furnisher != "", err
	})
	if err != nil {
		e.skip("%s", err)
	}
	return furnisher
}
