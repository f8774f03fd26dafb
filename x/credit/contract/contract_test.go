package contract_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/credit/contract"
	"github.com/creditd/creditd/x/credit/types"
)

func valid() types.ContractCode {
	return types.ContractCode{
		Trigger: types.CONTRACT_TRIGGER_UPDATE, Condition: `tradeline.state == "ACTIVE"`, CheckAfterDays: 3,
		Check: `tradeline.updated_days_ago > 2`, Action: types.CONTRACT_ACTION_SUPPRESS, CostLimit: 10,
	}
}

func TestValidate(t *testing.T) {
	require.NoError(t, contract.Validate(valid(), 100))
	type code = types.ContractCode
	for name, each := range map[string]struct {
		spoil func(*code)
		want  string
	}{
		"no trigger":            {func(c *code) { c.Trigger = 0 }, "trigger 0"},
		"unknown trigger":       {func(c *code) { c.Trigger = 99 }, "trigger 99"},
		"no action":             {func(c *code) { c.Action = 0 }, "does not go with"},
		"action of inquiries":   {func(c *code) { c.Action = types.CONTRACT_ACTION_SECOND_APPROVAL }, "does not go with"},
		"no annotation":         {func(c *code) { c.Action = types.CONTRACT_ACTION_ANNOTATE }, "choose one of Annotation"},
		"unknown annotation":    {func(c *code) { c.Action, c.Annotation = types.CONTRACT_ACTION_ANNOTATE, 99 }, "choose one of Annotation"},
		"stray annotation":      {func(c *code) { c.Annotation = types.ANNOTATION_STALE }, "ANNOTATE alone"},
		"no cost limit":         {func(c *code) { c.CostLimit = 0 }, "cost_limit 0"},
		"cost limit":            {func(c *code) { c.CostLimit = 101 }, "choose 1 to 100"},
		"costs more":            {func(c *code) { c.CostLimit = 1 }, "raise the limit"},
		"no condition":          {func(c *code) { c.Condition = "" }, "condition: 0 bytes"},
		"no condition at all":   {func(c *code) { c.Condition = "1" }, "of type int"},
		"input of another":      {func(c *code) { c.Condition = `inquiry.kind == "HARD"` }, "undeclared reference"},
		"no check":              {func(c *code) { c.Check = "" }, "check: 0 bytes"},
		"check without days":    {func(c *code) { c.CheckAfterDays = 0 }, "set the days"},
		"far check":             {func(c *code) { c.CheckAfterDays = 3661 }, "at most 3660"},
		"check of a message":    {func(c *code) { c.Check = `inquiries.looks_30d > 1` }, "undeclared reference"},
		"refusal after a check": {func(c *code) { c.Action = types.CONTRACT_ACTION_REFUSE }, "cannot wait"},
		"suppress a disputed": {func(c *code) {
			c.Trigger, c.Condition = types.CONTRACT_TRIGGER_DISPUTE, `dispute.reason == "FRAUD"`
		}, "does not go with"},
	} {
		c := valid()
		each.spoil(&c)
		err := contract.Validate(c, 100)
		require.ErrorIs(t, err, types.ErrInvalidContract, name)
		require.ErrorContains(t, err, each.want, name)
	}
}

