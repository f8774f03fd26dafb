package keeper_test

import (
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func init() {
	for use, begin := range map[string]func(*stage) (sdk.AccAddress, func(string) error){
		"MsgOpenInquiry": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			return lender, sender(s, s.msg.OpenInquiry, ordered)
		},
		"MsgOpenInquiry/supervision": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			return watch, sender(s, s.msg.OpenInquiry, func(by string) *types.MsgOpenInquiry {
				msg := ordered(by)
				msg.Purpose = types.PURPOSE_SUPERVISION
				return msg
			})
		},
		"MsgOpenOwnInquiry": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			return bank, sender(s, s.msg.OpenOwnInquiry, func(by string) *types.MsgOpenOwnInquiry {
				return &types.MsgOpenOwnInquiry{Controller: by, Subject: subject, Nonce: some("own")[:types.NonceSize]}
			})
		},
		"MsgApproveInquiry": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			s.active("second", types.ContractCode{
				Trigger: types.CONTRACT_TRIGGER_INQUIRY, Condition: "true", Action: types.CONTRACT_ACTION_SECOND_APPROVAL, CostLimit: 100,
			})
			id := must(s.fixture, s.msg.OpenInquiry, ordered(lender.String())).Id
			return bureau, sender(s, s.msg.ApproveInquiry, func(by string) *types.MsgApproveInquiry {
				return &types.MsgApproveInquiry{Institution: by, InquiryId: id}
			})
		},
		"MsgLeaveReceipt": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			id := must(s.fixture, s.msg.OpenInquiry, ordered(lender.String())).Id
			return lender, sender(s, s.msg.LeaveReceipt, receiptFor(id))
		},
		"MsgLeaveReceipt/furnisher": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			id := must(s.fixture, s.msg.OpenInquiry, ordered(lender.String())).Id
			return bank, sender(s, s.msg.LeaveReceipt, receiptFor(id))
		},
		"MsgLeaveReceipt/own": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			own := &types.MsgOpenOwnInquiry{Controller: alice.String(), Subject: subject, Nonce: some("own")[:types.NonceSize]}
			id := must(s.fixture, s.msg.OpenOwnInquiry, own).Id
			return bank, sender(s, s.msg.LeaveReceipt, receiptFor(id))
		},
		"MsgRecordAdverseAction": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			id := must(s.fixture, s.msg.OpenInquiry, ordered(lender.String())).Id
			must(s.fixture, s.msg.LeaveReceipt, receiptFor(id)(lender.String()))
			return lender, sender(s, s.msg.RecordAdverseAction, func(by string) *types.MsgRecordAdverseAction {
				return &types.MsgRecordAdverseAction{DataUser: by, InquiryId: id, Notice: some("notice")}
			})
		},
		"MsgFreeze": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			return bank, sender(s, s.msg.Freeze, frozenBy)
		},
		"MsgLiftFreeze": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			must(s.fixture, s.msg.Freeze, frozenBy(alice.String()))
			return bank, sender(s, s.msg.LiftFreeze, func(by string) *types.MsgLiftFreeze {
				return &types.MsgLiftFreeze{Controller: by, Subject: subject}
			})
		},
		"MsgPlaceFraudAlert": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			return bank, sender(s, s.msg.PlaceFraudAlert, alertBy)
		},
		"MsgLiftFraudAlert": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			must(s.fixture, s.msg.PlaceFraudAlert, alertBy(alice.String()))
			return bank, sender(s, s.msg.LiftFraudAlert, func(by string) *types.MsgLiftFraudAlert {
				return &types.MsgLiftFraudAlert{Controller: by, Subject: subject}
			})
		},
		"MsgOpenDispute": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			return bank, sender(s, s.msg.OpenDispute, disputeBy)
		},
		"MsgExtendDispute": func(s *stage) (sdk.AccAddress, func(string) error) {
			id := s.opened()
			return bank, sender(s, s.msg.ExtendDispute, func(by string) *types.MsgExtendDispute {
				return &types.MsgExtendDispute{Signer: by, Id: id, Facts: some("facts")}
			})
		},
		"MsgExtendDispute/furnisher": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			s.institutions.Amend(bank, func(i *institutiontypes.Institution) { i.Jurisdiction = "DE" })
			id := must(s.fixture, s.msg.OpenDispute, disputeBy(alice.String())).Id
			return bank, sender(s, s.msg.ExtendDispute, func(by string) *types.MsgExtendDispute {
				return &types.MsgExtendDispute{Signer: by, Id: id}
			})
		},
		"MsgAnswerDispute": func(s *stage) (sdk.AccAddress, func(string) error) {
			return bank, sender(s, s.msg.AnswerDispute, answer(s.opened(), types.DISPUTE_OUTCOME_VERIFIED))
		},
		"MsgEscalateDispute": func(s *stage) (sdk.AccAddress, func(string) error) {
			return bank, sender(s, s.msg.EscalateDispute, escalation(s.answered(types.DISPUTE_OUTCOME_VERIFIED)))
		},
		"MsgDecideDispute": func(s *stage) (sdk.AccAddress, func(string) error) {
			id := s.answered(types.DISPUTE_OUTCOME_VERIFIED)
			must(s.fixture, s.msg.EscalateDispute, escalation(id)(alice.String()))
			return bureau, sender(s, s.msg.DecideDispute, func(by string) *types.MsgDecideDispute {
				return &types.MsgDecideDispute{Mediator: by, Id: id, Outcome: types.DISPUTE_OUTCOME_DELETED, Evidence: some("evidence")}
			})
		},
		"MsgAddStatement": func(s *stage) (sdk.AccAddress, func(string) error) {
			id := s.answered(types.DISPUTE_OUTCOME_VERIFIED)
			return bank, sender(s, s.msg.AddStatement, func(by string) *types.MsgAddStatement {
				return &types.MsgAddStatement{Controller: by, Id: id, Statement: some("statement")}
			})
		},
		"MsgReinsert": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.answered(types.DISPUTE_OUTCOME_DELETED)
			s.next(time.Hour)
			must(s.fixture, s.msg.GiveNotices, noticeOf(bank.String(), types.NOTICE_KIND_REINSERTION, "account"))
			s.next(10 * 24 * time.Hour)
			return bank, sender(s, s.msg.Reinsert, func(by string) *types.MsgReinsert {
				return &types.MsgReinsert{Furnisher: by, Subject: subject, TradelineId: lineOf(bank), Evidence: some("evidence")}
			})
		},
		"MsgRequestErasure": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			return bank, sender(s, s.msg.RequestErasure, erasureBy)
		},
		"MsgRefuseErasure": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			must(s.fixture, s.msg.RequestErasure, erasureBy(alice.String()))
			return bank, sender(s, s.msg.RefuseErasure, func(by string) *types.MsgRefuseErasure {
				return &types.MsgRefuseErasure{
					Furnisher: by, TradelineId: lineOf(bank), Ground: types.ERASURE_GROUND_CLAIMS, Evidence: some("evidence"),
				}
			})
		},
		"MsgAttestDestruction": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			must(s.fixture, s.msg.RequestErasure, erasureBy(alice.String()))
			return bank, sender(s, s.msg.AttestDestruction, func(by string) *types.MsgAttestDestruction {
				return &types.MsgAttestDestruction{Furnisher: by, Subject: subject, TradelineId: lineOf(bank), Evidence: some("evidence")}
			})
		},
		"MsgPlaceHold": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			return watch, sender(s, s.msg.PlaceHold, s.hold)
		},
		"MsgLiftHold": func(s *stage) (sdk.AccAddress, func(string) error) {
			s.file()
			id := must(s.fixture, s.msg.PlaceHold, s.hold(watch.String())).Id
			return watch, sender(s, s.msg.LiftHold, func(by string) *types.MsgLiftHold {
				return &types.MsgLiftHold{Supervisor: by, Subject: subject, Id: id}
			})
		},
		"MsgProposeContract": func(s *stage) (sdk.AccAddress, func(string) error) {
			return bank, sender(s, s.msg.ProposeContract, func(by string) *types.MsgProposeContract {
				return &types.MsgProposeContract{Institution: by, Name: "refuse", Version: 1, Code: refusing()}
			})
		},
		"MsgApproveContract": func(s *stage) (sdk.AccAddress, func(string) error) {
			id := s.proposed("refuse", refusing())
			return bank, sender(s, s.msg.ApproveContract, func(by string) *types.MsgApproveContract {
				return &types.MsgApproveContract{Authority: by, Id: id}
			})
		},
		"MsgPauseContract": func(s *stage) (sdk.AccAddress, func(string) error) {
			id := s.active("refuse", refusing())
			return bank, sender(s, s.msg.PauseContract, func(by string) *types.MsgPauseContract {
				return &types.MsgPauseContract{Authority: by, Id: id, Paused: true}
			})
		},
		"MsgRetireContract": func(s *stage) (sdk.AccAddress, func(string) error) {
			id := s.active("refuse", refusing())
			return bank, sender(s, s.msg.RetireContract, func(by string) *types.MsgRetireContract {
				return &types.MsgRetireContract{Authority: by, Id: id}
			})
		},
	} {
		stages[use] = begin
	}
}

