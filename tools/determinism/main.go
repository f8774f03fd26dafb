// Command determinism reports what in the state machine could make two validators disagree: `make lint` runs it
// over x/ and app/. It takes packages as `go vet` does, and -tags.
package main

import "golang.org/x/tools/go/analysis/singlechecker"

func main() { singlechecker.Main(Analyzer) }
