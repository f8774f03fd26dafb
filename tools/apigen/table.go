package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	errorsmod "cosmossdk.io/errors"

	"github.com/creditd/creditd/api"
)

// errorTable is docs/api/errors.md.
func errorTable(list []api.RegisteredError) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(`# Errors

Made by ` + "`make api`" + ` from the source of all packages that a node links; do not edit.

Every REST error is ` + "`{code, codespace, name, message, hint}`" + `. In gRPC the status has a detail google.rpc.ErrorInfo: its reason is
the name, its domain the codespace, its metadata the code and the hint. A failed transaction has codespace and code
in its result. Names, codespaces and codes are stable; messages and hints are not. Codespace ` + "`grpc`" + ` is not listed: its codes
and names are those of gRPC.
`)
	var codespace string
	for _, e := range list {
		if e.Codespace != codespace {
			codespace = e.Codespace
			fmt.Fprintf(&out, "\n## %s\n| code | name | HTTP | means | next step |\n|---|---|---|---|---|\n", codespace)
		}
		var root *errorsmod.Error
		if !errors.As(errorsmod.ABCIError(e.Codespace, e.Code, ""), &root) {
			return nil, fmt.Errorf("%s %d is not registered", e.Codespace, e.Code)
		}
		f := api.Describe(root)
		fmt.Fprintf(&out, "| %d | `%s` | %d | %s | %s |\n", e.Code, e.Name, f.HTTPStatus(), cell(e.Description), cell(api.Hint(e.Codespace, e.Name, f.GRPCCode())))
	}
	return out.Bytes(), nil
}

func cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "|", "\\|"), "\n", " ")
}
