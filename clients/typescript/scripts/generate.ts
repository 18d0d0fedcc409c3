/**
 * Makes the types of this package from the gateway's documents: what HTTP says, what the live channel says, why
 * a channel ends. Run by `make types`; everything below `src/generated` is its work.
 *
 *     node scripts/generate.ts OPENAPI LIVE FOLDER      (documents: files, or addresses of a gateway)
 */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import openapiTS, { astToString, type OpenAPI3, type SchemaObject } from "openapi-typescript";

interface LiveDocument {
  components: { schemas: Record<string, SchemaObject> };
  "x-close-codes": { code: number; name: string; retry: string; meaning: string }[];
}

const HEAD = "// Generated from the documents of the gateway; `make types` writes it anew.\n\n";

const [openapi, live, folder] = process.argv.slice(2);
if (openapi === undefined || live === undefined || folder === undefined) {
  throw new Error("expected OPENAPI LIVE FOLDER");
}

const httpDocument = (await read(openapi)) as OpenAPI3;
const liveDocument = (await read(live)) as LiveDocument;
await write("http.ts", await typesOf(httpDocument));
await write("live.ts", await typesOf(onlySchemas(liveDocument)));
await write("closings.ts", closings(liveDocument));

async function read(place: string): Promise<unknown> {
  if (place.startsWith("http://") || place.startsWith("https://")) {
    return (await fetch(place)).json();
  }
  return JSON.parse(await readFile(place, "utf8"));
}

async function write(name: string, content: string): Promise<void> {
  await writeFile(join(folder as string, name), HEAD + content);
}

/** A property with a default may be absent all the same: only what is required is always there. */
async function typesOf(document: OpenAPI3): Promise<string> {
  return astToString(await openapiTS(document, { alphabetize: true, defaultNonNullable: false }));
}

function onlySchemas({ components }: LiveDocument): OpenAPI3 {
  const schemas = Object.fromEntries(
    Object.entries(components.schemas).map(([name, schema]) => [name, withoutDiscriminators(schema)]),
  );
  return { openapi: "3.1.0", info: { title: "live", version: "1" }, paths: {}, components: { schemas } };
}

/** The tags of structs are literal types of their own; a mapping on top of them would only rename these. */
function withoutDiscriminators<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema, (key, value) => (key === "discriminator" ? undefined : value)));
}

function closings(document: LiveDocument): string {
  const rows = document["x-close-codes"].map(({ code, ...rest }) => `  ${code}: ${JSON.stringify(rest)},\n`);
  const what = "/** Why the gateway ends a live channel, and whether to come back. */";
  return `${what}\nexport const CLOSINGS = {\n${rows.join("")}} as const;\n`;
}
