/** The sprig functions whose result comes from outside the template: clock, chance, network, environment, keys. */
import type { Functions, GoFunction } from "../function.ts";
import { fn } from "../function.ts";
import { Failure } from "../limits.ts";

const REASONS: Readonly<Record<string, readonly string[]>> = {
  "the time at which it runs": [
    "now",
    "ago",
    "date",
    "date_in_zone",
    "dateInZone",
    "htmlDate",
    "htmlDateInZone",
  ],
  "a time, which no template here has": [
    ...[
      "date_modify",
      "dateModify",
      "must_date_modify",
      "mustDateModify",
      "toDate",
      "mustToDate",
      "unixEpoch",
    ],
  ],
  chance: [
    ...["randAlphaNum", "randAlpha", "randAscii", "randNumeric", "randBytes", "randInt", "shuffle", "uuidv4"],
    ...["bcrypt", "htpasswd", "encryptAES"],
  ],
  "the network": ["getHostByName"],
  "keys it makes anew each time": [
    ...["genPrivateKey", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey"],
    ...["genSignedCert", "genSignedCertWithKey", "buildCustomCert", "derivePassword", "decryptAES"],
  ],
};

/** A function that templates may name and that fails when it is called: its result could not be the one elsewhere. */
function refusing(reason: string): GoFunction {
  return fn("...any", "any", () => {
    throw new Failure(`its result depends on ${reason}, so it cannot be known here`);
  });
}

export const outsideFunctions: Functions = {
  ...Object.fromEntries(
    Object.entries(REASONS).flatMap(([reason, names]) => names.map((name) => [name, refusing(reason)])),
  ),
  // The environment is always empty.
  env: fn("string", "string", () => ""),
  expandenv: fn("string", "string", (text) => text.replace(/\$(?:\{[^}]*\}|[A-Za-z_0-9]+|[*#$@!?-])/g, "")),
};
