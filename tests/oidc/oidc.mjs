// OpenID providers to sign in at, as many as asked for: `node oidc.mjs` reads their list from standard input (one line
// of JSON), says “ready” when they listen, and ends when its input ends.
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const lines = createInterface({ input: process.stdin });

lines.once("line", async (line) => {
  for (const { issuer, clients, accounts, claimsInIdToken } of JSON.parse(line)) {
    const provider = new Provider(issuer, {
      clients,
      claims: {
        openid: ["sub"],
        email: ["email", "email_verified"],
        profile: ["name"],
        organisation: ["organisation"],
      },
      scopes: ["openid", "email", "profile", "organisation"],
      conformIdTokenClaims: !claimsInIdToken,
      pkce: { required: () => true },
      cookies: { keys: ["for tests only"] },
      findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
    });
    provider.on("server_error", (_, error) => console.error(error));
    await new Promise((listening) => provider.listen(new URL(issuer).port, "127.0.0.1", listening));
  }
  console.log("ready");
});

lines.on("close", () => process.exit(0));
