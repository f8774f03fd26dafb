package score

// Row of the table: under a condition so many points of a factor are lost. The conditions of one attribute exclude each other.
type Row struct {
	Code   string
	Factor Factor
	Lost   int
	When   string // the condition in the words of the docs
	Text   string // the reason as a subject reads it

	applies func(a Attributes) bool
}

// Table in the order of the docs.
func Table() []Row { return append([]Row(nil), table...) }

var table = []Row{
	{
		"P01", PaymentHistory, 190, "worst status within 24 months: charged off or collections", "an account was charged off or is in collections",
		func(a Attributes) bool { return a.WorstLevel24 >= LevelLoss },
	},
	{
		"P02", PaymentHistory, 130, "worst level within 24 months: 90 days late or more", "an account was 90 days late or more within 24 months",
		func(a Attributes) bool { return a.WorstLevel24 >= 3 && a.WorstLevel24 < LevelLoss },
	},
	{
		"P03", PaymentHistory, 80, "worst level within 24 months: 60 days late", "an account was 60 days late within 24 months",
		func(a Attributes) bool { return a.WorstLevel24 == 2 },
	},
	{
		"P04", PaymentHistory, 45, "worst level within 24 months: 30 days late", "an account was 30 days late within 24 months",
		func(a Attributes) bool { return a.WorstLevel24 == 1 },
	},
	{
		"P05", PaymentHistory, 40, "an account is past due now", "an account is past due now",
		func(a Attributes) bool { return a.PastDueNow > 0 },
	},
	{
		"P06", PaymentHistory, 30, "3 late months or more within 12 months", "payments were late in three months or more of the last 12",
		func(a Attributes) bool { return a.LateMonths12 >= 3 },
	},
	{
		"P07", PaymentHistory, 20, "fewer than 6 months of payment history are known", "fewer than 6 months of payment history are known",
		func(a Attributes) bool { return a.HistoryMonths < 6 },
	},
	{
		"U01", Utilisation, 130, "utilisation over 900 per mille", "more than 90% of the credit limits is used",
		func(a Attributes) bool { return a.HasLimits && a.UtilisationPermille > 900 },
	},
	{
		"U02", Utilisation, 85, "utilisation over 500, up to 900 per mille", "more than half of the credit limits is used",
		func(a Attributes) bool {
			return a.HasLimits && a.UtilisationPermille > 500 && a.UtilisationPermille <= 900
		},
	},
	{
		"U03", Utilisation, 35, "utilisation over 300, up to 500 per mille", "more than 30% of the credit limits is used",
		func(a Attributes) bool {
			return a.HasLimits && a.UtilisationPermille > 300 && a.UtilisationPermille <= 500
		},
	},
	{
		"U04", Utilisation, 25, "no account with a credit limit", "there is no account with a credit limit",
		func(a Attributes) bool { return !a.HasLimits },
	},
	{
		"A01", Age, 80, "oldest account younger than 12 months, or of unknown age", "the oldest account is younger than a year",
		func(a Attributes) bool { return a.OldestMonths < 12 },
	},
	{
		"A02", Age, 45, "oldest account of 12 to 47 months", "the oldest account is younger than four years",
		func(a Attributes) bool { return a.OldestMonths >= 12 && a.OldestMonths < 48 },
	},
	{
		"A03", Age, 15, "oldest account of 48 to 95 months", "the oldest account is younger than eight years",
		func(a Attributes) bool { return a.OldestMonths >= 48 && a.OldestMonths < 96 },
	},
	{
		"N01", NewCredit, 50, "3 accounts or more opened within 6 months", "three accounts or more were opened within 6 months",
		func(a Attributes) bool { return a.NewAccounts6 >= 3 },
	},
	{
		"N02", NewCredit, 20, "1 or 2 accounts opened within 6 months", "an account was opened within 6 months",
		func(a Attributes) bool { return a.NewAccounts6 == 1 || a.NewAccounts6 == 2 },
	},
	{
		"I01", Inquiries, 40, "6 hard inquiries or more within 365 days", "six applications for credit or more within a year",
		func(a Attributes) bool { return a.HardInquiries365 >= 6 },
	},
	{
		"I02", Inquiries, 15, "2 to 5 hard inquiries within 365 days", "several applications for credit within a year",
		func(a Attributes) bool { return a.HardInquiries365 >= 2 && a.HardInquiries365 < 6 },
	},
	{
		"R01", PublicRecords, 60, "an adverse public record", "a public record counts against the subject",
		func(a Attributes) bool { return a.AdverseRecords > 0 },
	},
}
