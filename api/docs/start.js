// The page has no settings of its own: it shows the description of the node that serves it and asks that node alone.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#ui",
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  deepLinking: true,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
