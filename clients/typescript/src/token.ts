/** Who calls: a bearer token, or what gives one whenever it is needed, so that it can be renewed. */
export type Token = string | (() => string | Promise<string>);

/** The token as of now. */
export async function current(token: Token | undefined): Promise<string | undefined> {
  return typeof token === "function" ? await token() : token;
}
