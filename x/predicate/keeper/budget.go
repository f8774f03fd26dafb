package keeper

import (
	"context"
	"errors"
	"slices"

	"cosmossdk.io/collections"

	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// Each answer, and each one that does not come, tells about one bit of a value. A score between 300 and 850 is found by ten
// questions, so questions about one field of one subject are budgeted over a window: of each data user, and of all together,
// since data users may be one another's friends. What counts is the question, not the answer.

// spend takes a question from the budgets of the fields that it is about.
func (k *Keeper) spend(ctx context.Context, params types.Params, look credittypes.Look, asked types.Predicate) error {
	subject := types.ID(look.Inquiry.Subject)
	for _, field := range asked.Fields() {
		budget, err := k.budget(ctx, params, subject, field)
		if err != nil {
			return err
		}
		if left := left(params, budget, look.Inquiry.DataUser); left == 0 {
			return types.ErrBudgetSpent.Wrapf("field %d of schema %s: %d questions of a data user, and %d of all, in %s: come back when the first is older",
				field.Field, field.Schema, params.BudgetPerDataUser, params.BudgetPerSubject, params.BudgetWindow)
		}
		budget.Asked = append(budget.Asked, types.AskedAbout{DataUser: look.Inquiry.DataUser, Time: blockTime(ctx)})
		if err := k.setBudget(ctx, budget); err != nil {
			return err
		}
	}
	return nil
}

// budget is what was asked about a field within the window. There are never more entries than the parameter allows, so the
// list stays short; who asks next drops those that are too old.
func (k *Keeper) budget(ctx context.Context, params types.Params, subject types.ID, field types.AskedField) (types.Budget, error) {
	key := collections.Join3(subject, field.Schema, field.Field)
	budget, err := k.budgets.Get(ctx, key)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return budget, err
	}
	since := blockTime(ctx).Add(-params.BudgetWindow)
	budget.Asked = slices.DeleteFunc(budget.Asked, func(asked types.AskedAbout) bool { return !asked.Time.After(since) })
	return fullBudget(key, budget), nil
}

// left is how many questions a data user may still ask.
func left(params types.Params, budget types.Budget, dataUser string) uint32 {
	own := uint32(0)
	for _, asked := range budget.Asked {
		if asked.DataUser == dataUser {
			own++
		}
	}
	all := uint32(len(budget.Asked))
	return min(params.BudgetPerDataUser-min(own, params.BudgetPerDataUser), params.BudgetPerSubject-min(all, params.BudgetPerSubject))
}

func fullBudget(key fieldKey, budget types.Budget) types.Budget {
	budget.Subject, budget.SchemaId, budget.Field = key.K1().Bytes(), key.K2().Bytes(), key.K3()
	return budget
}

func (k *Keeper) setBudget(ctx context.Context, budget types.Budget) error {
	key := collections.Join3(types.ID(budget.Subject), types.ID(budget.SchemaId), budget.Field)
	budget.Subject, budget.SchemaId, budget.Field = nil, nil, 0
	return k.budgets.Set(ctx, key, budget)
}