// opened has a dispute of bank's tradeline, answered one with its answer, and both return its id.
func (s *stage) opened() []byte {
	s.file()
	return must(s.fixture, s.msg.OpenDispute, disputeBy(alice.String())).Id
}

func (s *stage) answered(outcome types.DisputeOutcome) []byte {
	id := s.opened()
	must(s.fixture, s.msg.AnswerDispute, answer(id, outcome)(bank.String()))
	return id
}

func (s *stage) proposed(name string, code types.ContractCode) []byte {
	return must(s.fixture, s.msg.ProposeContract, &types.MsgProposeContract{Institution: bank.String(), Name: name, Version: 1, Code: code}).Id
}

func (s *stage) active(name string, code types.ContractCode) []byte {
	id := s.proposed(name, code)
	must(s.fixture, s.msg.ApproveContract, &types.MsgApproveContract{Authority: authority.String(), Id: id})
	return id
}

func (s *stage) hold(by string) *types.MsgPlaceHold {
	return &types.MsgPlaceHold{
		Supervisor: by, Subject: subject, Order: some("order"), Until: s.ctx.BlockTime().Add(time.Hour), Nonce: some("hold")[:types.NonceSize],
	}
}

// refusing is a contract that would refuse every inquiry.
func refusing() types.ContractCode {
	return types.ContractCode{Trigger: types.CONTRACT_TRIGGER_INQUIRY, Condition: "true", Action: types.CONTRACT_ACTION_REFUSE, CostLimit: 100}
}