// Which action goes with which trigger is a closed table.
func TestActions(t *testing.T) {
	condition := `subject.frozen`
	allowed := map[types.ContractTrigger]string{
		types.CONTRACT_TRIGGER_FURNISH: "ANNOTATE SUPPRESS OPEN_NOTICE REFUSE",
		types.CONTRACT_TRIGGER_UPDATE:  "ANNOTATE SUPPRESS OPEN_NOTICE REFUSE",
		types.CONTRACT_TRIGGER_REPAID:  "ANNOTATE SUPPRESS OPEN_NOTICE REFUSE",
		types.CONTRACT_TRIGGER_CONSENT: "REFUSE",
		types.CONTRACT_TRIGGER_INQUIRY: "SECOND_APPROVAL REFUSE",
		types.CONTRACT_TRIGGER_DISPUTE: "ANNOTATE OPEN_NOTICE",
	}
	require.Len(t, allowed, len(types.ContractTrigger_name)-1)
	for trigger, actions := range allowed {
		for number := range types.ContractAction_name {
			action := types.ContractAction(number)
			code := types.ContractCode{Trigger: trigger, Condition: condition, Action: action, CostLimit: 10}
			if action == types.CONTRACT_ACTION_ANNOTATE {
				code.Annotation = types.ANNOTATION_REVIEW
			}
			name := strings.TrimPrefix(action.String(), "CONTRACT_ACTION_")
			if strings.Contains(" "+actions+" ", " "+name+" ") {
				require.NoError(t, contract.Validate(code, 10), "%s %s", trigger, action)
			} else {
				require.ErrorIs(t, contract.Validate(code, 10), types.ErrInvalidContract, "%s %s", trigger, action)
			}
		}
	}
}

func TestValidateName(t *testing.T) {
	for _, name := range []string{"a", "stale-record-sweep", "x9", strings.Repeat("a", 64)} {
		require.NoError(t, contract.ValidateName(name))
	}
	for _, name := range []string{"", strings.Repeat("a", 65), "A", "a b", "a_b", "\u00e4"} {
		require.ErrorIs(t, contract.ValidateName(name), types.ErrInvalidContract, name)
	}
}

// A contract's cost is part of what validators agree on: these figures change only with an upgrade of the chain.
func TestLibraryCosts(t *testing.T) {
	costs := map[string][2]uint64{}
	for _, published := range contract.Library() {
		code, err := published.Code()
		require.NoError(t, err, published.File)
		require.NoError(t, contract.Validate(code, types.DefaultParams().ContractCostLimit), published.File)
		require.NoError(t, contract.ValidateName(published.Name))
		costs[published.File] = [2]uint64{cost(t, code.Trigger, code.Condition), cost(t, contract.ScopeOfCheck, code.Check)}
	}
	require.Equal(t, map[string][2]uint64{
		"notice-before-negative-reporting.json": {5, 0},
		"repair-after-payment.json":             {17, 0},
		"multi-inquiry-alert.json":              {8, 0},
		"stale-record-sweep-furnish.json":       {13, 7},
		"stale-record-sweep-update.json":        {13, 7},
		"licence-scope-guard.json":              {38, 0},
	}, costs)
}

func cost(t *testing.T, scope types.ContractTrigger, source string) uint64 {
	t.Helper()
	if source == "" {
		return 0
	}
	language, err := contract.LanguageOf(scope)
	require.NoError(t, err)
	program, err := language.Compile(source, 1000)
	require.NoError(t, err)
	return program.Cost()
}

func TestParseCode(t *testing.T) {
	for _, source := range []string{``, `[]`, `{"trigger": "FURNISH"}`, `{"unknown": 1}`, `{"cost_limit": -1}`} {
		_, err := contract.ParseCode([]byte(source))
		require.ErrorIs(t, err, types.ErrInvalidContract, source)
	}
}

func TestLanguageOfRefuses(t *testing.T) {
	_, err := contract.LanguageOf(-1)
	require.ErrorIs(t, err, types.ErrInvalidContract)
	_, err = contract.LanguageOf(7)
	require.ErrorIs(t, err, types.ErrInvalidContract)
}

// The documentation names every input with every value, and every contract of the library.
func TestDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/contracts.md")
	require.NoError(t, err)
	for _, input := range contract.Inputs() {
		require.Contains(t, string(page), "`"+input.Name+"`")
		for _, value := range input.Values {
			require.Contains(t, string(page), value, input.Name)
		}
	}
	for _, published := range contract.Library() {
		require.Contains(t, string(page), published.Name)
		require.Contains(t, string(page), published.File)
	}
}
