// Package score is an EXAMPLE of a scoring model: integer points over attributes that are computed locally, from lines that
// were verified against the chain and nothing else, with the reasons for every point that is missing. It was not validated on
// anything: it shows how a data user computes a score of its own with what creditd proves. docs/score-example.md is its
// table; the two are compared by a test.
package score

import (
	"cmp"
	"slices"
)

// Model names the table. Another table has another name.
const Model = "creditd-example-v1"

// Notice is on every output.
const Notice = "example model; not validated for lending decisions"

// Range of the score.
const (
	Min = 300
	Max = 850
)

// Factor is one part of the score: at most so many points, of which steps take some off.
type Factor struct {
	Name string
	Max  int
}

// The six factors. Together with Min they are Max.
var (
	PaymentHistory = Factor{"payment-history", 190}
	Utilisation    = Factor{"utilisation", 130}
	Age            = Factor{"age", 80}
	NewCredit      = Factor{"new-credit", 50}
	Inquiries      = Factor{"inquiries", 40}
	PublicRecords  = Factor{"public-records", 60}
)

// Factors in the order of the table.
func Factors() []Factor {
	return []Factor{PaymentHistory, Utilisation, Age, NewCredit, Inquiries, PublicRecords}
}

// Reason says why points are missing.
type Reason struct {
	Code   string `json:"code"`
	Factor string `json:"factor"`
	Lost   int    `json:"points_lost"`
	Text   string `json:"text"`
}

// Part is the points of one factor.
type Part struct {
	Factor string `json:"factor"`
	Points int    `json:"points"`
	Max    int    `json:"max"`
}

// Result of the model.
type Result struct {
	Model      string     `json:"model"`
	Notice     string     `json:"notice"`
	Scored     bool       `json:"scored"` // false: there is too little to score, Score is 0 and Reasons says what is missing
	Score      int        `json:"score"`
	Min        int        `json:"min"`
	Max        int        `json:"max"`
	Parts      []Part     `json:"parts"`
	Reasons    []Reason   `json:"reasons"` // most points first, then by code
	Attributes Attributes `json:"attributes"`
}

// Of computes the score of attributes.
func Of(a Attributes) Result {
	r := Result{Model: Model, Notice: Notice, Min: Min, Max: Max, Parts: []Part{}, Reasons: []Reason{}, Attributes: a}
	if a.Accounts == 0 {
		r.Reasons = append(r.Reasons, Reason{Code: "E00", Factor: PaymentHistory.Name, Text: "there is no verified credit account to compute a score from"})
		return r
	}
	r.Scored, r.Score = true, Min
	for _, factor := range Factors() {
		points := factor.Max
		for _, row := range table {
			if row.Factor != factor || !row.applies(a) {
				continue
			}
			lost := min(row.Lost, points)
			points -= lost
			if lost > 0 {
				r.Reasons = append(r.Reasons, Reason{Code: row.Code, Factor: factor.Name, Lost: lost, Text: row.Text})
			}
		}
		r.Parts = append(r.Parts, Part{Factor: factor.Name, Points: points, Max: factor.Max})
		r.Score += points
	}
	slices.SortStableFunc(r.Reasons, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Lost, a.Lost), cmp.Compare(a.Code, b.Code))
	})
	return r
}
