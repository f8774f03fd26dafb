package main

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

// The packages under testdata/src say on each line what is to be found there (// want "...").
func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), Analyzer, "x/keeper", "x/generated", "x/simulation")
}
