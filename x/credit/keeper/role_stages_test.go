package keeper_test

import (
	"context"
	"time"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// watch is a supervisor, and bob another account of alice.
var (
	watch = testutil.Address("watch")
	bob   = testutil.Address("bob")
)

// stage is a chain on which a message is about to be sent.
type stage struct{ *fixture }

// sender sends the message of a stage as somebody.
func sender[Req, Res any](s *stage, handle func(context.Context, Req) (Res, error), as func(string) Req) func(string) error {
	return func(signer string) error {
		_, err := send(s.fixture, handle, as(signer))
		return err
	}
}

// stages have everything that a use of a message needs, and name the institution whose right it is. Where it is no
// institution's it is bank.
var stages = map[string]func(*stage) (sdk.AccAddress, func(string) error){
	"MsgEnrolSubjects": func(s *stage) (sdk.AccAddress, func(string) error) {
		return bank, sender(s, s.msg.EnrolSubjects, func(by string) *types.MsgEnrolSubjects {
			msg := enrolment()
			msg.Institution = by
			return msg
		})
	},
	"MsgOfferControl": func(s *stage) (sdk.AccAddress, func(string) error) {
		must(s.fixture, s.msg.EnrolSubjects, enrolment())
		return bank, sender(s, s.msg.OfferControl, func(by string) *types.MsgOfferControl {
			return &types.MsgOfferControl{Institution: by, Subject: subject, Controller: bob.String()}
		})
	},
	"MsgClaimControl": func(s *stage) (sdk.AccAddress, func(string) error) {
		must(s.fixture, s.msg.EnrolSubjects, enrolment())
		must(s.fixture, s.msg.OfferControl, offer())
		return bank, sender(s, s.msg.ClaimControl, func(by string) *types.MsgClaimControl {
			return &types.MsgClaimControl{Controller: by, Subject: subject}
		})
	},
	"MsgRotateControl": func(s *stage) (sdk.AccAddress, func(string) error) {
		s.file()
		return bank, sender(s, s.msg.RotateControl, func(by string) *types.MsgRotateControl {
			return &types.MsgRotateControl{Controller: by, Subject: subject, NewController: bob.String()}
		})
	},
	"MsgProposeRecovery": func(s *stage) (sdk.AccAddress, func(string) error) {
		s.file()
		return bank, sender(s, s.msg.ProposeRecovery, func(by string) *types.MsgProposeRecovery {
			return &types.MsgProposeRecovery{Institution: by, Subject: subject, Controller: bob.String()}
		})
	},
	"MsgProposeMerge": func(s *stage) (sdk.AccAddress, func(string) error) {
		s.file()
		s.another()
		return bank, sender(s, s.msg.ProposeMerge, func(by string) *types.MsgProposeMerge {
			return &types.MsgProposeMerge{Institution: by, Subject: some("another"), Into: subject}
		})
	},
	"MsgApproveChange": func(s *stage) (sdk.AccAddress, func(string) error) {
		s.file()
		must(s.fixture, s.msg.ProposeRecovery, &types.MsgProposeRecovery{Institution: bureau.String(), Subject: subject, Controller: bob.String()})
		return bank, sender(s, s.msg.ApproveChange, func(by string) *types.MsgApproveChange {
			return &types.MsgApproveChange{Institution: by, Subject: subject, Kind: types.CHANGE_KIND_RECOVERY, Target: bob}
		})
	},
	"MsgCancelChange": func(s *stage) (sdk.AccAddress, func(string) error) {
		s.file()
		must(s.fixture, s.msg.ProposeRecovery, &types.MsgProposeRecovery{Institution: bank.String(), Subject: subject, Controller: bob.String()})
		return bank, sender(s, s.msg.CancelChange, func(by string) *types.MsgCancelChange {
			return &types.MsgCancelChange{Signer: by, Subject: subject}
		})
	},
	"MsgSubmitSigned": func(s *stage) (sdk.AccAddress, func(string) error) {
		key := secp256k1.GenPrivKeyFromSecret([]byte("bob"))
		account := sdk.AccAddress(key.PubKey().Address())
		must(s.fixture, s.msg.EnrolSubjects, enrolment())
		must(s.fixture, s.msg.OfferControl, &types.MsgOfferControl{Institution: bank.String(), Subject: subject, Controller: account.String()})
		order := &types.MsgClaimControl{Controller: account.String(), Subject: subject}
		until := s.ctx.BlockTime().Add(time.Hour)
		msg, err := types.NewOrder("chain", order, until, some("nonce")[:types.NonceSize], key.PubKey().Bytes(), key.Sign)
		s.ctx = s.ctx.WithChainID("chain")
		return bank, sender(s, s.msg.SubmitSigned, func(by string) *types.MsgSubmitSigned {
			if err != nil {
				panic(err) // the order is valid: a mistake above
			}
			copied := *msg
			copied.Submitter = by
			return &copied
		})
	},
	"MsgGiveNotices": func(s *stage) (sdk.AccAddress, func(string) error) {
		s.file()
		return bank, sender(s, s.msg.GiveNotices, func(by string) *types.MsgGiveNotices {
			return noticeOf(by, types.NOTICE_KIND_NEGATIVE_REPORTING, "account")
		})
	},
	"MsgFurnish": func(s *stage) (sdk.AccAddress, func(string) error) {
		s.file()
		return bank, sender(s, s.msg.Furnish, func(by string) *types.MsgFurnish {
			return &types.MsgFurnish{Furnisher: by, SchemaId: s.schema, Report: report("new account", "new v1")}
		})
	},
	"MsgFurnishBatch": func(s *stage) (sdk.AccAddress, func(string) error) {
		s.file()
		return bank, sender(s, s.msg.FurnishBatch, func(by string) *types.MsgFurnishBatch {
			return &types.MsgFurnishBatch{Furnisher: by, SchemaId: s.schema, Reports: []types.Report{report("new", "new v1"), report("newer", "newer v1")}}
		})
	},
	"MsgCorrect": func(s *stage) (sdk.AccAddress, func(string) error) {
		s.file()
		return bank, sender(s, s.msg.Correct, func(by string) *types.MsgCorrect {
			return &types.MsgCorrect{Furnisher: by, SchemaId: s.schema, Report: report("account", "v2"), Reason: types.CORRECTION_REASON_ERROR}
		})
	},
	"MsgUpdateBatch": func(s *stage) (sdk.AccAddress, func(string) error) {
		s.file()
		return bank, sender(s, s.msg.UpdateBatch, func(by string) *types.MsgUpdateBatch {
			return &types.MsgUpdateBatch{Furnisher: by, SchemaId: s.schema, Reports: []types.Report{report("account", "v2")}}
		})
	},
	"MsgDeclareRepaid": func(s *stage) (sdk.AccAddress, func(string) error) {
		s.file()
		must(s.fixture, s.msg.SetRepairPolicy, repairPolicy(authority.String()))
		return bank, sender(s, s.msg.DeclareRepaid, func(by string) *types.MsgDeclareRepaid {
			return &types.MsgDeclareRepaid{Furnisher: by, Policy: "once", Repaid: []types.Repaid{{
				Subject: subject, TradelineId: lineOf(bank), AmountClass: types.AMOUNT_CLASS_SMALL, RepaidAt: testutil.Now,
			}}}
		})
	},
	"MsgGrantConsent": func(s *stage) (sdk.AccAddress, func(string) error) {
		s.file()
		return bank, sender(s, s.msg.GrantConsent, s.agreement)
	},
	"MsgWithdrawConsent": func(s *stage) (sdk.AccAddress, func(string) error) {
		s.file()
		id := must(s.fixture, s.msg.GrantConsent, s.agreement(alice.String())).Id
		return bank, sender(s, s.msg.WithdrawConsent, func(by string) *types.MsgWithdrawConsent {
			return &types.MsgWithdrawConsent{Controller: by, Subject: subject, Id: id}
		})
	},
	"MsgSetProfile": func(s *stage) (sdk.AccAddress, func(string) error) {
		return bank, sender(s, s.msg.SetProfile, func(by string) *types.MsgSetProfile {
			return &types.MsgSetProfile{Authority: by, Profile: types.ChinaProfile()}
		})
	},
	"MsgSetRepairPolicy": func(s *stage) (sdk.AccAddress, func(string) error) {
		return bank, sender(s, s.msg.SetRepairPolicy, repairPolicy)
	},
	"MsgUpdateParams": func(s *stage) (sdk.AccAddress, func(string) error) {
		return bank, sender(s, s.msg.UpdateParams, func(by string) *types.MsgUpdateParams {
			return &types.MsgUpdateParams{Authority: by, Params: types.DefaultParams()}
		})
	},
}

// file has alice in control of her pseudonym, with one tradeline of bank, and a supervisor on the chain.
func (s *stage) file() {
	must(s.fixture, s.msg.EnrolSubjects, enrolment())
	must(s.fixture, s.msg.OfferControl, offer())
	must(s.fixture, s.msg.ClaimControl, claim())
	must(s.fixture, s.msg.Furnish, s.furnishMsg())
	s.institutions.License(watch, institutiontypes.ROLE_SUPERVISOR)
	s.next(time.Second)
}

// another has a second pseudonym, without a controller.
func (s *stage) another() {
	msg := enrolment()
	msg.Subjects[0].Pseudonym = some("another")
	must(s.fixture, s.msg.EnrolSubjects, msg)
}

func (s *stage) agreement(by string) *types.MsgGrantConsent {
	return &types.MsgGrantConsent{
		Controller: by, Subject: subject, Grantee: lender.String(), Purpose: types.PURPOSE_CREDIT_APPLICATION,
		SchemaIds: [][]byte{s.schema}, Mode: types.CONSENT_MODE_VIEW, Uses: 2, Fetch: types.CONSENT_FETCH_ONE_TIME,
		ValidUntil: s.ctx.BlockTime().Add(24 * time.Hour), Nonce: some("nonce")[:types.NonceSize],
	}
}

// lineOf is the id of the tradeline that a furnisher has in file.
func lineOf(furnisher sdk.AccAddress) []byte {
	return types.TradelineID(furnisher, subject, some("account")).Bytes()
}

func noticeOf(by string, kind types.NoticeKind, account string) *types.MsgGiveNotices {
	return &types.MsgGiveNotices{Furnisher: by, Kind: kind, Notices: []types.GivenNotice{{
		Subject: subject, Account: some(account), Commitment: some("notice"),
	}}}
}

func repairPolicy(by string) *types.MsgSetRepairPolicy {
	return &types.MsgSetRepairPolicy{Authority: by, Policy: types.RepairPolicy{
		Name: "once", AmountClass: types.AMOUNT_CLASS_MEDIUM, ReportedFrom: testutil.Now.AddDate(-1, 0, 0),
		ReportedUntil: testutil.Now.AddDate(1, 0, 0), RepaidBy: testutil.Now.AddDate(1, 0, 0), DeclareUntil: testutil.Now.AddDate(1, 0, 0),
	}}
}