// ordered is an inquiry that needs no consent.
func ordered(by string) *types.MsgOpenInquiry {
	return &types.MsgOpenInquiry{DataUser: by, Subject: subject, Purpose: types.PURPOSE_LEGAL_ORDER, Nonce: some("look")[:types.NonceSize]}
}

func receiptFor(inquiry []byte) func(string) *types.MsgLeaveReceipt {
	return func(by string) *types.MsgLeaveReceipt {
		return &types.MsgLeaveReceipt{Institution: by, InquiryId: inquiry, Digest: some("digest"), Records: 1}
	}
}

func frozenBy(by string) *types.MsgFreeze { return &types.MsgFreeze{Controller: by, Subject: subject} }

func alertBy(by string) *types.MsgPlaceFraudAlert {
	return &types.MsgPlaceFraudAlert{Controller: by, Subject: subject}
}

func disputeBy(by string) *types.MsgOpenDispute {
	return &types.MsgOpenDispute{
		Controller: by, Subject: subject, TradelineId: lineOf(bank), Reason: types.DISPUTE_REASON_AMOUNT, Nonce: some("dispute")[:types.NonceSize],
	}
}

func answer(id []byte, outcome types.DisputeOutcome) func(string) *types.MsgAnswerDispute {
	return func(by string) *types.MsgAnswerDispute {
		return &types.MsgAnswerDispute{Furnisher: by, Id: id, Outcome: outcome, Evidence: some("evidence")}
	}
}

func escalation(id []byte) func(string) *types.MsgEscalateDispute {
	return func(by string) *types.MsgEscalateDispute {
		return &types.MsgEscalateDispute{Controller: by, Id: id, Mediator: bureau.String()}
	}
}

func erasureBy(by string) *types.MsgRequestErasure {
	return &types.MsgRequestErasure{Controller: by, Subject: subject, TradelineId: lineOf(bank)}
}
