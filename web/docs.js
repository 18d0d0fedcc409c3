// Draws the description of the HTTP side. What is tried out here is done as the guest of this browser,
// or with the token that is typed in.

// Swagger UI writes HTML itself, and cleans it before; our other pages never do, so they need no such policy.
globalThis.trustedTypes?.createPolicy("default", { createHTML: (html) => html });

SwaggerUIBundle({
  url: "/docs/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
});
