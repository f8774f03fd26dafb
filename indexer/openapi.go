package indexer

import _ "embed"

// openAPI describes the routes, in OpenAPI 3.1.
//
//go:embed openapi.json
var openAPI []byte
