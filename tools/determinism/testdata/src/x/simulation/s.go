package simulation

import "math/rand"

func f() float64 { return rand.Float64() }
