// A check of our own: what in x/ and app/ could make two validators disagree. See determinism.go.
module github.com/creditd/creditd/tools/determinism

go 1.26.8

require golang.org/x/tools v0.50.0

require (
	golang.org/x/mod v0.41.0 // indirect
	golang.org/x/sync v0.23.0 // indirect
)
