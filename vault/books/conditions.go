package books

import "strconv"

func hold(all []test, c *cells) bool {
	for _, holds := range all {
		if !holds(c) {
			return false
		}
	}
	return true
}

func (p *program) tests(conditions []Condition) (all []test) {
	for i := range conditions {
		all = append(all, p.test(&conditions[i]))
	}
	return all
}

// test of one condition. A comparison with what is absent does not hold.
func (p *program) test(condition *Condition) test {
	slot := p.slots[condition.Value]
	switch {
	case condition.Blank != nil:
		want := *condition.Blank
		return func(c *cells) bool { return (c.values[slot] == "") == want }
	case condition.Zero != nil:
		want := *condition.Zero
		return func(c *cells) bool { return c.values[slot] != "" && (c.values[slot] == "0") == want }
	case len(condition.Is) > 0:
		return func(c *cells) bool { return oneOf(c.values[slot], condition.Is) }
	case len(condition.Not) > 0:
		return func(c *cells) bool { return !oneOf(c.values[slot], condition.Not) }
	case condition.LessThan != "":
		other := p.number(condition.LessThan)
		return func(c *cells) bool { return less(c.values[slot], other(c)) }
	case condition.MoreThan != "":
		other := p.number(condition.MoreThan)
		return func(c *cells) bool { return less(other(c), c.values[slot]) }
	case condition.Before != "":
		other := p.slots[condition.Before]
		return func(c *cells) bool { return before(c.values[slot], c.values[other]) }
	default:
		other := p.slots[condition.After]
		return func(c *cells) bool { return before(c.values[other], c.values[slot]) }
	}
}

// number is a literal or an earlier value.
func (p *program) number(text string) reading {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return constant(text)
	}
	slot := p.slots[text]
	return func(c *cells) string { return c.values[slot] }
}

func oneOf(value string, list []string) bool {
	for _, each := range list {
		if value == each {
			return true
		}
	}
	return false
}

func less(a, b string) bool {
	x, errX := strconv.ParseInt(a, 10, 64)
	y, errY := strconv.ParseInt(b, 10, 64)
	return errX == nil && errY == nil && x < y
}

func before(a, b string) bool { return a != "" && b != "" && a < b }
